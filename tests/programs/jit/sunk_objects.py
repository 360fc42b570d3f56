"""Objects that traces need not make, and what gets to see them all the same."""
import gc
import sys
import weakref


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def scaled(self, k):
        return Point(self.x * k, self.y * k)


class Node:
    def __init__(self, value, next):
        self.value = value
        self.next = next
        self.back = self


def carried(n):
    p = Point(1, 1.0)
    for i in range(n):
        p = Point(p.y * 0.5 + i, p.x)
    return p.x, p.y


def methods(n):
    total = Point(0.0, 0.0)
    step = Point(0.5, 0.25)
    for i in range(n):
        total = total + step.scaled(i)
    return total.x, total.y


def changes_type(n):
    p = Point(0, 0)
    out = []
    for i in range(n):
        p = Point(p.x + 1, p.y + (0.5 if i == n - 7 else 1))
        if i > n - 10:
            out.append((p.x, p.y))
    return out


def overflows(n):
    p = Point(1, 3)
    for i in range(n):
        p = Point(p.x * 3, p.y)
        if p.x > 2**90:
            p = Point(1, p.y + 1)
    return p.x, p.y


def swapped(n):
    a, b = Point(0, 1), Point(2, 3)
    same = 0
    for i in range(n):
        c = Point(i, a.x)
        a, b = b, c
        same += a is b
        if i % 60 == 59:
            a = b
    return a.x, a.y, b.x, b.y, same


def chain(n):
    head = None
    for i in range(n):
        head = Node(i, head)
        if i % 10 == 9:
            head = Node(-1, None)
    k = 0
    while head is not None:
        k = k * 31 + head.value
        assert head.back is head
        head = head.next
    return k


def identities(n):
    ok = 0
    for i in range(n):
        p = Point(i, None)
        pair = (p, p)
        q = Point(pair, p)
        if i % 45 == 0:
            kept = [q, p, pair]
            ok += kept[0].x is kept[2] and kept[2][0] is kept[1] and q.y is pair[1] and id(q.y) == id(p)
    return ok


def weak(n):
    refs = []
    hits = 0
    for i in range(n):
        p = Point(i, i)
        q = Point(p, 1)
        if i % 50 == 49:
            r = weakref.ref(p)
            hits += r() is q.x
            refs.append(r)
    return hits


def frames(n):
    seen = []
    for i in range(n):
        p = Point(i, (i, [i]))
        t = (p, p.y)
        if i % 70 == 69:
            d = sys._getframe().f_locals
            seen.append((d["p"].x, d["t"][0] is p, d["t"][1] is p.y, d["i"]))
    return seen


def raises(n):
    out = []
    for i in range(n):
        p = Point(i, 5 - i % 60)
        t = (i, p)
        try:
            v = 100 // p.y
        except ZeroDivisionError as e:
            out.append((p.x, t[1] is p, e.__traceback__.tb_frame.f_locals["p"] is p, v))
    return out


def escapes(n):
    kept = []
    for i in range(n):
        p = Point(i, 0)
        p.y = i * 2
        if i % 33 == 0:
            kept.append(p)
            p.y = -1
        p.x += 1
    return [(p.x, p.y) for p in kept]


def attributes(n):
    out = []
    for i in range(n):
        p = Point(i, i)
        p.z = i + 1
        if i % 40 == 0:
            del p.x
        if i % 90 == 0:
            p.__dict__["w"] = 5
            out.append(sorted(p.__dict__.items()))
        p.x = p.z
    return out, p.x


def generators(n):
    def gen():
        for i in range(n):
            p = Point(i, [i])
            q = (p, i)
            yield p.x + 1
            if q[0] is not p or p.y[0] != i:
                yield "wrong"

    return sum(gen())


def closures(n):
    fs = []
    for i in range(n):
        p = Point(i, i)
        f = lambda: p.x
        g = lambda q=p: q.y + p.x
        if i % 50 == 0:
            fs.append(g)
            fs.append(f)
    return [f() for f in fs]


def collected(n):
    total = 0
    for i in range(n):
        p = Point([i], (i, str(i)))
        q = [p, p]
        if i % 100 == 50:
            gc.collect()
        total += q[1].x[0] + len(p.y[1])
    return total


def iterators(n):
    out = []
    for i in range(n):
        it = iter((i, i + 1, i + 2))
        for a in it:
            break
        rest = 0
        for b in it:
            rest += b
        r = iter(range(i, i + 4))
        for c in r:
            if c == i + 1:
                break
        if i % 80 == 0:
            out.append((a, rest, list(r)))
    return out


def lists(n):
    out = []
    for i in range(n):
        v = [i, i * 0.5, None]
        v[2] = v
        v[0], v[1] = v[1], v[0]
        w = [v, v]
        if i % 75 == 0:
            out.append((w[0] is v[2], v[0], v[1], len(v)))
        v[i % 2] = w
    return out, len(v)


class Final:
    gone = []

    def __init__(self, x):
        self.x = x

    def __del__(self):
        Final.gone.append(self.x)


def finals(n):
    for i in range(n):
        f = Final(i)
        g = (f, i)
    del f, g
    gc.collect()
    return len(Final.gone) > n - 10


def nested_loops(n):
    total = 0
    for i in range(n):
        p = Point(i, i + 1)
        for j in range(3):
            p = Point(p.y, p.x + j)
            for k in (p.x, p.y):
                total += k
    return total


def big_numbers(n):
    p = Point(1e200, 2**61)
    for i in range(n):
        p = Point(p.x * 1.01, p.y + 2**40)
    return p.x, p.y


for f in (carried, methods, changes_type, overflows, swapped, chain, identities, weak, frames, raises, escapes,
          attributes, generators, closures, collected, iterators, lists, finals, nested_loops, big_numbers):
    print(f.__name__, f(300))
