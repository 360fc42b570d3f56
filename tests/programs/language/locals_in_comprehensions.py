# What locals() and frames show while a comprehension runs inlined, and afterwards.
import sys


def after():
    x = 3
    [x for x in (1, 2)]
    y = [x]
    return locals()


print(after(), after.__code__.co_varnames, after.__code__.co_nlocals)


def before():
    [x for x in (1, 2)]
    x = 3
    return locals()


print(before())


def during():
    x = "outer"
    return [dict(locals(), x=x) for x in (1, 2)], x


print(during())


def free():
    x = "outer"

    def inner():
        seen = [(x, sorted(locals().items())) for y in (1,)]
        return seen, [locals()["x"] for x in "ab"]

    return inner()


print(free())


def cells():
    x = 5
    fs = [lambda: x for x in range(2)]
    return [f() for f in fs], x, sorted(locals())


print(cells())

print([sys._getframe().f_locals["a"] for a in range(3)], "a" in globals())
print([locals()["b"] for b in range(2)])


class K:
    z = 1
    seen = [sorted(n for n in locals() if not n.startswith("__")) for q in range(1)]


print(K.seen, hasattr(K, "q"))


# Arguments whose names compare by Python code that changes the mapping they come from.
class Name(str):
    def __eq__(self, other):
        x.pop(self, None)
        return str.__eq__(self, other)

    def __hash__(self):
        return str.__hash__(self)


def f(a, b):
    return a, b


def g(a, *, b, **rest):
    return a, b, rest


x = {Name("a"): 1, Name("b"): 2}
print(f(**x))
x = {Name("a"): 1, Name("b"): 2, Name("c"): 3}
print(g(**x))
for call in (lambda: f(1, **{Name("a"): 1}), lambda: f(1, **{Name("q"): 1})):
    try:
        call()
    except TypeError as e:
        print(e)
