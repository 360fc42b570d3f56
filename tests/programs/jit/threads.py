"""Threads other than the main one have traces, too, and share them."""
import sys
import threading

sys.setswitchinterval(0.0005)
results = {}


class Account:
    def __init__(self):
        self.n = 0

    def add(self, k):
        self.n = (self.n * 31 + k) % 1000003


def work(me, n):
    a = Account()
    t = 0
    d = {}
    for i in range(n):
        a.add(i)
        t += i & me
        if i % 100 == me:
            d[i] = a.n
    for k, v in d.items():
        t ^= k + v
    results[me] = t, a.n


def evens(n):
    for i in range(n):
        if i % 2 == 0:
            yield i


def generate(me, n):
    t = 0
    for x in evens(n):
        t += x
    results[me] = t, any(x == n - 2 for x in evens(n))


threads = [threading.Thread(target=work, args=(k, 6000)) for k in range(4)]
threads += [threading.Thread(target=generate, args=(k, 6000)) for k in range(4, 7)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results.items()))


# A frame that a trace runs in is looked at from another thread; a flag ends a loop.
stop = False
turns = 0


def spin():
    global turns
    while not stop:
        turns += 1


t = threading.Thread(target=spin)
t.start()
seen = 0
while seen < 20:
    f = sys._current_frames().get(t.ident)
    seen += f is not None
stop = True
t.join()
print(turns > 0)


# Exceptions and recursion in threads.
def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def failing(out):
    t = 0
    try:
        for i in range(3000):
            t += 10 // (2900 - i)
    except ZeroDivisionError as e:
        out.append((t, str(e)))
    for i in range(60):
        out[0] += (deep(20),) if i == 59 else ()


outs = [[] for _ in range(3)]
threads = [threading.Thread(target=failing, args=(o,)) for o in outs]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(outs)
