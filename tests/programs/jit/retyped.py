# Loops whose data change types after they were recorded; dict.get; methods called through their class; iterators over bytes.
import copy


def dot(a, b):
    s = 0
    for i, x in enumerate(a):
        s += x * b[i]
    return s


ints = list(range(100))
floats = [x / 4 for x in ints]
big = [x + 2**61 for x in ints]
print(dot(ints, ints), [dot(floats, ints) for _ in range(60)][-1], [dot(floats, floats) for _ in range(60)][-1])
print([dot(big, ints) for _ in range(20)][-1], [dot(ints, floats) for _ in range(20)][-1], dot(ints, ints))


class A:
    def __init__(self, n):
        self.n = n

    def get(self):
        return self.n


class B(A):
    def get(self):
        return self.n * 2


class C(A):
    def __init__(self, n):
        self.m = 1
        super().__init__(n)


def total(items):
    s = 0
    for x in items:
        s += x.get()
    return s


def phases():
    out = []
    for make in (A, B, C, A, C, B):
        items = [make(i) for i in range(40)]
        out.append([total(items) for _ in range(20)][-1])
    mixed = [(A, B, C)[i % 3](i) for i in range(90)]
    out.append([total(mixed) for _ in range(20)][-1])
    return out


print(phases())


def nested(rows):
    t = 0
    for row in rows:
        for x in row:
            t += x
    return t


print(nested([ints] * 20), nested([floats] * 30), nested([floats, ints] * 20), nested([big, floats] * 9))


class Meta(type):
    def __hash__(cls):
        return 5

    def __eq__(cls, other):
        return cls is other


class Odd(metaclass=Meta):
    pass


def lookups():
    d = {int: "int", str: "str", "a": 1, 2: None, (1, 2): "t", Odd: "odd"}
    out = []
    for k in [int, str, "a", 2, (1, 2), float, "b", 3, 2.0, True, Odd, Meta] * 12:
        out.append((d.get(k), d.get(k, 7)))
    return out[-12:]


print(lookups())


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n or self.n == other


def python_keys():
    d = {Key(i): i for i in range(10)}
    return [d.get(i % 12, "none") for i in range(60)][-12:], [d.get(Key(i % 12)) for i in range(60)][-12:]


print(python_keys())


def unhashable():
    d, out = {1: 2}, []
    for k in [1, 2] * 30 + [[], {}]:
        try:
            out.append(d.get(k))
        except TypeError as e:
            out.append(str(e))
    return out[-4:]


print(unhashable())


class Mine(list):
    pass


def copies():
    out = []
    for x in [[1, 2], {1: 2}, {3}, Mine([4]), [5]] * 15:
        out.append(copy.copy(x))
        if type(x) is list:
            out.append(list.copy(x))
            list.append(x, len(x))
        out.append(list.pop(out[-1]) if isinstance(out[-1], list) and out[-1] else None)
    return out[-5:]


print(copies())


def wrong():
    out = []
    for f, x in [(list.copy, [1]), (str.upper, "abc"), (list.copy, Mine([2]))] * 15 + [(list.copy, ()), (str.upper, 3)]:
        try:
            out.append(f(x))
        except TypeError as e:
            out.append(str(e))
    return out[-5:]


print(wrong())


def over_bytes():
    data = bytes(range(200)) * 2
    s = n = 0
    for b in data:
        s += b * 3
    for i, b in enumerate(data):
        s ^= i * b
    for a, b in zip(data, ints):
        n += a ^ b
    for a, b in zip(ints, data):
        n += a & b
    it = iter(b"abc")
    rest = [x for x in it] + list(it)
    return s, n, rest, [x for x in b""], [c for c in bytearray(b"xyz")]


print([over_bytes() for _ in range(9)][-1])


def shifts(n):
    return [((n >> i) % 256) for i in range(120, -1, -8)]


print([shifts(n) for n in (1, -1, 2**60 + 7, 2**90, -(2**70) - 5)])
print([[shifts(n) for n in range(-40, 40)][k] for k in (3, 77)], [300 >> k for k in (1, 63, 64, 2**61, 2**70)])
