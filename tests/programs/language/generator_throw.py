# Exceptions thrown into generators: what they see of the frames and the handled exceptions around.
import sys
import traceback


def names(tb):
    return [f.name for f in traceback.extract_tb(tb)]


def plain():
    yield 1


def outer():
    yield from plain()


for thrown in ValueError("x"), StopIteration("x"):
    try:
        plain().throw(thrown)
    except Exception as e:
        print(type(e).__name__, names(e.__traceback__)[1:])
started = outer()
next(started)
try:
    started.throw(KeyError(1))
except KeyError as e:
    print(names(e.__traceback__)[1:])


def looker():
    try:
        yield
    except ValueError:
        f = sys._getframe()
        yield [f.f_code.co_name, f.f_back.f_code.co_name, f.f_back.f_back.f_code.co_name]


def delegating():
    yield from looker()


def main():
    g = delegating()
    next(g)
    print(g.throw(ValueError))


main()


def handling():
    try:
        yield 1
    except ValueError:
        yield sys.exception()
        try:
            raise KeyError
        except KeyError as f:
            yield sys.exception(), f.__context__
        yield sys.exception()
    yield sys.exception()


g = handling()
next(g)
try:
    raise ValueError("a")
except ValueError as e:
    print(repr(g.throw(e)))
print(next(g))
for _ in range(2):
    try:
        raise TypeError("other")
    except TypeError:
        print(repr(next(g)), repr(sys.exception()))
print(sys.exception())


def in_handler():
    try:
        raise KeyError("a")
    except KeyError:
        yield


def in_handler_delegating():
    try:
        raise KeyError("b")
    except KeyError:
        yield from plain()


for make in in_handler, in_handler_delegating:
    g = make()
    next(g)
    try:
        g.throw(ValueError)
    except ValueError as e:
        print(repr(e.__context__))


class Odd(Exception):
    def __new__(cls, *args):
        return cls


def catching():
    try:
        yield
    except TypeError as e:
        print("inside:", e)
    yield "went on"


g = catching()
next(g)
print(g.throw(Odd))
try:
    plain().throw(Odd)
except TypeError as e:
    print(e)
try:
    raise Odd
except TypeError as e:
    print(e)


class NoClose:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def __getattr__(self, name):
        raise ZeroDivisionError(name)


def broken():
    yield from NoClose()


def hook(u):
    print("ignored:", repr(u.exc_value), type(u.object).__name__)


sys.unraisablehook = hook
g = broken()
next(g)
g.close()


async def never():
    pass


def maker():
    return never()


import gc
import warnings

sys.set_coroutine_origin_tracking_depth(1)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    maker()
    sys.set_coroutine_origin_tracking_depth(0)
    gc.collect()
print([line.strip() for w in seen for line in str(w.message).splitlines() if "File" not in line])
