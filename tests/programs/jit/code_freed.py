"""Compiled code goes with its functions, and when what it took for constant changes: memory stays flat."""
import gc
import sys
import threading


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4


# Functions that come and go, each with a loop of its own. Some are kept for a while.
SOURCE = """
def f(n, k=%d):
    total = %d
    for i in range(n):
        if i %% 7 == %d:
            total += k
        else:
            total += i
    return total
"""


def make(k):
    names = {}
    exec(SOURCE % (k, k, k % 7), names)
    return names["f"]


def expected(n, k):
    return k + sum(k if i % 7 == k % 7 else i for i in range(n))


def many(count):
    kept = []
    wrong = 0
    for k in range(count):
        f = make(k)
        kept.append((f, k))
        if f(60) != expected(60, k):
            wrong += 1
        if len(kept) > 40:
            g, j = kept.pop(k % 40)
            if g(30) != expected(30, j):
                wrong += 1
    return wrong


print(many(150))
gc.collect()
before = resident()
print(many(350))
gc.collect()
print("flat:", resident() - before < 12000)

# A name that is bound anew all the time.
step = 1


def advance(n):
    total = 0
    for i in range(n):
        total += step
    return total


def rebinds():
    global step
    total = 0
    for n in range(300):
        step = n % 5
        total += advance(20)
    return total


print(rebinds())


# A function that is replaced while it runs: its code must stay until it has returned.
def replaced(n):
    global replaced
    total = 0
    for i in range(n):
        total += helper(i)
        if i == n // 2:
            exec("def replaced(n): return -n")
            replaced = eval("lambda n: -n")
            gc.collect()
            many(3)
    return total


def helper(i):
    return i * 2


print(replaced(200), replaced(5))


# The loop goes on in code whose function nobody refers to any more.
def dropped():
    names = {"gc": gc, "many": many}
    exec("""
def g(n):
    total = 0
    for i in range(n):
        total += i
        if i % 40 == 39:
            drop()
            gc.collect()
    return total
def drop():
    globals().pop("g", None)
""", names)
    return names["g"]


print([dropped()(100 + n) for n in range(5)])


def outer():
    total = 0
    for n in range(60):
        f = eval("lambda x: [x + %d for y in range(9)][x %% 9]" % (n % 3))
        for i in range(12):
            total += f(i)
        del f
        if n % 20 == 0:
            gc.collect()
    return total


print(outer())


# Generators and threads whose frames are in code that is thrown out.
def counting(n):
    for i in range(n):
        yield i * 2


def generators():
    total = 0
    running = [counting(200) for _ in range(5)]
    for n in range(150):
        for g in running:
            total += next(g)
        if n % 50 == 10:
            many(10)
    return total


print(generators())
results = []


def work(k):
    total = 0
    for i in range(2000):
        total += i % (k + 2)
        if i % 500 == 250:
            total += many(5)
    results.append(total)


threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
sys.setswitchinterval(1e-5)
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results))


# Recursion through compiled code while it is thrown out.
def deep(n):
    total = 0
    for i in range(20):
        total += i
    if n == 0:
        many(30)
        gc.collect()
        return total
    return total + deep(n - 1)


print(deep(40), deep(41))
