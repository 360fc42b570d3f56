"""Async generators: asend, athrow, aclose, delegation by async for."""


class Pause:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        return (yield self.v)


def run(coro):
    """Drive a coroutine to its end; answer each pause with its value."""
    value = None
    try:
        while True:
            value = coro.send(value)
    except StopIteration as e:
        return e.value


async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print("got", got)
            await Pause("between")
    except KeyError as e:
        print("agen caught", e)
        yield "recovered"
    finally:
        print("agen finally")


async def collect(ag):
    return [x async for x in ag]


print(run(collect(agen(3))))


async def by_hand():
    ag = agen(5)
    print(await ag.__anext__())
    print(await ag.asend("hello"))
    print(await ag.athrow(KeyError("k")))
    try:
        await ag.__anext__()
    except StopAsyncIteration:
        print("exhausted")
    ag = agen(2)
    await anext(ag)
    await ag.aclose()
    print(await anext(ag, "default"))
    ag = agen(2)
    await anext(ag)
    try:
        await ag.athrow(ValueError("thrown"))
    except ValueError as e:
        print("came out", e)


run(by_hand())


async def pipeline():
    doubled = (x * 2 async for x in agen(3))
    odd = [y async for y in doubled if y % 4]
    as_set = {z async for z in agen(2)}
    as_dict = {k: k + 1 async for k in agen(2)}
    return odd, as_set, as_dict


print(run(pipeline()))


async def broken():
    yield 1
    raise StopAsyncIteration


async def check():
    try:
        async for _ in broken():
            pass
    except RuntimeError as e:
        print(e)
    ag = agen(1)
    try:
        await ag.asend("early")
    except TypeError as e:
        print(e)
    a1 = ag.__anext__()
    print(await a1)
    try:
        await a1
    except RuntimeError as e:
        print(e)
    await ag.aclose()


run(check())


async def ignores_exit():
    try:
        yield 1
    except GeneratorExit:
        yield 2


async def close_it():
    ag = ignores_exit()
    await anext(ag)
    try:
        await ag.aclose()
    except RuntimeError as e:
        print(e)


run(close_it())
ag = agen(1)
print(type(ag).__name__, ag.ag_running, ag.ag_frame is not None, hasattr(ag, "__aiter__"))


async def nested():
    async def inner(n):
        for i in range(n):
            yield i
    return [(i, [j async for j in inner(i)]) async for i in inner(4)]


print(run(nested()))
