"""What pyperformance's unpack_sequence computes."""
# skip: gc-stress
from _program import load
bm = load("unpack_sequence")
print(bm.bench_all(3) > 0, bm.do_unpacking.__code__.co_varnames)
for bad in (range(9), range(11)):
    try:
        bm.do_unpacking(1, bad)
    except ValueError as e:
        print(e)
