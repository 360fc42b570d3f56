"""What pyperformance's coroutines computes."""
# skip: gc-stress
from _program import load
bm = load("coroutines")
for n in (0, 1, 2, 10, 20):
    try:
        bm.fibonacci(n).send(None)
    except StopIteration as e:
        print(n, e.value)
