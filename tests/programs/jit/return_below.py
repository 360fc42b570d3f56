# Traces that return below the frame they began in: inner loops of functions called from loops, found results, exceptions,
# recursion through a loop, which must end at the recursion limit in linked traces, too.
def inner(n, k):
    s = 0
    for i in range(n):
        s += i * k
    return s
class C:
    def __init__(self, n):
        self.t = 0
        for i in range(n):
            self.t += i
    def find(self, x):
        for i in range(10):
            if i == x: return i
        return None
def mid(n):
    t = 0
    for j in range(n):
        t += inner(5, j)
        t += inner(3, t & 7)
        c = C(4)
        t += c.t
        r = c.find(j % 12)
        if r is not None: t += r
    return t
def top():
    x = 0
    for k in range(30):
        x ^= mid(30 + k)
    return x
def raising(n):
    t = 0
    for i in range(n):
        try:
            t += deep(i % 7)
        except ValueError as e:
            t += len(str(e))
    return t
def deep(i):
    for k in range(6):
        if k == i and i == 5:
            raise ValueError("x" * i)
        if k == i: return k * 2
    return -1
print(top(), raising(900))
import sys
def rec(n):
    if n < 2: return n
    return rec(n-1) + rec(n-2)
print(rec(14))
def d(n):
    for i in range(3):
        if i == 2: return (0 if n == 0 else d(n-1) + 1)
for _ in range(40): d(30)
try:
    d(10**5)
except RecursionError as e:
    print(e)
def gen(n):
    for i in range(n):
        yield inner(i % 6, i)
print(sum(gen(2000)), sorted([3,1,2], key=lambda v: inner(v, v)))
