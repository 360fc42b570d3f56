"""_multiprocessing.SemLock and _posixshmem, and multiprocessing on top of them."""
import _multiprocessing
import _posixshmem
import os

SemLock = _multiprocessing.SemLock


def attempt(f, *args, **kw):
    try:
        print(f.__name__, f(*args, **kw))
    except Exception as e:
        print(f.__name__, type(e).__name__, str(e).replace(name, "NAME"))


name = "/krait-test-%d" % os.getpid()
print(_multiprocessing.flags, SemLock.SEM_VALUE_MAX)
attempt(SemLock, 5, 1, 1, name, True)
lock = SemLock(0, 1, 1, name, False)
print(lock.kind, lock.maxvalue, lock.name == name)
attempt(SemLock, 0, 1, 1, name, False)
for f in "acquire", "acquire", "_count", "_is_mine", "_is_zero", "_get_value", "release", "release", "release":
    attempt(getattr(lock, f))
with lock:
    print(lock._count())
counter = SemLock(1, 1, 2, name + "b", True)
print(counter.name)
for args in (), (False,), (True, 0.01), (True, -1):
    attempt(counter.acquire, *args)
for f in "release", "release", "release", "_count", "_is_mine", "_is_zero":
    attempt(getattr(counter, f))
again = SemLock._rebuild(lock.handle, 0, 1, name)
attempt(again.acquire)
attempt(lock.acquire, False)
attempt(again._after_fork)
attempt(again._is_mine)
attempt(_multiprocessing.sem_unlink, name)
attempt(_multiprocessing.sem_unlink, name)
attempt(_multiprocessing.sem_unlink, 3)


class Own(SemLock):
    pass


print(Own(1, 2, 3, name + "q", True)._get_value())

fd = _posixshmem.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
print(os.get_inheritable(fd))
attempt(_posixshmem.shm_open, name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
attempt(_posixshmem.shm_unlink, name)
attempt(_posixshmem.shm_unlink, name)
attempt(_posixshmem.shm_open, 3, 1)

import multiprocessing
from multiprocessing import shared_memory


def work(lock, queue, memory):
    for _ in range(50):
        with lock:
            memory.buf[0] += 1
    queue.put("done")


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    lock, queue = context.Lock(), context.Queue()
    memory = shared_memory.SharedMemory(create=True, size=16)
    workers = [context.Process(target=work, args=(lock, queue, memory)) for _ in range(2)]
    for w in workers:
        w.start()
        w.join()
    print([queue.get() for _ in workers], memory.buf[0], [w.exitcode for w in workers])
    memory.close()
    memory.unlink()
