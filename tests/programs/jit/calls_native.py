# Native functions called from traces: their effects, their errors, and arguments that change their types.
import math
import random


class Num:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        calls.append("lt")
        return self.v < other.v

    def __gt__(self, other):
        calls.append("gt")
        return self.v > other.v

    def __abs__(self):
        calls.append("abs")
        return self.v

    def __len__(self):
        calls.append("len")
        return self.v

    def __int__(self):
        calls.append("int")
        return self.v

    def __index__(self):
        calls.append("index")
        return self.v


calls = []


def extremes():
    out = []
    values = [(1, 2), (2, 1), (1, 1)] * 15 + [(1.5, 2.5), (2.5, 1.5), (float("nan"), 1.0), (1.0, float("nan"))] * 5
    values += [(1, 2.5), (2**70, 1), (-0.0, 0.0), (0.0, -0.0), (True, 2), ("b", "a")]
    for a, b in values:
        out.append((min(a, b), max(a, b), max(a, b, a)))
    x, y = Num(1), Num(2)
    for a, b in [(1, 2)] * 20 + [(x, y)]:
        out.append(max(a, b) is b)
    return out[:3], out[45:50], out[-30:-21], calls[:]


def lists():
    l = []
    n = 0
    for i in range(80):
        l.append(i)
        l.insert(0, -i)
        n += l.pop() + len(l)
        n += l.pop(0)
        l.extend([i, i])
        l.extend((1,))
        n += len(l)
        l.reverse()
        n += l[0] + len(l.copy())
        if i == 60:
            l.clear()
    return n, l


def list_effects():
    l = [1, 2, 3]
    out = []
    for i in range(40):
        first = l[0]
        length = len(l)
        l.insert(0, i)
        out.append((first, length, l[0], len(l)))
        l.pop()
    return out[-1], l


def list_errors():
    l = list(range(30))
    n = 0
    try:
        while True:
            n += l.pop()
    except IndexError as e:
        return n, str(e)


def strings():
    n = 0
    words = ["alpha", "Beta", "gamma delta", "", "1234"] * 10
    for w in words:
        n += len(w) + len(w.upper()) + w.find("a") + w.count("a") + len(w.split()) + len(w.replace("a", "bb"))
        n += w.startswith("a") + w.isdigit() + len(w.strip("a")) + len(",".join([w, w])) + w.find("a", 2)
        n += ord(w[0]) if w else 0
        n += len(chr(len(w) + 65)) + hash(w[:0]) + len(repr(w))
    errors = []
    for w in ["a"] * 30 + ["ab", b"c", 5]:
        try:
            n += ord(w)
        except TypeError as e:
            errors.append(str(e))
    for i in [65] * 30 + [-1, 2**80, "x"]:
        try:
            chr(i)
        except (TypeError, ValueError, OverflowError) as e:
            errors.append(str(e))
    return n, errors


class Text(str):
    def find(self, sub):
        return 1000

    def __len__(self):
        return 77


def derived():
    n = 0
    for t in ["abc"] * 30 + [Text("abc")] * 10:
        n += t.find("c") + len(t) + t.count("a")
    return n


def numbers():
    out = []
    values = [1, -1, 0, 7, -7] * 8 + [1.5, -1.5, 2.5, 1e10, -0.0] * 5 + [2**70, True, 1e300]
    for v in values:
        out.append((abs(v), int(v), float(v), bool(v), round(v), str(v), divmod(v, 3), pow(v, 2) if abs(v) < 1e100 else 0))
    errors = []
    for v in [1.5] * 30 + [float("inf"), float("nan"), "x", "12", None, Num(4)]:
        try:
            out.append(int(v))
        except (TypeError, ValueError, OverflowError) as e:
            errors.append(str(e))
    return out[:3], out[40:44], out[-4:], errors


def mathematics():
    n = 0.0
    for i in range(1, 60):
        x = i / 7
        n += math.sqrt(x) + math.sin(x) + math.exp(-x) + math.log(x) + math.pow(x, 0.5) + math.atan2(x, 2)
        n += math.floor(x) + math.ceil(x) + math.trunc(-x) + math.floor(-x) + math.hypot(x, 1) + math.fmod(x, 1)
        n += math.gcd(i, 12) + math.isqrt(i) + math.log(x, 3) + math.floor(i)
    errors = []
    for x in [2.0] * 30 + [-1.0, float("inf"), float("nan"), "s", 2**2000]:
        for f in (math.sqrt, math.floor, math.log):
            try:
                f(x)
            except (TypeError, ValueError, OverflowError) as e:
                errors.append(str(e))
    big = [math.floor(x) for x in [1.5] * 30 + [1e18, 1e19, -1e30]]
    return round(n, 6), errors, big[-3:]


def instances():
    out = []
    class A: pass
    class B(A): pass
    class C:
        @property
        def __class__(self):
            return A
    objects = [A(), B(), 1, 1.5, "s", None, True, 2**80] * 6 + [C()]
    for o in objects:
        out.append((isinstance(o, A), isinstance(o, (B, int)), isinstance(o, (float, str)), type(o).__name__, callable(o)))
    return out[:8], out[-1]


def randoms():
    r = random.Random(5)
    draw, bits = r.random, r.getrandbits
    n = 0
    for i in range(50):
        n += draw() + r.random() + bits(5) + r.getrandbits(70) % 7 + r.randrange(10) + r.choice([1, 2, 3])
    return n


def rebound():
    out = []
    global abs
    for i in range(60):
        if i == 30:
            abs = lambda v: "mine"
        if i == 45:
            del abs
        out.append(abs(-i))
    return out[29], out[35], out[50]


def bound_functions():
    n = 0
    for i in range(60):
        l = [1]
        add, take = l.append, l.pop
        add(i)
        add(2)
        n += take() + take() + len(l)
        if i == 40:
            add = n.__add__
            n = add(1)
    return n


def with_methods():
    n = 0
    for v in [3] * 20 + [Num(4)]:
        n += abs(v)
    for v in [[1]] * 20 + [Num(4), {1: 2}, "abc", range(5), {1}]:
        n += len(v)
    for i in [1] * 20 + [Num(1)]:
        l = [1, 2, 3]
        n += l.pop(i)
    return n, calls[-3:]


def identities():
    o, p = object(), []
    n = 0
    for i in range(40):
        n += id(o) == id(o)
        n += id(p) == id(o)
        n += hash(i) + hash(1.5) + hash("") + hash(None is None)
    return n


for f in [extremes, lists, list_effects, list_errors, strings, derived, numbers, mathematics, instances, randoms,
          rebound, bound_functions, with_methods, identities]:
    print(f.__name__, f())
