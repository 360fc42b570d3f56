"""What only finalizers kept is gone after the collection that ran them: the next one finds nothing."""
import gc


class Node:
    def __init__(self, log):
        self.log = log
        self.me = self

    def __del__(self):
        self.log.append("del")


def suspended(log):
    try:
        yield 1
    finally:
        log.append("finally")


def leave(log):
    for _ in range(3):
        Node(log)
        g = suspended(log)
        next(g)
        cycle = [g]
        cycle.append(cycle)


log = []
gc.collect()
leave(log)
gc.collect()
print(sorted(log), gc.collect() < 6)


# Many short-lived coroutines: what they registered is taken back when they start.
async def fibonacci(n):
    if n <= 1:
        return n
    return await fibonacci(n - 1) + await fibonacci(n - 2)


try:
    fibonacci(17).send(None)
except StopIteration as e:
    print(e.value)
