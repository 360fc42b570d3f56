# Subscripts, slices, membership and operators of builtin containers in hot loops, with what leaves them.


class MyList(list):
    pass


class Loud(list):
    def __getitem__(self, i):
        return "loud"


class Low(dict):
    def __missing__(self, key):
        return ("missing", key)


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        Key.compared += 1
        return isinstance(other, Key) and self.n == other.n

    compared = 0

    def __repr__(self):
        return f"Key({self.n})"


class Plain:
    pass


def items(seq, indexes):
    out = []
    for i in indexes:
        try:
            out.append(seq[i])
        except (IndexError, KeyError, TypeError) as e:
            out.append(type(e).__name__ + ": " + str(e))
    return out


def show(*args):
    print(*args)


N = list(range(4)) * 12
show(sum(items([1, 2, 3, 4], N)))
show(items([1, 2, 3, 4], N + [-1, -4, 4, -5])[-4:])
show(items((5, 6, 7, 8), N + [-1, -4, 4, -5])[-4:])
show(items("spam", N + [-1, -4, 4, -5])[-4:])
show(items(b"spam", N + [-1, -4, 4, -5])[-4:])
show(items(bytearray(b"spam"), N + [-1, -4, 4, -5])[-4:])
show(items(range(0, 40, 10), N + [-1, -4, 4, -5])[-4:])
show(items(MyList([1, 2, 3, 4]), N + [-1, -4, 4, -5])[-4:])
show(items(Loud([1, 2, 3, 4]), N + [-1, -4, 4, -5])[-4:])
show(items({0: "a", 1: "b", 2: "c", 3: "d"}, N + [4, 1.0, True, "x"])[-4:])
show(items({"a": 1, "b": 2}, ["a", "b"] * 20 + ["c", 1])[-3:])
show(items(Low({"a": 1, "b": 2}), ["a", "b"] * 20 + ["c", 1])[-3:])
show(items({(1, 2): 1, (1, "x"): 2, None: 3, 1.5: 4, b"k": 5}, [(1, 2), (1, "x"), None, 1.5, b"k"] * 10 + [(2, 1)])[-6:])
k = Key(3)
show(items({k: 1, 2: 2}, [2, k] * 20 + [Key(3), Key(4)])[-4:], Key.compared > 0)
p = Plain()
show(items({p: "p", Plain: "class", len: "len"}, [p, Plain, len] * 20)[-3:])
show(items([1, 2], [0, 1] * 20 + ["x", slice(0, 1), True])[-3:])


def subclass_changes():
    seq, got = MyList([1, 2, 3]), []
    for i in range(60):
        got.append(seq[i % 3])
        if i == 50:
            MyList.__getitem__ = lambda self, i: "changed"
    del MyList.__getitem__
    return got[45:]


show(subclass_changes())


def stores():
    l, d, b, m = [0] * 5, {}, bytearray(5), MyList([0] * 5)
    for i in range(100):
        l[i % 5] = i
        l[-1] = i * 2
        d[i % 7] = i
        d[str(i % 3)] = i
        d[(i % 2, "t")] = i
        b[i % 5] = i
        m[i % 5] = str(i)
    try:
        for i in range(250, 260):
            b[0] = i
    except ValueError as e:
        show(e)
    try:
        for i in range(40):
            d[[] if i == 35 else i] = 1
    except TypeError as e:
        show(e)
    show(l, d, b, m)


stores()


def deletes():
    d = {i: i for i in range(50)}
    l = list(range(50))
    for i in range(40):
        del d[i]
        del l[0]
    try:
        for i in range(40, 60):
            del d[i]
    except KeyError as e:
        show("no", e)
    try:
        for i in range(40, 60):
            del l[-1]
    except IndexError as e:
        show(e)
    show(d, l)


deletes()


def slices(seq):
    out = []
    for i in range(40):
        out.append(seq[1 : i % 4])
        out.append(seq[i % 3 :])
        out.append(seq[: -(i % 2) or None])
        out.append(seq[::-1])
        out.append(seq[i % 4 :: -2])
        s = slice(i % 2, None, 2)
        out.append(seq[s])
    return out[-12:]


for seq in ([1, 2, 3, 4], (1, 2, 3, 4), "abcd", b"abcd", bytearray(b"abcd"), range(4), "äöü€"):
    show(slices(seq))


def kept_slices():
    seq, kept = list(range(10)), []
    for i in range(50):
        s = slice(i % 3, 8, 2)
        x = seq[s]
        kept.append(s)
    return kept[-2:], x, kept[-1] is kept[-2]


show(kept_slices())


def assigned():
    p = list(range(8))
    for i in range(60):
        n = i % 7
        p[: n + 1] = p[n::-1]
        p[2:4] = (p[3], p[2])
        if i % 10 == 9:
            p[0:0] = [i]
            p[-1:] = []
    p[1:3] = p
    try:
        for i in range(40):
            p[0:1] = [i] if i < 35 else i
    except TypeError as e:
        show(e)
    return p


show(assigned())


def membership():
    n = 0
    l, t, s, d = [1, "a", 2.5, None], (1, 2, 3), {1, "b", (1, 2)}, {"k": 1, 2: 2}
    for i in range(60):
        n += i % 4 in l
        n += i % 4 not in t
        n += (1, i % 3) in s
        n += i % 3 in d
        n += "k" in d
        n += "b" in "abc"
        n += i in range(0, 60, 3)
        n += b"a" in b"cab"
        if i % 2 in t:
            n += 1
        if not i % 5 in frozenset([1, 2]):
            n += 1
    nan = float("nan")
    found = 0
    for i in range(40):
        found += nan in [nan]
        found += nan == nan
    try:
        for i in range(40):
            n += (i if i > 35 else "a") in "abc"
    except TypeError as e:
        show(e)
    try:
        for i in range(40):
            n += ([] if i > 35 else 1) in s
    except TypeError as e:
        show(e)
    return n, found


show(membership())


def operators():
    l, t, s = [1], (1,), "x"
    same = l
    for i in range(40):
        l += [i]
        l += (i,)
        t = t + (i,)
        s = s + "y"
        s += "z"
        u = [0] * (i % 3) + [1, 2]
        v = 2 * "ab" + "c" * (i % 2)
        w = b"a" + b"b" * 2
    show(len(l), same is l, len(t), s[:5], len(s), u, v, w)
    try:
        for i in range(40):
            t = t + ((i,) if i < 35 else [i])
    except TypeError as e:
        show(e)
    big = 1
    for i in range(100):
        big = big * 3 + i
        low = big % 1000003
        high = big >> 20
    show(big, low, high, -big, ~big)
    total = 0
    for i in range(100):
        total += (1 << i % 70) // 3
        total -= 2 ** (i % 66)
        total ^= i << 60
    show(total)
    m = 2**61 - 5
    for i in range(100):
        m += i
        h = -m
        g = m * 3 - m * 2 == m
    show(m, h, g)
    try:
        for i in range(40, -1, -1):
            total = 10**20 // i
    except ZeroDivisionError as e:
        show(e)


operators()


def texts():
    out = []
    for i in range(40):
        name = "n%d-%s" % (i, i * 0.5)
        f = f"{i:03d}|{name}|{i / 4!r:>6}|{name!r}|{i!s}"
        out.append(f + "%5.2f%%" % i)
        if name == "n39-19.5":
            out.append("last")
        if name < "n2":
            out.append("low")
        if name[0] == "n" and name[-1] != "z":
            out.append(name[1:3])
    return out[-6:]


show(texts())


class Shown:
    def __str__(self):
        return "shown"

    def __format__(self, spec):
        return "formatted" + spec


def mixed_texts():
    out = []
    for x in [1, 2.5, "s", None, True, 10**30] * 8 + [Shown()] * 20 + [(1, 2)]:
        try:
            out.append(f"{x}{x!s}{x!r:.5}" + "%s" % (x,))
        except TypeError as e:
            out.append(str(e))
    return [o if "object" not in o else "o" for o in out[40:50] + out[-3:]]


show(mixed_texts())


def compared(pairs):
    out = []
    for a, b in pairs:
        try:
            out.append((a == b, a != b, a < b))
        except TypeError as e:
            out.append((a == b, str(e)))
    return out


show(compared([("a", "b"), ("b", "a"), ("a", "a")] * 15)[-3:])
show(compared([(None, 1), (1, None), (None, None)] * 15)[-3:])
show(compared([((1, 2), (1, 3)), ((1,), (1, "x")), ((1, "x"), (1, 2))] * 15)[-3:])
show(compared([(10**20, 10**20 + 1), (1.5, 10**20), (2**61, 2**61)] * 15)[-3:])
show(compared([(True, 1), (b"a", b"a"), ("a", 1)] * 15)[-3:])
show(compared([(Key(1), Key(1)), (p, p), (p, 1)] * 15)[-3:])


class Empty:
    def __len__(self):
        return 0


class Never:
    def __bool__(self):
        return False


def truths(values):
    n = 0
    for v in values:
        if v:
            n += 1
        n += 10 * (not v)
    return n


show(truths(["", "a", 0.0, 0.5, float("nan"), {}, {1: 2}, set(), {1}, b"", b"x", Plain(), Plain, 10**20] * 10))
show(truths([Plain()] * 30 + [Empty(), Never(), Plain()] * 5))


def truth_changes():
    n, x = 0, Plain()
    for i in range(60):
        if x:
            n += 1
        if i == 40:
            Plain.__bool__ = lambda self: False
    del Plain.__bool__
    return n


show(truth_changes())


def comprehensions():
    for i in range(20):
        a = [x * 2 for x in range(10)]
        b = {x % 3 for x in range(10)}
        c = {x: str(x) for x in range(5)}
        d = [*a, *(1, 2), i]
        e = {"i": i, "j": i + 1, i: a[0]}
        f = {i, i + 1, "x"}
        g = (*a, i)
        h = [y for x in [[1, 2], [3]] for y in x if y != 2]
        k = [float(x) for x in range(3)]
    show(a, b, c, d, e, sorted(map(str, f)), g, h, k)
    long = [x for x in range(2000)]
    show(len(long), sum(long), long[1999])


comprehensions()


def unhashable():
    try:
        for i in range(40):
            s = {i if i < 35 else []}
    except TypeError as e:
        show(e, s)
    try:
        for i in range(40):
            d = {i if i < 35 else {}: 1}
    except TypeError as e:
        show(e, d)


unhashable()


def views():
    o = Plain()
    o.a = 1
    d = o.__dict__
    g = globals()
    n = 0
    for i in range(50):
        n += d["a"]
        d["b"] = i
        n += o.b
        g["fresh_name"] = i
        n += fresh_name
        if i == 30:
            del d["a"]
            d["a"] = 5
    return n, d


show(views())
