"""Sets compared and combined in hot loops, elements added one by one, ranges and sequences from their end."""


def subsets(cands, free):
    n = 0
    for c in cands:
        if c <= free:
            n += 1
        if c < free:
            n += 10
        if free >= c:
            n += 100
        if c > free:
            n += 1000
        if c == free:
            n += 10000
        if c != free:
            n += 100000
    return n


def algebra(a, b, times):
    last = None
    total = 0
    for i in range(times):
        c = a - b
        d = a & b
        e = a | b
        f = a ^ b
        total += len(c) + len(d) + len(e) + len(f)
        last = c, d, e, f
    return total, [(type(x).__name__, sorted(map(str, x))) for x in last]


def small(times):
    total = 0
    for i in range(times):
        s = set(j * i % 7 for j in range(12))
        s.add(-1)
        t = {x - 2 for x in s}
        t.discard(0)
        for k in range(20):
            t.add(k * 3)
            t.add(float(k))
            t.add(k > 3)
        total += len(s) + len(t) + (-1 in s) + (-2 in t)
    return total


class Loud:
    """Equal to others of its number, and tells when it is asked."""

    asked = 0

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        Loud.asked += 1
        return self.n == (other.n if isinstance(other, Loud) else other)


class Own(frozenset):
    def __le__(self, other):
        return "own"

    def __sub__(self, other):
        return "minus"


def own(all, b):
    out = []
    for a in all:
        out.append((a <= b, a - b if len(a) > 1 else None))
    return out


def in_place(times):
    s = {1, 2, 3}
    t = s
    f = frozenset(s)
    g = f
    for i in range(times):
        s |= {i}
        s -= {i - 1}
        f |= {i % 5}
    return sorted(s), t is s, sorted(f), sorted(g)


def backwards(r, times):
    out = []
    for i in range(times):
        n = 0
        for x in reversed(range(r)):
            n = n * 3 + x
        for x in reversed(range(2, r + i % 3)):
            n = (n * 5 + x) % 100003
        for x in reversed(range(r, -2, -1)):
            n = (n * 7 + x) % 100003
        for x in reversed(range(0, r, 2)):
            n = (n * 11 + x) % 100003
        out.append(n)
    return out[:4], sum(out) % 1000003


def sequences(all, times):
    out = 0
    for i in range(times):
        for s in all:
            for x in reversed(s):
                out = (out * 31 + (x if isinstance(x, int) else ord(x))) % 1000003
    return out


def kept(ranges):
    """Iterators of ranges from their end that outlive the loop."""
    its = []
    for r in ranges:
        its.append(reversed(r))
    return [type(i).__name__ for i in its[:2]], [list(i) for i in its[-6:]]


def main():
    free = frozenset(range(40))
    cands = [frozenset((i, i + 1, i + 2)) for i in range(60)]
    for _ in range(20):
        r = subsets(cands, free)
    print(r)
    print(subsets([free, frozenset(), set(range(40)), set(range(41))] * 30, free))
    print(algebra(frozenset(range(10)), frozenset(range(5, 20)), 300))
    print(algebra({1, "a", None, 2.5, (1, 2)}, {(1, 2), "b", 1}, 300))
    print(algebra({1, 2}, frozenset((2, 3)), 100))
    # Elements whose comparison runs Python code, after the loop was compiled for others.
    loud = [frozenset((Loud(i), i + 100)) for i in range(5)] * 20
    print(subsets(loud, frozenset(Loud(i) for i in range(8)) | free), Loud.asked > 0)
    Loud.asked = 0
    print(algebra(frozenset(range(3)), frozenset((Loud(1), Loud(5))), 50)[0], Loud.asked > 0)
    print(own([frozenset((1, 2))] * 150 + [Own((1, 2)), Own((3,))], frozenset(range(5)))[-4:])
    print(small(200), in_place(300))
    print(backwards(9, 200), backwards(0, 100), backwards(1, 100))
    print(sequences([[1, 2, 3], (4, 5), "xyz", range(5), range(9, 0, -4)], 200))
    print(kept([range(i) for i in range(100)] + [range(10**20, 10**20 + 3), range(3, 0), range(5, 1, -1)]))
    for bad in [{1: 2}, 5, {1}]:
        try:
            for x in [[1], [2], bad] * 3:
                for y in reversed(x):
                    pass
            print("keys", y)
        except TypeError as e:
            print(e)


main()
