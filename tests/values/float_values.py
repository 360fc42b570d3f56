"""What pyperformance's float computes."""
# skip: gc-stress
from _program import load
bm = load("float")
for n in (1, 10, 1000, 20000):
    print(n, bm.benchmark(n))
