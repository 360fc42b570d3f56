"""What pyperformance's deepcopy computes."""
# skip: gc-stress
import copy
from _program import load
bm = load("deepcopy")
a = bm.A("hello", [1, 2, 3], True)
b = copy.deepcopy(a)
print(b, a == b, a.lst is b.lst)
shared = [1] * 100
data = copy.deepcopy({"a": (shared, shared, shared), "b": [shared] * 100})
print(data["a"][0] is data["a"][2] is data["b"][99], data["a"][0] is shared, len(data["b"]))
print([bm.benchmark(2) >= 0, bm.benchmark_reduce(5) >= 0, bm.benchmark_memo(2) >= 0])
