"""Builtins over generator expressions: any, all, list, tuple, set, sorted; and what they are when they are others."""
import builtins
import sys
import traceback


def each(n):
    out = []
    for k in range(n):
        cols = range(k % 7)
        out.append((
            any(x > 4 for x in cols),
            all(x < 4 for x in cols),
            list(x * k for x in cols),
            tuple(x + k for x in cols),
            sorted(set((x * x) % 5 for x in cols)),
            sorted(-x for x in cols),
        ))
    return out


r = each(60)
print(r[0], r[6], r[-1])

# At module level, in a class body, and as arguments of others.
print(len(set(c for c in "abracadabra")), max(tuple(ord(c) for c in "xyz")))


class Body:
    items = list(i for i in range(3))
    kinds = tuple(any(j for j in range(i)) for i in range(4))


print(Body.items, Body.kinds)


# Other functions of the name.
def shadowed(set, any):
    return set(x for x in range(4)), any(x for x in range(4))


print(shadowed(list, sum))


class Mine(list):
    pass


def local():
    list = Mine
    v = list(x for x in "ab")
    return type(v).__name__, v


print(local())


def rebound(n):
    out = []
    saved = builtins.any
    for k in range(n):
        if k == n // 2:
            builtins.any = lambda it: "mine"
        out.append(any(x == 3 for x in range(5)))
    builtins.any = saved
    return out[0], out[n // 2 - 1], out[-1], any(x for x in [0])


print(rebound(50))


# Exceptions: from the iterable, the element, the truth of an item, a hash; the frames of the traceback.
class NoTruth:
    def __bool__(self):
        raise ValueError("no truth")


def frames(f):
    try:
        f()
    except Exception as e:
        return type(e).__name__, str(e), [x.name for x in traceback.extract_tb(e.__traceback__)]


def bad():
    yield 1
    yield 1 // 0


for f in (
    lambda: any(x for x in 5),
    lambda: any(NoTruth() for _ in range(2)),
    lambda: all(1 // x for x in (2, 1, 0)),
    lambda: set([x] for x in range(2)),
    lambda: list(undefined for x in range(2)),
    lambda: sorted(x for x in (1, "a")),
    lambda: tuple(x for x in bad() if x),
):
    print(frames(f))


def many(n):
    t = []
    for k in range(n):
        try:
            t.append(list(6 // (x - k) for x in range(40)))
        except ZeroDivisionError:
            t.append(k)
    return t


print(many(45)[:2], many(45)[-1][:4])


# Early ends leave the rest of the iterable alone.
def rest(n):
    out = []
    for k in range(n):
        it = iter(range(k, k + 6))
        out.append((any(x % 4 == 0 for x in it), list(it)))
    return out


print(rest(40)[-3:])


# The generator sees its caller.
def caller():
    return any(sys._getframe(1).f_code.co_name == "caller" for _ in range(2))


print([caller() for _ in range(30)][-1])


# A generator expression that closes over what the loop changes, and nested ones.
def nested(n):
    t = 0
    for k in range(n):
        t += len(set(tuple(i * j + k for j in range(i)) for i in range(5)))
        t += all(any(j == i for j in range(k + 1)) for i in range(3))
    return t


print(nested(40))


def yields(n):
    for k in range(n):
        got = yield any(x > k for x in range(k + 2))
        got = yield tuple(x for x in range(got or 1))[0]
        if got:
            return


print(sum(yields(50)))


# Traced: the builtin is called, once.
def counted(f):
    calls = []

    def profile(frame, event, arg):
        if event == "c_call":
            calls.append(arg.__name__)

    sys.setprofile(profile)
    f()
    sys.setprofile(None)
    return calls


print(counted(lambda: (any(x for x in (0, 1)), sorted(x for x in (2, 1)))))


def lines(f):
    seen = []

    def trace(frame, event, arg):
        if frame.f_code is f.__code__:
            seen.append(event)
        return trace

    sys.settrace(trace)
    f()
    sys.settrace(None)
    return seen


def traced():
    return tuple(x for x in range(5))


print(lines(traced))
