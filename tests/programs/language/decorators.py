"""Decorators: order, arguments, classes, arbitrary expressions (PEP 614)."""
import functools


def trace(label):
    print("make", label)

    def deco(f):
        print("apply", label, f.__name__)

        @functools.wraps(f)
        def wrapper(*a, **k):
            return f"{label}({f(*a, **k)})"
        return wrapper
    return deco


@trace("outer")
@trace("inner")
def hello(name):
    """Greets."""
    return f"hi {name}"


print(hello("bob"), hello.__name__, hello.__doc__, hello.__wrapped__.__name__)


class Count:
    def __init__(self, f):
        self.f, self.n = f, 0

    def __call__(self, *a):
        self.n += 1
        return self.f(*a), self.n

    def __get__(self, obj, owner=None):
        return functools.partial(self, obj)


@Count
def plus(a, b):
    return a + b


print(plus(1, 2), plus(3, 4), plus.n)


class K:
    @Count
    def m(self, x):
        return x * 2


print(K().m(4), K().m(5))


def add_repr(cls):
    cls.__repr__ = lambda self: f"<{cls.__name__} {vars(self)}>"
    return cls


@add_repr
class Thing:
    def __init__(self):
        self.a = 1


print(Thing())
table = {"d": [lambda f: f, lambda f: "replaced"]}


@table["d"][1]
def gone():
    pass


print(gone)


@(lambda f: f())
def value():
    return [1, 2, 3]


print(value)


@type
def a_type():
    pass


print(a_type.__name__)


def register(registry, /, **opts):
    def deco(obj):
        registry.append((obj.__name__, opts))
        return obj
    return deco


reg = []


@register(reg, kind="f")
def f(): ...


@register(reg)
class C: ...


print(reg)


class Prop:
    @functools.cached_property
    def slow(self):
        print("computed")
        return 42

    @staticmethod
    @functools.lru_cache(maxsize=None)
    def cached(n):
        print("running", n)
        return n * n


p = Prop()
print(p.slow, p.slow, p.__dict__, Prop.cached(3), Prop.cached(3), Prop.cached.cache_info())


@functools.singledispatch
def kind(x):
    return "object"


@kind.register
def _(x: int):
    return "int"


@kind.register(list)
def _(x):
    return "list"


print(kind(1), kind(True), kind([]), kind("s"))
