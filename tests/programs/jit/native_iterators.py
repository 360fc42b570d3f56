"""Loops over the iterators of builtin types, in traces."""
import gc


def pairs(n):
    items = [k * 3 for k in range(n)]
    t = 0
    for i, x in enumerate(items):
        t += i * x
    for i, x in enumerate(items, 5):
        t -= i + x
    for a, b in zip(items, range(n)):
        t += a - b
    for a, b, c in zip(items, range(n), reversed(items)):
        t += a * b - c
    for p in enumerate(items):
        t += p[0]
    for a, b in zip(items, items[:n // 2]):
        t ^= a + b
    return t


print(pairs(100), pairs(0), pairs(1))


def last(n):
    i = x = "none"
    for i, x in enumerate(range(n)):
        pass
    k = v = "none"
    for k, v in {str(j): j for j in range(n)}.items():
        pass
    for c in "x" * n:
        pass
    else:
        c = n
    return i, x, k, v, c


print([last(n) for n in (0, 1, 5, 60)])


def dicts(n):
    d = {k: k * k for k in range(n)}
    t = 0
    for k in d:
        t += k
    for k in d.keys():
        t += d[k]
    for v in d.values():
        t -= v
    for k, v in d.items():
        t += k ^ v
    for kv in d.items():
        t += kv[0]
    for k in reversed(d):
        t = t * 3 % 65521 + k
    return t


print(dicts(150))


def changed(n):
    d = dict.fromkeys(range(n))
    seen = 0
    try:
        for k in d:
            seen += 1
            if k == n - 10:
                d["new"] = 1
    except RuntimeError as e:
        return seen, str(e)


print(changed(80))


def sets(n):
    t = 0
    for x in {k * 7 for k in range(n)}:
        t += x
    for x in frozenset("abc" * 30):
        t += len(x)
    s = set(range(n))
    try:
        for x in s:
            if x == 60:
                s.add(-1)
    except RuntimeError as e:
        t = t, str(e)
    return t


print(sets(100))


def texts(n):
    t = 0
    for c in "hello wörld" * n:
        t = t * 5 % 9973 + ord(c)
    for c in "ascii" * n:
        t += c == "i"
    for b in b"bytes" * n:
        t += b
    for b in bytearray(b"more") * n:
        t -= b
    return t


print(texts(30))


def partial(n):
    """A zip ends at its shorter iterator; the item taken from the longer one is gone."""
    out = []
    for k in range(n):
        a, b = iter(range(10)), iter(range(k % 5))
        for x, y in zip(a, b):
            pass
        out.append(next(a))
        for x, y in zip(b, a):
            pass
        out.append(next(a))
    return out[-10:]


print(partial(50))


def strict(n):
    t = []
    for k in range(n):
        try:
            for a, b in zip([1, 2], [3] * (k % 4), strict=True):
                pass
        except ValueError as e:
            t.append(str(e))
        else:
            t.append(a + b)
    return t[-4:]


print(strict(50))


class Counter:
    def __init__(self, n):
        self.i, self.n = 0, n

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i > self.n:
            raise StopIteration
        return self.i


def users(n):
    t = 0
    for x in Counter(n):
        t += x
    for i, x in enumerate(Counter(n)):
        t -= i * x
    for x, y in zip(range(n), Counter(n)):
        t += x * y
    return t


print(users(90))


# The same loop over one kind of iterator, then another.
def over(it):
    t = []
    for x in it:
        t.append(x)
    return t


kinds = [range(60), [1] * 60, (2,) * 60, "s" * 60, b"b" * 60, {k for k in range(60)}, {k: 0 for k in range(60)},
         enumerate("e" * 60), zip("z" * 60, range(60)), reversed([3] * 60), map(str, range(60)),
         filter(None, range(60)), Counter(60), (g for g in range(60)), iter(range(2 ** 70, 2 ** 70 + 60))]
print([len(over(k)) for k in kinds], sum(map(len, (over(k) for k in kinds))))


def looped(pair):
    t = 0
    for a, b in pair:
        t += a
    return t


print(looped(enumerate([0] * 70)), looped(zip(range(70), range(70))), looped([(1, 2)] * 70),
      looped(zip(range(70), Counter(80))), looped(x for x in zip(range(70), range(70))),
      looped({k: k for k in range(70)}.items()))


def iterators(n):
    t = 0
    for k in range(n):
        for c in "ab":
            for x in {1: 2, 3: 4}:
                for y in iter((5, 6)):
                    t += x * y
        if k % 20 == 0:
            gc.collect()
    return t


print(iterators(60))


# A list that grows under its iterator, and one whose iterator has ended.
def growing(n):
    items = [0]
    for x in items:
        if len(items) < n:
            items.append(x + 1)
    it = iter(items)
    for x in it:
        pass
    items.append("late")
    return len(items), list(it)


print(growing(200))
