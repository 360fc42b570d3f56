"""Function objects: attributes, defaults, lambdas, introspection, methods."""
import inspect


def f(a, b: int = 2, /, c=3, *args, d, e: str = "x", **kw) -> list:
    """Docstring of f."""
    local = a
    return local


print(f.__name__, f.__qualname__, f.__doc__, f.__module__, f.__defaults__, f.__kwdefaults__)
print(inspect.signature(f), f.__code__.co_varnames, f.__code__.co_nlocals, f.__code__.co_name)
f.attr = [1]
print(f.attr, f.__dict__, vars(f))
f.__name__ = "g"
f.__qualname__ = "Class.g"
f.__doc__ = None
print(f.__name__, f.__qualname__, f.__doc__)
for attr, v in (("__name__", 5), ("__code__", 5), ("__defaults__", 5), ("__dict__", 5), ("__closure__", 5)):
    try:
        setattr(f, attr, v)
    except (TypeError, AttributeError) as e:
        print(e)


def one():
    return 1


def two():
    return 2


one.__code__ = two.__code__
print(one(), one.__name__)
sq = lambda x, *a, k=1: (x * x, a, k)
print(sq(3, 4, k=5), sq.__name__, (lambda: (yield))().__name__)


class C:
    def method(self, x):
        return (self.__class__.__name__, x)

    def other():
        return "no self"


c = C()
m = c.method
print(m(1), C.method(c, 2), m.__self__ is c, m.__func__ is C.method, m.__name__, m == c.method, m is c.method, hash(m) == hash(c.method))
try:
    m.attr = 1
except AttributeError as e:
    print(e)
print(C.other(), type(m).__name__, type(C.method).__name__, type(len).__name__, type("".join).__name__)


def outer():
    def inner(): ...
    class Local:
        def meth(self): ...
    return inner.__qualname__, Local.__qualname__, Local.meth.__qualname__, (lambda: 0).__qualname__


print(outer())


def rec(n):
    return n if n < 2 else rec(n - 1) + rec(n - 2)


saved, rec = rec, lambda n: 10
print(saved(5))


def compose(*fs):
    def composed(x):
        for f in reversed(fs):
            x = f(x)
        return x
    return composed


print(compose(str, abs, int)("-5"), callable(C), callable(c), callable(len))


class Callable:
    def __call__(self, *a, **k):
        return a, k


print(Callable()(1, x=2), callable(Callable()))
c.__call__ = lambda: "instance"
try:
    c()
except TypeError as e:
    print(e)


def docless(): pass


print(docless.__doc__, docless(), (lambda: ...)())


def gen(): yield
async def coro(): ...
async def agen(): yield


print([bool(x.__code__.co_flags & flag) for x, flag in ((gen, 0x20), (coro, 0x80), (agen, 0x200), (rec, 0x20))])


def early(x):
    if x:
        return
    return 1


print(early(1), early(0), [fn.__name__ for fn in (print, int, str.join)])
print(inspect.getdoc(C.method), inspect.isfunction(gen), inspect.ismethod(m), inspect.isbuiltin(len), inspect.getfullargspec(sq))
