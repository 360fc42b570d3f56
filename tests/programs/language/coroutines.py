"""Coroutines driven by hand: await, custom awaitables, errors, close."""
import inspect
import types


class Pause:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        got = yield self.v
        return got


async def leaf(name):
    a = await Pause(name + "-1")
    b = await Pause(name + "-2")
    return (a, b)


async def parent():
    x = await leaf("x")
    y = await leaf("y")
    return x + y


def drive(coro, values):
    out = []
    values = iter(values)
    try:
        out.append(coro.send(None))
        while True:
            out.append(coro.send(next(values)))
    except StopIteration as e:
        return out, e.value


print(drive(parent(), "abcd"))


async def guarded():
    try:
        await Pause("waiting")
    except ValueError as e:
        return f"handled {e}"
    finally:
        print("finally ran")


c = guarded()
print(c.send(None), inspect.getcoroutinestate(c), c.cr_await is not None)
try:
    c.throw(ValueError("injected"))
except StopIteration as e:
    print(e.value)
c = guarded()
c.send(None)
c.close()
print(inspect.getcoroutinestate(c))
try:
    c.send(None)
except RuntimeError as e:
    print(e)


async def bad():
    await 5


try:
    bad().send(None)
except TypeError as e:
    print(e)


class NotIter:
    def __await__(self):
        return 5


async def bad2():
    await NotIter()


try:
    bad2().send(None)
except TypeError as e:
    print(e)


class Manager:
    async def __aenter__(self):
        await Pause("enter")
        return "resource"

    async def __aexit__(self, t, v, tb):
        await Pause("exit " + (t.__name__ if t else "none"))
        return t is KeyError


async def uses(exc):
    async with Manager() as r:
        if exc:
            raise exc
        return r


print(drive(uses(None), [0, 0]))
print(drive(uses(KeyError("swallowed")), [0, 0]))
try:
    drive(uses(ValueError("passes")), [0, 0])
except ValueError as e:
    print(e)


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        await Pause(f"tick {self.n}")
        return self.n


async def loops():
    seen = []
    async for v in Countdown(3):
        seen.append(v)
    else:
        seen.append("else")
    return seen, [x * 2 async for x in Countdown(2)], [await leaf(str(i)) for i in range(1)]


print(drive(loops(), range(20)))


@types.coroutine
def old_style():
    r = yield "old"
    return r


async def awaits_old():
    return await old_style()


print(drive(awaits_old(), ["new"]))
print(inspect.iscoroutinefunction(leaf), inspect.isawaitable(Pause(1)), leaf.__code__.co_flags & inspect.CO_COROUTINE > 0)
c = leaf("z")
try:
    for _ in c:
        pass
except TypeError as e:
    print(e)
c.close()


async def stop():
    raise StopIteration(3)


try:
    stop().send(None)
except RuntimeError as e:
    print(e)
