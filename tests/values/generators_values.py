"""What pyperformance's generators computes."""
# skip: gc-stress
from _program import digest, load
bm = load("generators")
got = list(bm.tree(range(5000)))
print(len(got), got == list(range(5000)), digest(got))
