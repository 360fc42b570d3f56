"""Loops whose types, callees and branches change while they are hot: what a compiler must survive."""
values = [1, 2.5, True, 2 ** 70, "s", [1], (1,), None, -1, 0.0]


def add_all(items):
    total, errors = 0, 0
    for v in items:
        try:
            total = total + v
        except TypeError:
            errors += 1
    return total, errors


print(add_all(values * 50))


def grow(n):
    x = 1
    for i in range(n):
        x = x * 3 + i
        if x > 2 ** 200:
            x = x % 1000003
    return x


print(grow(2000))


class A:
    def f(self, x): return x + 1


class B(A):
    def f(self, x): return x * 2


class C:
    def __init__(self): self.f = lambda x: x - 3


def poly(objs, n):
    total = 0
    for i in range(n):
        total += objs[i % len(objs)].f(i)
    return total


print(poly([A()], 500), poly([A(), B()], 500), poly([A(), B(), C()], 500))
A.f = lambda self, x: x + 100
print(poly([A(), B()], 500))
A.extra = 5
B.f = A.__dict__["f"]
print(poly([A(), B()], 500))


def scale(n):
    return sum(factor * i for i in range(n))


factor = 2
before = scale(300)
factor = 0.5
middle = scale(300)
factor = "x"
try:
    scale(3)
except TypeError as e:
    print(before, middle, e)


def len_twice(items): return [len(i) for i in items]


print(len_twice(["a", [1, 2], (1,), {}, b"xyz", range(7)] * 3))
real_len = len


def shadow():
    global len
    out = []
    for i in range(6):
        if i == 3:
            len = lambda x: -1
        out.append(len("abc"))
    del len
    out.append(len("abc"))
    return out


print(shadow())


def attr_shapes(n):
    class P: pass
    total = 0
    for i in range(n):
        p = P()
        for k in range(i % 5):
            setattr(p, f"a{(i + k) % 7}", k)
        p.x = i
        if i % 3 == 0:
            p.y = i
        if i % 11 == 0:
            del p.x
            P.x = i
        total += p.x + getattr(p, "y", 0) + len(p.__dict__)
    return total


print(attr_shapes(600))


def overflow(n):
    i = 2 ** 62 - n // 2
    steps = 0
    while steps < n:
        i += 1
        steps += 1
    return i, -i - n, i * i


print(overflow(300))


def mixed_keys(n):
    d = {}
    for i in range(n):
        k = (i % 7, float(i % 5), str(i % 3), (i % 2,), i % 2 == 0)[i % 5]
        d[k] = d.get(k, 0) + i
    return sorted(d.items(), key=repr)


print(mixed_keys(400))


def gen(n):
    for i in range(n):
        x = yield i
        if x:
            yield x * 2


def drive(n):
    g, out = gen(n), 0
    for i, v in enumerate(g):
        out += v
        if i % 4 == 0:
            try:
                out += g.send(i) or 0
            except StopIteration:
                break
    return out


print(drive(300))


def exceptions(n):
    seen = {}
    for i in range(n):
        try:
            if i % 3 == 0:
                raise KeyError(i)
            if i % 5 == 0:
                [][i]
            seen["ok"] = seen.get("ok", 0) + 1
        except KeyError:
            seen["key"] = seen.get("key", 0) + 1
            continue
        except IndexError:
            seen["index"] = seen.get("index", 0) + 1
        finally:
            seen["finally"] = seen.get("finally", 0) + 1
    return seen


print(exceptions(500))


def branches(n):
    c = [0] * 8
    for i in range(n):
        k = 0
        if i & 1: k += 1
        if i % 3 == 0: k += 2
        if i % 7 == 0 or i % 11 == 0: k += 4
        c[k] += i
    return c


print(branches(2000))


def deep_exit(n):
    hits = 0
    for i in range(n):
        for j in range(n):
            if (i * j) % 97 == 96:
                break
            if (i + j) % 50 == 49:
                continue
            hits += 1
        else:
            hits += 1000
    return hits


print(deep_exit(60))
float_sum = 0
for i in range(1000):
    float_sum += i if i < 700 else i / 2
print(float_sum, type(float_sum).__name__)
s = 0
for v in [*range(100), *map(float, range(100)), *[2 ** 65] * 3, *range(100)]:
    s += v
print(s)
