"""Chains of generators and coroutines that delegate, looked at, thrown into and left from everywhere."""
import gc
import inspect
import sys


class Node:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(items):
    if not items:
        return None
    i = len(items) // 2
    return Node(tree(items[:i]), items[i], tree(items[i + 1:]))


print(list(tree(range(200))) == list(range(200)), sum(tree(range(63))))


# What is sent goes to the innermost, what is returned to the one outside of it.
def echo(n):
    got = []
    for i in range(n):
        got.append((yield i))
    return got


def relay(depth, n):
    here = f"level {depth}"
    if depth:
        result = yield from relay(depth - 1, n)
    else:
        result = yield from echo(n)
    return [here, len(result), result]


g = relay(5, 4)
print(next(g), [g.send(c) for c in "abc"])
try:
    g.send("d")
except StopIteration as e:
    print(e.value)


# Frames in between are there for whoever looks.
def look(depth):
    local = depth * 11
    if depth:
        yield from look(depth - 1)
    else:
        for turn in range(3):
            f, seen = sys._getframe(), []
            while f.f_code is look.__code__:
                seen.append((f.f_locals["depth"], f.f_locals["local"], f.f_lineno - look.__code__.co_firstlineno))
                f = f.f_back
            yield seen if turn != 1 else None
            gc.collect()


for seen in look(4):
    print(seen)


# The chain is running, every generator of it.
class Box:
    gens = []


def busy(depth):
    if depth:
        inner = busy(depth - 1)
        Box.gens.append(inner)
        yield from inner
    else:
        yield 1
        for g in Box.gens:
            try:
                next(g)
            except ValueError as e:
                print(e, g.gi_running, g.gi_frame.f_locals["depth"], inspect.getgeneratorstate(g))
        yield 2


outer = busy(3)
Box.gens.append(outer)
print(next(outer), [g.gi_running for g in Box.gens], [inspect.getgeneratorstate(g) for g in Box.gens])
print(next(outer), [g.gi_yieldfrom is not None for g in Box.gens])
print(list(outer), [g.gi_frame for g in Box.gens])


# Exceptions from inside find their handlers, and tracebacks have every level.
def faulty(depth):
    try:
        if depth:
            yield from faulty(depth - 1)
        else:
            yield "first"
            yield "second"
            raise KeyError("inside")
    except KeyError as e:
        if depth == 2:
            yield f"caught {e} at {depth}"
            yield "more"
            raise ValueError("again") from None
        raise
    finally:
        print("leaving", depth)


def lines(e):
    tb, out = e.__traceback__, []
    while tb:
        out.append(tb.tb_frame.f_locals.get("depth"))
        tb = tb.tb_next
    return out


try:
    for v in faulty(5):
        print(v)
except ValueError as e:
    print("out:", e, lines(e))


# Throwing in and closing.
def guarded(depth):
    try:
        if depth:
            yield from guarded(depth - 1)
        else:
            while True:
                try:
                    yield "waiting"
                except TypeError as e:
                    yield f"took {e}"
    finally:
        print("closing", depth, end="; ")


g = guarded(4)
print(next(g), next(g), g.throw(TypeError("t")), next(g))
try:
    g.throw(LookupError("l"))
except LookupError as e:
    print(repr(e), lines(e))
g = guarded(2)
next(g), next(g)
g.close()
print()


# The exception being handled belongs to the level that handles it.
def handling(depth):
    try:
        raise ZeroDivisionError(depth)
    except ZeroDivisionError:
        if depth:
            yield from handling(depth - 1)
        else:
            yield sys.exc_info()[1].args
            yield sys.exc_info()[1].args
            yield sys.exc_info()[1].args
        yield sys.exc_info()[1].args
    yield sys.exc_info()


try:
    raise OSError("outside")
except OSError:
    for v in handling(3):
        print(v if v == (None, None, None) or len(v) == 1 else v[1], sys.exc_info()[1])


# Somebody begins to observe while the chain is running.
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "watched":
        events.append((frame.f_locals["depth"], event, frame.f_lineno - watched.__code__.co_firstlineno))
    return tracer


def watched(depth):
    if depth:
        yield from watched(depth - 1)
        yield depth
    else:
        yield "a"
        yield "b"
        sys.settrace(tracer)
        yield "c"
        yield "d"
        sys.settrace(None)
        yield "e"
        yield "f"


print(list(watched(2)))
print(events)


# Garbage is collected while the only references are in frames between.
def keeper(depth):
    kept = [depth, [str(depth) * 3]]
    if depth:
        yield from keeper(depth - 1)
    else:
        for i in range(6):
            junk = [[i] for _ in range(200)]
            if i % 2:
                gc.collect()
            yield i
    yield kept


print(list(keeper(6)))


# Coroutines, and generators that iterate while they are part of a chain of another.
class Pause:
    def __await__(self):
        return (yield "pause")


async def work(depth):
    if depth:
        return await work(depth - 1) + 1
    total = 0
    for _ in range(3):
        total += await Pause()
    return total


c = work(10)
out = [c.send(None)]
try:
    while True:
        out.append(c.send(100))
except StopIteration as e:
    print(out, e.value)


def pairs(a, b):
    for x in a:
        for y in b():
            yield x, y


def nested(depth):
    if depth:
        yield from nested(depth - 1)
    else:
        yield from pairs(tree(range(3)), lambda: iter(tree(range(2))))


print(list(nested(3)))


# Too deep a chain is an error, not more.
def bottomless(n):
    yield n
    yield from bottomless(n + 1)


deepest = 0
try:
    for deepest in bottomless(0):
        pass
except RecursionError as e:
    print("RecursionError", 100 < deepest < sys.getrecursionlimit())
