"""Objects, tuples, lists, ranges and iterators made in traces."""
import gc
import weakref


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def plus(self, other):
        return Point(self.x + other.x, self.y + other.y)


class Slotted:
    __slots__ = ("a", "b", "c")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class Many:
    def __init__(self, n):
        self.a = n
        self.b = n + 1
        self.c = n + 2
        self.d = n + 3
        self.e = n + 4
        self.f = n + 5
        self.g = n + 6
        self.h = n + 7
        self.i = n + 8


def points(n):
    p = Point(0, 0.5)
    one = Point(1, 0.25)
    for i in range(n):
        p = p.plus(one)
    return p.x, p.y


def kept(n):
    out = []
    for i in range(n):
        p = Point(i, (i, i * 1.5))
        out.append(p)
    return sum(p.x + p.y[0] + p.y[1] for p in out), len(set(map(id, out)))


def slots(n):
    total = 0
    missing = 0
    for i in range(n):
        s = Slotted(i, -i)
        total += s.a - s.b
        if i % 50 == 0:
            try:
                s.c
            except AttributeError:
                missing += 1
    return total, missing


def many(n):
    last = None
    total = 0
    for i in range(n):
        m = Many(i)
        total += m.a + m.i
        m.j = i
        total += m.j
        last = m
    return total, sorted(last.__dict__.items())[-1]


def tuples(n):
    a, b = 0, 1
    seen = []
    for i in range(n):
        t = (a, b, i)
        a, b = t[1], (t[0] + t[1]) % 1000003
        if i % 97 == 0:
            seen.append(t)
    return a, b, seen


def lists(n):
    total = 0
    rows = []
    for i in range(n):
        row = [i, i + 1, float(i)]
        row[1] = row[0] * 2
        row.append(i)
        total += row[1] + row[-1] + len(row)
        for x in row:
            total += x
        if i % 60 == 0:
            rows.append(row)
    return total, rows


def empty(n):
    k = 0
    for i in range(n):
        a, b = [], ()
        k += len(a) + len(b)
        if not a and not b:
            k += 1
        a.append(i)
        k += a[0]
    return k


def ranges(n):
    total = 0
    for i in range(n):
        for j in range(i % 7):
            total += j
        for j in range(i, i + 5):
            total += j
        for j in range(i, i - 9, -2):
            total -= j
        for j in range(0, 10, 3):
            total += j
        for j in range(5, 2):
            total += 1000000
        for t in (1, 2, i):
            total += t
        for t in [1, i]:
            total += t
    return total


def strange_ranges(n):
    total = 0
    for i in range(n):
        big = 2**60 + i if i > n - 5 else i
        for j in range(big, big + 3):
            total += j
        step = 2 if i < n - 3 else -2
        for j in range(10 * step, 0, -step):
            total += j
        if i == n - 2:
            big = 2**61 - 2
            for j in range(big, big + 4):
                total += j
    return total


def stored_ranges(n):
    r = range(3, 17, 4)
    total = 0
    for i in range(n):
        for j in r:
            total += j
        if i == n - 10:
            r = range(2**61 - 3, 2**61 + 3, 2)
        if i == n - 5:
            r = range(0, -8, -3)
    return total


def closures(n):
    total = 0

    def make(k):
        c = k

        def add(x):
            nonlocal c
            c += x
            return c

        return add

    def local(k):
        v = k + 1
        f = lambda: v
        return f() + v

    for i in range(n):
        f = make(i)
        total += f(1) + f(2) + local(i)
    return total


def identity(n):
    same = different = 0
    previous = None
    for i in range(n):
        p = Point(i, None)
        p.y = p
        q = Point(p, p)
        if q.x is q.y and q.x is p and p.y is p:
            same += 1
        if p is not previous and q is not p:
            different += 1
        previous = p
    return same, different, previous.y.y.x


def weak(n):
    died = []
    alive = 0
    for i in range(n):
        p = Point(i, i)
        if i % 40 == 0:
            r = weakref.ref(p)
            alive += r() is p
            q = p
            del p
            alive += r() is q
    return alive


class Final:
    count = 0

    def __init__(self, x):
        self.x = x

    def __del__(self):
        Final.count += self.x


def finalizers(n):
    for i in range(n):
        f = Final(1)
        f.x = 2
    f = None
    gc.collect()
    return Final.count >= 2 * n - 20


def changing_class(n):
    class C:
        def __init__(self, x):
            self.x = x

        def get(self):
            return self.x

    out = 0
    for i in range(n):
        c = C(i)
        out += c.get()
        if i == n // 2:
            C.get = lambda self: -self.x
        if i == n - 4:
            C.__init__ = lambda self, x: setattr(self, "x", 100)
    return out


def floats(n):
    """Numbers outside of the immediate range: making their cells may collect."""
    big = 1e300
    keep = []
    for i in range(n):
        p = Point(big * (i + 1), 2**62 + i)
        q = (p.x * 0.5, p.y + 1)
        r = [p.x * 0.25, p.y + 2]
        if i % 31 == 0:
            keep.append((p, q, r))
    return [(p.x, p.y, q, r) for p, q, r in keep]


for f in (points, kept, slots, many, tuples, lists, empty, ranges, strange_ranges, stored_ranges, closures, identity,
          weak, finalizers, changing_class, floats):
    print(f.__name__, f(300))
