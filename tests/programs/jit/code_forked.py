"""A forked child and its parent both go on with the compiled code there is, and throw out their own."""
import gc
import os

SOURCE = """
def f(n):
    total = %d
    for i in range(n):
        total += i %% %d
    return total
"""


def make(k):
    names = {}
    exec(SOURCE % (k, k + 2), names)
    return names["f"]


def check(f, k):
    return f(50) == k + sum(i % (k + 2) for i in range(50))


def many(first, count):
    return all(check(make(k), k) for k in range(first, first + count))


old = [make(k) for k in range(30)]
print(all(check(f, k) for k, f in enumerate(old)))


def child(turn):
    ok = all(check(f, k) for k, f in enumerate(old)) and many(1000 * turn, 40)
    gc.collect()
    ok = ok and many(0, 20) and all(check(f, k) for k, f in enumerate(old))
    return 3 if ok else 4


for turn in range(4):
    pid = os.fork()
    if pid == 0:
        os._exit(child(turn))
    # The parent's functions go while the child runs them.
    for k in range(turn, 30, 4):
        old[k] = make(k)
    gc.collect()
    print(many(0, 40), all(check(f, k) for k, f in enumerate(old)))
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

pid = os.fork()
if pid == 0:
    inner = os.fork()
    if inner == 0:
        os._exit(child(9))
    status = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
    os._exit(child(8) + status)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
