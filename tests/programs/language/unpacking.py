"""Unpacking: targets, stars, calls, displays, evaluation order."""
a, b, c = "xyz"
print(a, b, c)
(a, [b, *c]), d = (1, (2, 3, 4)), 5
print(a, b, c, d)
first, *middle, last = range(6)
print(first, middle, last)
*init, tail = [1]
print(init, tail)
[p, q] = {1: 2, 3: 4}
print(p, q)
a = b = c = []
a.append(1)
print(b, c is a)
x, x = 1, 2
print(x)
i = 0
lst = [0, 0, 0]
i, lst[i] = 1, 9
print(i, lst)
lst[0], lst[1], lst[2] = lst[2], lst[0], lst[1]
print(lst)
print([*range(3), *"ab"], (*[1], 2), {*[1, 2], *[2, 3]}, {**{"a": 1}, "b": 2, **{"a": 3}})


def f(*args, **kw):
    return args, kw


print(f(*[1, 2], 3, *(4,), x=1, **{"y": 2}, z=3))
print(f(*"ab", **{}), f(*(), *[[]]))


def gen():
    print("gen started")
    yield 1
    yield 2
    print("gen asked for more")
    yield 3


for src in ("a, b = gen()", "a, b, c, d = 1, 2, 3", "a, = []", "a, *b, c = [1]", "a, b = 5", "(a, b), c = [1, 2]"):
    try:
        exec(src)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)


class Seq:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 10


u, v, w = Seq()
print(u, v, w)


class Target:
    def __setattr__(self, k, v):
        print("set", k, v)

    def __setitem__(self, k, v):
        print("item", k, v)


t = Target()
t.a, t["k"], *t.rest = [1, 2, 3, 4]
for t.loop in (1, 2):
    pass
for k, (m, *n) in [("a", [1, 2, 3]), ("b", "xy")]:
    print(k, m, n)


def order(n):
    print("eval", n)
    return n


d = {}
d[order("key")] = order("value")
print({order(1): order(2), **{order(3): order(4)}})
f(order("a"), *[order("b")], k=order("c"), **{"m": order("d")})
for src in ("*a = 1", "a, *b, *c = x", "f() = 1", "[a, 1] = x", "*a", "x = *a", "(a, b) += 1", "del *a", "None = 1",
            "a + 1 = 2", "{a} = 1", "x: int, y = 1"):
    try:
        compile(src, "<s>", "exec")
        print("fine:", src)
    except SyntaxError as e:
        print(e.msg)
print(*[1, 2], *"ab", sep="-")


def ret():
    return 1, *[2, 3]


print(ret())
for z in *[1, 2], 3:
    print(z, end=" ")
print()
