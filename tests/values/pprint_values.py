"""What pyperformance's pprint computes."""
# skip: gc-stress
from _program import digest, load
bm = load("pprint")
text = bm.p.pformat(bm.printable[:2000])
print(len(bm.printable), len(text), digest(text), text[:70])
print(digest(bm.p._safe_repr(bm.printable[:2000], {}, None, 0)))
