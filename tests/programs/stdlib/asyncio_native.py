# Futures and tasks in Rust: states, callbacks, cancellation, errors of coroutines, eager tasks, registries.
import asyncio
import contextvars
import gc
import re


def clean(x):
    return re.sub(r"0x[0-9a-f]+|defined at [^>]*|created at [^>]*|/[^ ]*\.py:\d+", "_", str(x))


def show(f, *args):
    try:
        print(clean(repr(f(*args))))
    except BaseException as e:
        print(type(e).__name__, clean(e))


print(asyncio.Future.__module__, asyncio.Task.__module__)
loop = asyncio.new_event_loop()
f = asyncio.Future(loop=loop)
show(lambda: f)
show(f.result)
show(f.exception)
show(lambda: (f._state, f._callbacks, f._loop is loop, f.done(), f.cancelled(), f._log_traceback))
seen = []
f.add_done_callback(lambda x: seen.append(("first", x.result())))
cb = lambda x: seen.append("never")
f.add_done_callback(cb)
f.add_done_callback(cb)
f.add_done_callback(lambda x: seen.append("last"))
show(lambda: len(f._callbacks))
show(f.remove_done_callback, cb)
f.set_result(5)
show(f.set_result, 6)
show(f.set_exception, ValueError)
show(f.cancel)
loop.run_until_complete(asyncio.sleep(0))
loop.run_until_complete(f)
print(seen, f.result(), f.exception())
show(lambda: asyncio.Future(loop=loop).set_exception(1))
show(lambda: asyncio.Future(loop=loop).set_exception(StopIteration))
show(lambda: setattr(f, "_log_traceback", True))
g = asyncio.Future(loop=loop)
g.cancel("why")
show(g.result)
show(lambda: g._cancel_message)
show(asyncio.Future.__new__(asyncio.Future).result)
show(asyncio.Future.__new__(asyncio.Future).cancel)
it = iter(asyncio.Future(loop=loop))
show(lambda: next(it)._asyncio_future_blocking)
show(next, it)
show(it.throw, ValueError("thrown"))
show(next, it, "over")
show(lambda: asyncio.Task(5, loop=loop))
show(lambda: asyncio.get_running_loop())
show(lambda: asyncio.current_task(loop))
show(lambda: asyncio.Future[int])


class Sub(asyncio.Task):
    def __init__(self, *args, extra=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.extra = extra


class Duck:
    _asyncio_future_blocking = False

    def __init__(self, inner):
        self.inner = inner
        self._loop = inner.get_loop()

    def add_done_callback(self, fn, *, context=None):
        self.inner.add_done_callback(lambda _: fn(self), context=context)

    def result(self):
        return self.inner.result()

    def cancel(self, msg=None):
        return self.inner.cancel(msg)

    def __await__(self):
        self._asyncio_future_blocking = True
        yield self
        return self.result()


class Bare:
    def __init__(self, what):
        self.what = what

    def __await__(self):
        return (yield self.what)


var = contextvars.ContextVar("var", default="unset")


async def child(n):
    var.set(n)
    await asyncio.sleep(0)
    return var.get()


async def forever(log):
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError as e:
        log.append(("cancelled", e.args, asyncio.current_task().cancelling()))
        raise
    finally:
        log.append("finally")


async def awaiting(x):
    try:
        return await x
    except BaseException as e:
        return type(e).__name__ + ": " + clean(e)


async def main():
    me = asyncio.current_task()
    print(me.get_name(), me is asyncio.current_task(loop=asyncio.get_running_loop()), asyncio.all_tasks() == {me})
    print(await asyncio.gather(child(1), child(2)), var.get())
    log = []
    t = asyncio.create_task(forever(log), name="sleeper")
    await asyncio.sleep(0)
    print(clean(t), t._fut_waiter is not None, t.get_coro().__name__, {x.get_name() for x in asyncio.all_tasks()} >= {"sleeper"})
    t.cancel("enough")
    t.cancel("more")
    try:
        await t
    except asyncio.CancelledError as e:
        print("awaited:", e.args)
    print(log, t.cancelled(), t.cancelling(), t.uncancel(), t.cancelling(), clean(t))
    show(t.set_result, 1)
    show(t.set_exception, ValueError())
    # A task that is cancelled before it starts never runs.
    t = asyncio.create_task(forever(log))
    t.cancel()
    print(await asyncio.gather(t, return_exceptions=True), len(log))
    # What coroutines may yield.
    inner = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(inner.set_result, "ducks")
    print(await Duck(inner))
    print(await awaiting(Bare(5)), "|", await awaiting(Bare(None)), "|", await awaiting(Bare(asyncio.Future())))
    print(await awaiting(Bare(x for x in ())))
    other = asyncio.new_event_loop()
    print(await awaiting(asyncio.Future(loop=other)))
    other.close()
    print(await awaiting(me))
    s = Sub(child(3), extra="more")
    s.attribute = 1
    print(s.extra, await s, s.attribute, s.get_context() is not None)
    # Errors: reported when nobody asks for them, and when tasks are dropped.
    reports = []
    running = asyncio.get_running_loop()
    running.set_exception_handler(lambda loop, context: reports.append(clean(context["message"])))
    lost = running.create_future()
    lost.set_exception(KeyError("lost"))
    del lost

    async def fails():
        raise OSError("fails")

    # A collector that scans the machine stack may see a leftover of one there for a while: deep calls overwrite it.
    for _ in range(4):
        t = asyncio.create_task(fails())
        await asyncio.wait([t])
        del t
    deep = []
    for _ in range(80):
        deep = [deep]
    for _ in range(30):
        repr(deep)
        gc.collect()
        await asyncio.sleep(0)
        if len(set(reports)) == 2:
            break
    print(sorted(set(reports)))
    t = asyncio.create_task(fails())
    try:
        await t
    except OSError as e:
        print(repr(e), e.__traceback__ is not None)
    # Eager tasks run at once until they wait.
    order = []

    async def eager(n, wait):
        order.append(n)
        if wait:
            await asyncio.sleep(0)
        order.append(-n)
        return n

    running.set_task_factory(asyncio.eager_task_factory)
    a, b = asyncio.create_task(eager(1, False)), asyncio.create_task(eager(2, True))
    print(a.done(), b.done(), order)
    print(await a, await b, order)
    e = asyncio.create_task(fails())
    print(e.done(), repr(e.exception()))
    running.set_task_factory(None)
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(1)
    except TimeoutError as e:
        print(repr(e), me.cancelling())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
            group.create_task(forever([]))
    except* OSError as e:
        print(repr(e))


asyncio.run(main())


async def stops():
    raise KeyboardInterrupt("stop")


show(loop.run_until_complete, stops())


class StepRaises:
    def send(self, v):
        raise StopIteration("sent")

    def throw(self, e):
        raise e

    def close(self):
        pass

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return self.send(None)


async def awaits_object():
    return await StepRaises()


print(loop.run_until_complete(awaits_object()))
loop.close()
show(f.add_done_callback, print)
