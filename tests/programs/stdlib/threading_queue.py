"""threading, queue, concurrent.futures: locks, events, conditions, locals, pools."""
import concurrent.futures as cf
import queue
import sys
import threading
import time
results = []
lock = threading.Lock()
total = 0


def add(n):
    global total
    for _ in range(n):
        with lock:
            total += 1


threads = [threading.Thread(target=add, args=(500,), name=f"adder-{i}") for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total, [t.name for t in threads], threads[0].is_alive(), threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count(), threads[0].daemon, threads[0].ident is not None)
print(lock.acquire(), lock.locked(), lock.acquire(blocking=False), lock.acquire(timeout=0.01), lock.release(), lock.locked())
for f in (lock.release, lambda: threads[0].start(), lambda: threading.Thread(target=1, foo=2), lambda: threading.current_thread().join(), lambda: lock.acquire(False, 1), lambda: threading.Semaphore(-1), lambda: threading.Condition().wait(), lambda: threading.RLock().release()):
    try:
        f()
    except (RuntimeError, TypeError, ValueError) as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
r = threading.RLock()
with r, r:
    print("reentrant")
ev, out = threading.Event(), []
t = threading.Thread(target=lambda: out.append(ev.wait(5)))
t.start()
ev.set()
t.join()
print(out, ev.is_set(), ev.clear(), ev.wait(0.001))
cond, items = threading.Condition(), []


def consumer():
    with cond:
        cond.wait_for(lambda: len(items) == 3)
        results.append(list(items))


t = threading.Thread(target=consumer)
t.start()
for i in range(3):
    with cond:
        items.append(i)
        cond.notify_all()
t.join()
print(results)
local = threading.local()
local.v = "main"


class Loc(threading.local):
    def __init__(self, x): self.x = x


shared = Loc([1])
seen = []
t = threading.Thread(target=lambda: seen.extend([hasattr(local, "v"), shared.x, setattr(shared, "x", 5)]))
t.start()
t.join()
print(seen, local.v, shared.x, local.__dict__)
q = queue.Queue(maxsize=2)


def produce():
    for i in range(6):
        q.put(i)
    q.put(None)


t = threading.Thread(target=produce)
t.start()
got = []
while (item := q.get(timeout=5)) is not None:
    got.append(item)
    q.task_done()
t.join()
print(got, q.empty(), q.qsize(), q.full())
for f in (lambda: q.get_nowait(), lambda: q.get(timeout=0.01), lambda: [q.put_nowait(1) for _ in range(3)]):
    try:
        f()
    except (queue.Empty, queue.Full) as e:
        print(type(e).__name__)
pq, lq, sq = queue.PriorityQueue(), queue.LifoQueue(), queue.SimpleQueue()
for v in (3, 1, 2):
    pq.put(v)
    lq.put(v)
    sq.put(v)
print([x.get() for x in (pq, pq, pq)], [lq.get() for _ in range(3)], [sq.get() for _ in range(3)], sq.empty())
with cf.ThreadPoolExecutor(3) as pool:
    futures = [pool.submit(pow, i, 2) for i in range(5)]
    print([f.result() for f in futures], list(pool.map(str.upper, "abc")), sorted(f.result() for f in cf.as_completed(futures)))
    bad = pool.submit(lambda: 1 / 0)
    print(type(bad.exception()).__name__, bad.done(), futures[0].cancel())
    done = []
    f = pool.submit(int, "7")
    f.add_done_callback(lambda f: done.append(f.result()))
    f.result()
print(done, cf.wait(futures).not_done)
barrier = threading.Barrier(3)
order = []
ts = [threading.Thread(target=lambda: order.append(barrier.wait())) for _ in range(3)]
[t.start() for t in ts]
[t.join() for t in ts]
print(sorted(order), barrier.broken)
sem = threading.BoundedSemaphore(2)
print(sem.acquire(), sem.acquire(), sem.acquire(blocking=False), sem.release(), sem.release())
try:
    sem.release()
except ValueError as e:
    print(e)
timer = threading.Timer(0.01, lambda: order.append("timer"))
timer.start()
timer.join()
print(order[-1], sys.getswitchinterval() > 0)
stop = threading.Event()
counts = [0, 0]


def spin(i):
    while not stop.is_set():
        counts[i] += 1


ts = [threading.Thread(target=spin, args=(i,), daemon=True) for i in range(2)]
[t.start() for t in ts]
while not all(counts):
    time.sleep(0.001)
stop.set()
[t.join() for t in ts]
print("both threads ran", all(counts))
