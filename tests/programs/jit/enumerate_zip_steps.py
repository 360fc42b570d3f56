# enumerate and zip in loops that are compiled: over lists, tuples and ranges, nested, and what is none of these.


def total(pairs):
    s = 0
    for i, x in pairs:
        s = (s * 3 + i * x) % 1000003
    return s


def numbers(pairs):
    return [n for n, _ in pairs]


class Loud(enumerate):
    def __next__(self):
        n, x = super().__next__()
        return n + 100, x


def kinds():
    items = list(range(50))
    out = []
    for make in (
        lambda: enumerate(items),
        lambda: enumerate(tuple(items)),
        lambda: enumerate(range(50)),
        lambda: enumerate(items, 7),
        lambda: enumerate(items, -5),
        lambda: zip(items, items),
        lambda: zip(items, range(3, 40)),
        lambda: zip(range(3, 40), items),
        lambda: zip(tuple(items), items, strict=True),
        lambda: Loud(items),
        lambda: enumerate(iter(items)),
        lambda: ((i, x) for i, x in enumerate(items)),
        lambda: zip(items, (x for x in items)),
    ):
        out.append([total(make()) for _ in range(30)][-1])
    return out


print(kinds())


def nested():
    a, b = [1, 2, 3, 4] * 10, (5, 6, 7) * 12
    s = 0
    for n, (x, y) in enumerate(zip(a, b)):
        s += n * x - y
    for pair in zip(a, b):
        s += pair[0] * pair[1]
    kept = [p for p in zip(a, b)]
    t = [q for q in enumerate(a)]
    for x, y, z in zip(a, b, range(100)):
        s += x * y + z
    for one in zip(a):
        s += len(one) + one[0]
    return s, kept[3], len(kept), t[-1]


print([nested() for _ in range(20)][-1])


def same_iterator(n):
    it = iter(range(n))
    return [a * 1000 + b for a, b in zip(it, it)]


def sometimes_same(flags):
    out = []
    for f in flags:
        a = iter([1, 2, 3, 4, 5, 6])
        b = a if f else iter([7, 8, 9])
        s = 0
        for x, y in zip(a, b):
            s = s * 7 + x * y
        out.append((s, list(a)))
    return out


print(same_iterator(20), [same_iterator(9) for _ in range(9)][-1])
print(sometimes_same([False] * 30 + [True] * 5)[-7:])


def big_numbers():
    out = []
    for start in (2**61 - 20, 2**62, 10**30, 2**61 - 1):
        out.append([n for n, _ in enumerate("abc", start)])
        out.append([n for n, _ in enumerate([1, 2, 3] * 10, start)][-2:])
    return out


print(big_numbers())


def grows():
    items = [1]
    s = 0
    for i, x in enumerate(items):
        if i < 60:
            items.append(x + i)
        s += x
    return s, len(items)


def shrinks():
    items = list(range(100))
    seen = []
    for i, x in enumerate(items):
        seen.append(x)
        if i % 2:
            items.pop()
    e = enumerate(items)
    rest = list(e)
    items.append(1)
    return seen[-1], len(seen), rest[-1], list(e)


print([grows() for _ in range(5)][-1], [shrinks() for _ in range(5)][-1])


def left_over():
    out = []
    for n in range(40):
        a, b = iter([1, 2, 3]), iter([4, 5])
        for x, y in zip(a, b):
            pass
        c, d = iter([1, 2]), iter([4, 5, 6])
        for x, y in zip(c, d):
            pass
        out.append((next(a, "end"), next(b, "end"), next(c, "end"), next(d, "end")))
    return out[-1]


print(left_over())


def strict():
    out = []
    for n in range(40):
        try:
            for x, y in zip([1, 2, 3], range(n % 5), strict=n % 2 == 0):
                out.append(x * y)
        except ValueError as e:
            out.append(str(e))
    return out[-12:]


print(strict())


def types_change():
    e = enumerate([1, 2.5, "x", None, (1,)] * 8)
    out = []
    for i, x in e:
        out.append((i, x))
        if i == 30:
            for j, y in e:
                out.append((j, y))
                if j == 33:
                    break
    return out[28:]


print(types_change())


def state():
    z = zip([1, 2, 3, 4] * 10, [5, 6, 7] * 10)
    s = 0
    for x, y in z:
        s += x * y
        if s > 500:
            z.__setstate__(True)
    return s


try:
    print(state())
except ValueError as e:
    print(e)
