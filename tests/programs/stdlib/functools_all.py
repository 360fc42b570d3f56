"""functools: partial, reduce, caches, wraps, singledispatch, cmp_to_key, total_ordering."""
import functools
import pickle


def f(a, b=2, *args, **kw):
    """Doc."""
    return a, b, args, kw


p = functools.partial(f, 1, x=5)
print(p(), p(3, 4, y=6), p(x=7), p.func is f, p.args, p.keywords, functools.partial(p, 9)(), functools.partial(p, 9).args)
p.attr = 1
print(p.__dict__, repr(functools.partial(int, base=2)), functools.partial(int, base=2)("101"))
q = pickle.loads(pickle.dumps(functools.partial(divmod, 17)))
print(q(5), q.args)
for bad in (lambda: functools.partial(), lambda: functools.partial(5), lambda: functools.reduce(lambda a, b: a, []), lambda: functools.reduce(1, [1, 2]), lambda: functools.lru_cache(maxsize="x"), lambda: functools.cmp_to_key(), lambda: functools.reduce(max, 5)):
    try:
        bad()
    except TypeError as e:
        print(e)
print(functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.reduce(lambda a, b: a + b, [], "init"), functools.reduce(max, [3]), functools.reduce(lambda a, b: f"({a}{b})", "abcd"), functools.reduce(lambda a, b: a + b, [[1], [2]], [0]))
calls = []


@functools.lru_cache(maxsize=2)
def slow(n, k=0):
    calls.append(n)
    return n * n


print([slow(v) for v in (1, 2, 1, 3, 2, 1)], calls, slow.cache_info(), slow.cache_parameters())
slow.cache_clear()
print(slow.cache_info(), slow(2, k=1), slow(2), slow(2, 1), slow.cache_info().misses, slow.__wrapped__(5), slow.__name__)


@functools.lru_cache(typed=True)
def typed(v):
    calls.append(v)
    return type(v).__name__


print(typed(1), typed(1.0), typed(True), typed(1), typed.cache_info().hits)
try:
    typed([])
except TypeError as e:
    print(e)


@functools.cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info().currsize)


def deco(fn):
    @functools.wraps(fn, updated=())
    def inner(*a):
        return fn(*a)
    return inner


w = deco(f)
print(w.__name__, w.__doc__, w.__wrapped__ is f, w.__module__, functools.WRAPPER_ASSIGNMENTS[:3])


@functools.singledispatch
def show(x, extra=""):
    return f"object {x}{extra}"


@show.register(int)
def _(x, extra=""): return f"int {x}{extra}"


@show.register
def _(x: list | tuple, extra=""): return f"sequence of {len(x)}"


@show.register(type(None))
def _(x, extra=""): return "none"


print(show(1), show(True, "!"), show([1, 2]), show((1,)), show(None), show(2.5), show.dispatch(bool) is show.dispatch(int), sorted(c.__name__ for c in show.registry))
try:
    show()
except TypeError as e:
    print(e)


class M:
    @functools.singledispatchmethod
    def m(self, x): return "base"

    @m.register
    def _(self, x: str): return f"str {x}"

    @functools.cached_property
    def once(self):
        calls.append("once")
        return 5

    @functools.partialmethod
    def pm(self): return "pm"

    def two(self, a, b): return (a, b)
    one = functools.partialmethod(two, 1)


m = M()
print(m.m("a"), m.m(1), m.once, m.once, calls.count("once"), m.pm(), m.one(2))
print(sorted([5, 2, 9], key=functools.cmp_to_key(lambda a, b: (a > b) - (a < b))), sorted("bca", key=functools.cmp_to_key(lambda a, b: ord(b) - ord(a))))


@functools.total_ordering
class O:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v if isinstance(o, O) else NotImplemented
    def __gt__(self, o): return self.v > o.v if isinstance(o, O) else NotImplemented


print(O(1) < O(2), O(1) <= O(1), O(2) >= O(3), max([O(1), O(3)]).v)
try:
    O(1) < 1
except TypeError as e:
    print(e)
try:
    functools.total_ordering(type("N", (), {}))
except ValueError as e:
    print(e)
