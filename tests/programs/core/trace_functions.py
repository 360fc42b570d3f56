"""sys.settrace and sys.setprofile: events, local trace functions, changed variables, moved frames."""
import sys


def numbers(n):
    while True:
        yield n
        n += 1
        if n > 2:
            return "done"


def plain(x):
    total = 0
    for i in range(2): total += i
    try:
        with open_nothing() as f:
            total += int("x")
    except ValueError as e:
        total = [j for j in (1, 2)]
    finally:
        x = 1
    return total


class open_nothing:
    def __enter__(self):
        return self

    def __exit__(self, *info):
        return False


def generators():
    for v in numbers(1):
        pass
    g = numbers(1)
    next(g)
    try:
        g.throw(KeyError)
    except KeyError:
        pass


def delegating():
    r = yield from numbers(2)
    return r


def captured(a):
    def use():
        return a
    a = use() + 1
    assert a
    return a


def tight():
    n = 0
    while 1:
        n += 1
        if n == 2: continue
        if n > 3:
            break
    while n:
        n -= 1


events = []


def tracer(frame, event, arg):
    code = frame.f_code
    if code.co_filename != __file__:
        return None
    if event == "exception":
        arg = arg[0].__name__
    if event == "return" and code.co_name == "__enter__":
        arg = type(arg).__name__
    events.append((event, code.co_name, frame.f_lineno - code.co_firstlineno, arg if event != "call" else None))
    return tracer


for f in lambda: plain(1), generators, lambda: list(delegating()), lambda: captured(1), tight:
    events.clear()
    sys.settrace(tracer)
    try:
        f()
    finally:
        sys.settrace(None)
    for e in events:
        print(*e)
    print()


def profiler(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events.append((event, frame.f_code.co_name, getattr(arg, "__name__", arg)))


def profiled():
    len([])
    [].append(1)
    list.append([], 2)
    sorted([1, 2], key=lambda v: -v)
    try:
        int("z")
        [].pop()
    except ValueError:
        pass
    try:
        [].pop()
    except IndexError:
        pass


events.clear()
sys.setprofile(profiler)
profiled()
sys.setprofile(None)
for e in events:
    print(*e)


# A trace function changes variables and moves the frame.
def edited(output):
    x = 1
    output.append(x)
    def inner():
        return y
    y = 2
    output.append(inner())


def edit(frame, event, arg):
    if frame.f_code is edited.__code__ and event == "line":
        at = frame.f_lineno - frame.f_code.co_firstlineno
        if at == 2:
            frame.f_locals["x"] = 10
        if at == 6:
            frame.f_locals["y"] = 20
    return edit


out = []
sys.settrace(edit)
edited(out)
sys.settrace(None)
print(out)


def target(output):
    output.append(1)
    for i in (1, 2):
        output.append(3)
        try:
            output.append(5)
            raise ValueError
        except ValueError:
            output.append(8)
        finally:
            output.append(10)
    else:
        output.append(12)
    with open_nothing():
        output.append(14)
    output.append(sys.exception())
    while True:
        output.append(17)
        break
    output.append(19)


def jump(start, to):
    out = []
    done = []

    def trace(frame, event, arg):
        if frame.f_code is not target.__code__:
            return None
        if event == "line" and not done and frame.f_lineno - frame.f_code.co_firstlineno == start:
            done.append(1)
            try:
                frame.f_lineno = frame.f_code.co_firstlineno + to
            except ValueError as e:
                out.append(str(e).replace(str(frame.f_code.co_firstlineno + to), "N"))
        return trace

    sys.settrace(trace)
    try:
        target(out)
    except BaseException as e:
        out.append(repr(e))
    finally:
        sys.settrace(None)
    print(start, to, out)


import warnings
warnings.simplefilter("ignore")
for start, to in [(1, 15), (1, 2), (1, 3), (1, 8), (1, 10), (1, 14), (3, 12), (3, 19), (5, 3), (8, 3), (8, 15), (8, 10),
                  (10, 3), (12, 1), (14, 19), (14, 1), (17, 1), (19, 17), (1, 100), (1, -5), (15, 14), (12, 3)]:
    jump(start, to)

# Where frames cannot be moved.
try:
    sys._getframe().f_lineno = 3
except ValueError as e:
    print(e)


def at_event(wanted):
    def trace(frame, event, arg):
        if frame.f_code is target.__code__ and event == wanted:
            try:
                frame.f_lineno = frame.f_lineno
            except ValueError as e:
                print(wanted, e)
            sys.settrace(None)
        return trace
    sys.settrace(trace)
    target([])
    sys.settrace(None)


for wanted in "call", "exception", "return":
    at_event(wanted)


# A trace function that raises is removed.
def failing(frame, event, arg):
    raise RuntimeError(event)


sys.settrace(failing)
try:
    plain(1)
except RuntimeError as e:
    print(e, sys.gettrace())
