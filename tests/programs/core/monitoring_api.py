"""sys.monitoring: tools, event sets, errors; which events code makes."""
import sys

M = sys.monitoring
E = M.events


def attempt(f, *args):
    shown = [getattr(a, "co_name", a) for a in args]
    try:
        print(f.__name__, shown, f(*args))
    except Exception as e:
        print(f.__name__, shown, type(e).__name__, e)


print(M.__name__, type(M).__name__, E)
for args in [(6, "x"), (-1, "x"), (2, 3), (2, "a"), (2, "a"), ("a", "b")]:
    attempt(M.use_tool_id, *args)
for n in 2, 3, 9:
    attempt(M.get_tool, n)
    attempt(M.get_events, n)
for events in 1 << 17, -1, E.C_RETURN, E.C_RETURN | E.CALL, "a", E.LINE, 0:
    attempt(M.set_events, 2, events)
attempt(M.set_events, 3, 1)
for args in [(2, E.LINE, print), (2, E.LINE, None), (2, E.LINE | 1, None), (2, 1 << 17, None), (9, 1, None),
             (2, 0, None), (2, -1, None)]:
    attempt(M.register_callback, *args)
code = attempt.__code__
for args in [(2, code), (2, 5), (3, code)]:
    attempt(M.get_local_events, *args)
for args in [(2, code, E.STOP_ITERATION), (2, code, E.RAISE), (2, code, 1 << 20), (2, 4, 1), (2, code, 0), (3, code, 0)]:
    attempt(M.set_local_events, *args)
M.set_events(2, E.CALL | E.PY_START)
print(M._all_events())
M.set_events(2, 0)
print(M._all_events(), M.get_local_events(2, code))

log = []
names = {v: k for k, v in vars(E).items()}


def shown(v):
    if isinstance(v, BaseException):
        return repr(v)
    return "MISSING" if v is M.MISSING else getattr(v, "__name__", type(v).__name__)


def recorder(name, places=1):
    def callback(code, *args):
        if code.co_filename == __file__ and code.co_name in watched:
            log.append((name, code.co_name, *map(shown, args[places:])))
    return callback


for bit in range(17):
    if 1 << bit not in (E.LINE, E.INSTRUCTION, E.BRANCH, E.JUMP):
        M.register_callback(2, 1 << bit, recorder(names[1 << bit]))


def values():
    yield 1
    return 2


def inner(*args, **kw):
    return 1


class C:
    def __init__(self):
        pass

    def method(self):
        return 1


class Ends:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration


class Swallows:
    def __enter__(self):
        pass

    def __exit__(self, *info):
        return True


def calls():
    inner(*(1, 2))
    inner(**{"a": 1})
    inner(1, b=2)
    c = C()
    c.method()
    f = c.method
    f()
    f(*())
    len([])
    len(*([],))
    [].append(1)
    list.append([], 1)
    int("3")
    sorted([2, 1], key=inner)


def exceptions():
    try:
        len(1)
    except TypeError:
        pass
    try:
        raise ValueError
    except ValueError as e:
        try:
            raise
        except Exception:
            pass
    for x in Ends():
        pass
    with Swallows():
        1 / 0


def throws():
    g = values()
    next(g)
    try:
        g.throw(KeyError)
    except KeyError:
        pass
    g = values()
    next(g)
    g.close()
    g = values()
    try:
        g.throw(KeyError)
    except KeyError:
        pass


def leaves():
    inner()
    raise KeyError


watched = {"values", "inner", "calls", "exceptions", "throws", "leaves", "method"}
for f in calls, exceptions, throws, leaves:
    log.clear()
    M.set_events(2, (1 << 15) - 1 & ~(E.LINE | E.INSTRUCTION | E.BRANCH | E.JUMP))
    try:
        f()
    except KeyError:
        pass
    M.set_events(2, 0)
    print(f.__name__)
    for entry in log:
        print("   ", entry)

# Lines: disabled places stay quiet until events are restarted.
lines = []


def line(code, n):
    lines.append(n - code.co_firstlineno)
    return M.DISABLE


def loop():
    for i in range(3):
        if i == 1:
            i = 5
    return i


M.register_callback(2, E.LINE, line)
M.set_local_events(2, loop.__code__, E.LINE)
for restart in False, True, False:
    if restart:
        M.restart_events()
    loop()
    print(lines)
    lines.clear()
M.set_local_events(2, loop.__code__, 0)

# What cannot be disabled.
M.register_callback(2, E.RAISE, lambda *a: M.DISABLE)
M.set_events(2, E.RAISE)
try:
    try:
        raise KeyError
    except KeyError:
        print("not reached")
except ValueError as e:
    print(e)
M.set_events(2, 0)

# An exception of a callback comes out where the event was.
def angry(*args):
    raise RuntimeError("callback")


M.register_callback(2, E.PY_RETURN, angry)
M.set_local_events(2, inner.__code__, E.PY_RETURN)
try:
    inner()
except RuntimeError as e:
    print(e, e.__traceback__.tb_next.tb_frame.f_code.co_name)
M.set_local_events(2, inner.__code__, 0)
M.free_tool_id(2)
