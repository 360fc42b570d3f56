"""contextlib, contextvars, operator, heapq, bisect, graphlib, calendar, time, string constants."""
import bisect
import calendar
import contextlib
import contextvars
import graphlib
import heapq
import io
import operator
import time
o = operator
print(o.add(1, 2), o.itemgetter(1)([1, 2]), o.itemgetter("a", "b")({"a": 1, "b": 2}), o.attrgetter("real", "imag")(1 + 2j), o.attrgetter("__class__.__name__")(5), o.methodcaller("split", ",", maxsplit=1)("a,b,c"), o.concat("a", "b"), o.contains([1], 1), o.countOf([1, 1], 1), o.indexOf("abc", "c"), o.getitem([1], 0), o.truth([]), o.is_(None, None), o.not_(1), o.neg(3), o.inv(1), o.index(True), o.iadd([1], [2]), o.matmul.__name__, o.length_hint([1, 2]), o.floordiv(7, 2), o.mod(7, 3), o.pow(2, 3), o.lshift(1, 3), o.xor(5, 1), o.call(len, "ab"), repr(o.itemgetter(1, 2)), repr(o.methodcaller("x", 1, k=2)), repr(o.attrgetter("a.b")), o.setitem(d := {}, 1, 2), d, o.delitem(d, 1), d)
for f in (lambda: o.itemgetter(), lambda: o.attrgetter(5), lambda: o.indexOf([1], 2), lambda: o.add(1), lambda: o.itemgetter(5)([1]), lambda: o.attrgetter("x.y")(1), lambda: o.methodcaller(), lambda: o.concat(1, 2), lambda: o.index(1.5), lambda: o.length_hint(1, "x"), lambda: o.countOf(5, 1)):
    try:
        print(f())
    except (TypeError, ValueError, IndexError, AttributeError) as e:
        print(type(e).__name__, e)
h = [5, 2, 8, 1, 9, 3]
heapq.heapify(h)
print(h, heapq.heappop(h), heapq.heappush(h, 0), h, heapq.heappushpop(h, 4), heapq.heapreplace(h, 7), heapq.nlargest(2, h), heapq.nsmallest(3, "hello", key=lambda c: -ord(c)), list(heapq.merge([1, 4], [2, 3], [0])), list(heapq.merge("db", "ca", reverse=True)), [heapq.heappop(h) for _ in range(len(h))], heapq.nlargest(10, [1]), heapq.nsmallest(1, []))
try:
    heapq.heappop([])
except IndexError as e:
    print(e)
a = [1, 3, 3, 5]
bisect.insort(a, 4)
bisect.insort_left(a, 3, key=lambda v: v)
print(a, bisect.bisect(a, 3), bisect.bisect_left(a, 3), bisect.bisect_right(a, 9), bisect.bisect(a, 4, 0, 2), bisect.bisect_left([(1, "x"), (2, "y")], 2, key=o.itemgetter(0)))
ts = graphlib.TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}})
order = list(ts.static_order())
print(order[0], order[-1], sorted(order[1:3]))
try:
    list(graphlib.TopologicalSorter({1: [2], 2: [1]}).static_order())
except graphlib.CycleError as e:
    print(e.args[0])
stack = []
with contextlib.ExitStack() as es:
    es.callback(stack.append, "last")
    es.push(lambda *exc: stack.append(exc[0]) or True)
    cm = es.enter_context(contextlib.nullcontext("entered"))
    stack.append(cm)
    raise ValueError("suppressed by push")
print(stack)
with contextlib.redirect_stdout(io.StringIO()) as buf:
    print("captured")
print(repr(buf.getvalue()))


class Deco(contextlib.ContextDecorator):
    def __enter__(self): print("in"); return self
    def __exit__(self, *e): print("out"); return False


@Deco()
def inside(): print("body")


inside()
with contextlib.suppress(KeyError, IndexError) as sup, contextlib.chdir("/"):
    {}["x"]
try:
    with contextlib.suppress(ValueError):
        raise ExceptionGroup("g", [ValueError(), TypeError("kept")])
except ExceptionGroup as eg:
    print(eg)


@contextlib.asynccontextmanager
async def acm():
    yield "async value"


async def use():
    async with acm() as v, contextlib.AsyncExitStack() as st:
        st.push_async_callback(note, "async callback")
        return v


async def note(x): print(x)


try:
    use().send(None)
except StopIteration as e:
    print(e.value)
v = contextvars.ContextVar("v", default=1)
tok = v.set(2)
ctx = contextvars.copy_context()
v.set(3)
print(v.get(), ctx[v], ctx.run(lambda: v.set(9) and v.get()), v.get(), ctx.get(v), v.reset(tok), v.get(), v in ctx, len(ctx), v.name, tok.old_value is tok.MISSING)
for f in (lambda: v.reset(tok), lambda: contextvars.ContextVar("n").get(), lambda: ctx.run(ctx.run, len), lambda: ctx[5], lambda: contextvars.ContextVar(5)):
    try:
        print(f())
    except (RuntimeError, LookupError, TypeError, ValueError) as e:
        print(type(e).__name__, str(e).split("<")[0])
print(calendar.month(2024, 2), calendar.isleap(1900), calendar.monthrange(2023, 2), calendar.weekday(2024, 2, 29), list(calendar.Calendar().itermonthdays(2024, 2))[:5], calendar.timegm((1970, 1, 2, 0, 0, 0)))
print(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(86400 * 365)), time.gmtime(0), time.mktime(time.localtime(1e9)) == 1e9, time.strptime("5 Jan 99", "%d %b %y")[:3], time.asctime(time.gmtime(0)), time.monotonic() <= time.monotonic(), time.perf_counter_ns() > 0, time.struct_time(range(9)).tm_year, time.get_clock_info("monotonic").monotonic)
for f in (lambda: time.sleep(-1), lambda: time.strptime("x", "%d"), lambda: time.gmtime(1e30), lambda: time.strftime("%Y", (1,)), lambda: time.mktime((1,)), lambda: time.sleep("a"), lambda: time.struct_time([1])):
    try:
        print(f())
    except (ValueError, TypeError, OverflowError) as e:
        print(type(e).__name__, e)
