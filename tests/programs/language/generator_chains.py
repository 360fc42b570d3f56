# Chains of generators that delegate to each other: values in and out, returns, exceptions, frames, and cleaning up.
import gc
import sys
import traceback
import types


def leaf(n):
    total = 0
    for i in range(n):
        got = yield i
        if got is not None:
            total += got
    return total


def link(depth, n):
    if depth == 0:
        return (yield from leaf(n))
    r = yield from link(depth - 1, n)
    return r + 1


def drain(g):
    out = []
    try:
        while True:
            out.append(next(g))
    except StopIteration as e:
        out.append(("returned", e.value))
    return out


for depth in (0, 1, 2, 10, 50):
    print(drain(link(depth, 3)))

g = link(5, 4)
print(next(g), g.send(10), g.send(20), next(g))
try:
    g.send(5)
except StopIteration as e:
    print("value", e.value)


# Every kind of resumption goes through the chain.
def collect(it):
    for x in it:
        yield x


print(list(link(8, 3)), list(collect(link(8, 3))), sum(x for x in link(3, 5)), [*link(2, 2)], max(link(4, 4)))


# What a suspended and a running chain look like.
def inner():
    f = sys._getframe()
    names = []
    while f and f.f_code.co_name != "<module>":
        names.append(f.f_code.co_name)
        f = f.f_back
    yield names
    yield [x.gi_running for x in chain_objects]
    try:
        next(chain_objects[0])
    except ValueError as e:
        yield str(e)
    raise KeyError("leaf")


def middle():
    me = inner()
    chain_objects.append(me)
    yield from me


def outer():
    me = middle()
    chain_objects.append(me)
    yield from me


chain_objects = []
o = outer()
chain_objects.insert(0, o)
print(next(o))
print([x.gi_running for x in chain_objects], [x.gi_yieldfrom is not None for x in chain_objects])
print(next(o))
print(next(o))
try:
    next(o)
except KeyError as e:
    print([(f.name, f.line) for f in traceback.extract_tb(e.__traceback__)])
print([inspect_state.gi_frame is None for inspect_state in chain_objects])


# Exceptions thrown in at any depth.
def catching(depth):
    try:
        if depth:
            yield from catching(depth - 1)
        else:
            while True:
                yield "leaf"
    except ValueError as e:
        yield (depth, str(e))
        raise RuntimeError(depth) from e


g = catching(3)
print(next(g), next(g))
print(g.throw(ValueError("in")))
for _ in range(2):
    try:
        print(next(g))
    except (RuntimeError, StopIteration) as e:
        print(type(e).__name__, e)


# A chain over other iterators, and over one that changes in between.
class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration("end")
        return self.n

    def close(self):
        print("closed", self.n)


def over(it):
    r = yield from it
    return r


def twice(it):
    yield (yield from over(it))


print(drain(twice(Count(2))), drain(twice([1, 2])), drain(twice(leaf(2))))

def abandon(g):
    """Starts a generator and drops it."""
    next(g)


abandon(twice(Count(5)))
gc.collect()
print("collected")


def with_finally(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("finally")


log = []
abandon(twice(with_finally(log)))
gc.collect()
print(log)
g = twice(with_finally(log))
print(list(g), log)
del g
gc.collect()
print(log)


# Coroutines.
@types.coroutine
def pause(x):
    return (yield x)


async def deep(n):
    if n == 0:
        return await pause("paused")
    return await deep(n - 1) + 1


def run(c):
    sent = c.send(None)
    try:
        c.send(100)
    except StopIteration as e:
        return sent, e.value


print(run(deep(0)), run(deep(1)), run(deep(20)))


async def guarded(log):
    try:
        await pause("g")
    finally:
        log.append("coroutine finally")


log = []
abandon(guarded(log).__await__())
gc.collect()
print(log)
abandon(deep(3).__await__())
gc.collect()


# The exception that is being handled belongs to each generator.
def handling(depth):
    try:
        raise ValueError(depth)
    except ValueError:
        if depth:
            yield from handling(depth - 1)
        else:
            yield str(sys.exception())
            yield str(sys.exception())
        yield str(sys.exception())


try:
    raise KeyError("outside")
except KeyError:
    for text in handling(3):
        print(text, sys.exception())

# Many short-lived chains.
print(sum(len(list(link(i % 7, 3))) for i in range(500)))
