"""What pyperformance's pidigits computes."""
# skip: gc-stress
from _program import digest, load
bm = load("pidigits")
digits = bm.calc_ndigits(600)
print(len(digits), digits[:30], digits[-10:], digest(digits))
