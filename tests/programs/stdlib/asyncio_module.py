"""asyncio: tasks, gather, timeouts, cancellation, queues, locks, streams, TaskGroup."""
import asyncio
import contextvars
var = contextvars.ContextVar("var", default="unset")


async def work(name, delay, log):
    log.append(f"{name} start")
    await asyncio.sleep(delay)
    log.append(f"{name} end")
    return name


async def basics():
    log = []
    print(await asyncio.gather(work("a", 0.03, log), work("b", 0.01, log), work("c", 0, log)), log)
    t = asyncio.create_task(work("t", 0, []), name="named")
    print(t.get_name(), t.done(), await t, t.done(), t.result(), t.cancelled(), t.exception())
    print(await asyncio.wait_for(work("w", 0, []), 1), await asyncio.gather(work("x", 0, []), fails(), return_exceptions=True))
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.01)
    except TimeoutError as e:
        print("timeout", type(e).__name__)
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(5)
    except TimeoutError:
        print("timeout block")
    done, pending = await asyncio.wait([asyncio.create_task(work("f", 0, [])), asyncio.create_task(asyncio.sleep(9))], return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending), [p.cancel() for p in pending])
    print([await f for f in asyncio.as_completed([work("slow", 0.02, []), work("fast", 0, [])])])


async def fails():
    raise ValueError("failed")


async def cancelling():
    async def victim():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as e:
            print("cancelled", e.args)
            raise
        finally:
            print("cleanup")
    t = asyncio.create_task(victim())
    await asyncio.sleep(0)
    print(t.cancel("why"), t.cancelling())
    try:
        await t
    except asyncio.CancelledError:
        print("propagated", t.cancelled())
    inner = asyncio.create_task(asyncio.sleep(0.01, "shielded"))
    try:
        await asyncio.wait_for(asyncio.shield(inner), 0.001)
    except TimeoutError:
        print(await inner)


async def groups():
    async with asyncio.TaskGroup() as tg:
        a = tg.create_task(work("g1", 0, []))
        b = tg.create_task(work("g2", 0, []))
    print(a.result(), b.result())
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(fails())
            tg.create_task(asyncio.sleep(10))
    except* ValueError as eg:
        print(eg.exceptions)


async def sync():
    q = asyncio.Queue(maxsize=1)

    async def producer():
        for i in range(3):
            await q.put(i)
        await q.put(None)
    p = asyncio.create_task(producer())
    got = []
    while (v := await q.get()) is not None:
        got.append(v)
    await p
    lock, ev, sem, order = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(2), []

    async def locked(n):
        async with lock:
            order.append(n)
            await asyncio.sleep(0)
            order.append(n)

    async def waits():
        await ev.wait()
        order.append("event")
    await asyncio.gather(locked(1), locked(2), waits(), asyncio.to_thread(lambda: order.append("thread") or None) if False else asyncio.sleep(0, ev.set()))
    async with sem:
        print(got, order, sem.locked(), lock.locked())
    print(await asyncio.to_thread(pow, 2, 5), await asyncio.get_running_loop().run_in_executor(None, len, "abc"))


async def callbacks():
    loop = asyncio.get_running_loop()
    order = []
    loop.call_soon(order.append, "soon")
    loop.call_later(0.005, order.append, "later")
    h = loop.call_soon(order.append, "never")
    h.cancel()
    fut = loop.create_future()
    loop.call_later(0.01, fut.set_result, "future")
    print(await fut, order, h.cancelled())
    try:
        fut.set_result(1)
    except asyncio.InvalidStateError as e:
        print("invalid state")
    var.set("outer")

    async def sees():
        seen = var.get()
        var.set("inner")
        return seen
    print(await asyncio.create_task(sees()), var.get())


async def streams():
    async def handle(reader, writer):
        while line := await reader.readline():
            writer.write(line.upper())
            await writer.drain()
        writer.close()
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello\nworld\n")
    writer.write_eof()
    print(await reader.readline(), await reader.read())
    writer.close()
    await writer.wait_closed()
    server.close()
    proc = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    print(await proc.communicate(b"through a child"), proc.returncode)


for main in (basics, cancelling, groups, sync, callbacks, streams):
    print("==", main.__name__)
    asyncio.run(main())
try:
    asyncio.run(fails())
except ValueError as e:
    print(e)
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    print(e)
with asyncio.Runner() as runner:
    print(runner.run(asyncio.sleep(0, "runner")), var.get())
