"""__cause__, __context__, __suppress_context__, notes, re-raising."""
import sys


def chain():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError("explicit") from e


def implicit():
    try:
        {}["k"]
    except KeyError:
        raise TypeError("implicit")


def suppressed():
    try:
        [][0]
    except IndexError:
        raise RuntimeError("clean") from None


for f in (chain, implicit, suppressed):
    try:
        f()
    except Exception as e:
        print(f.__name__, repr(e), repr(e.__cause__), repr(e.__context__), e.__suppress_context__)


def reraise():
    try:
        try:
            raise ValueError("original")
        except ValueError:
            try:
                raise KeyError("other")
            except KeyError:
                pass
            raise
    except ValueError as e:
        return repr(e), e.__context__


print(reraise())
try:
    raise
except RuntimeError as e:
    print(e)
try:
    raise 5
except TypeError as e:
    print(e)
try:
    raise ValueError from 5
except TypeError as e:
    print(e)
try:
    raise ValueError from KeyError
except ValueError as e:
    print(repr(e), repr(e.__cause__))

e = ValueError("noted")
e.add_note("first note")
e.add_note("second")
print(e.__notes__)
try:
    e.add_note(3)
except TypeError as err:
    print(err)


def current():
    return sys.exc_info()[0], sys.exception()


try:
    raise KeyError("cur")
except KeyError:
    print(current())
    try:
        raise OSError
    except OSError:
        print(current()[0].__name__)
    print(current()[0].__name__)
print(current())


def gen():
    try:
        yield sys.exc_info()[0]
        yield sys.exc_info()[0]
    except ValueError:
        yield sys.exc_info()[0]


g = gen()
try:
    raise TypeError
except TypeError:
    print(next(g))
print(next(g))
print(g.throw(ValueError()), sys.exc_info())


class MyError(Exception):
    def __init__(self, a, b=2):
        super().__init__(a, b)
        self.a, self.b = a, b

    def __str__(self):
        return f"{self.a}-{self.b}"


try:
    raise MyError(1)
except MyError as e:
    print(e, repr(e), e.args)
print(repr(Exception()), repr(Exception(1)), str(Exception(1, 2)), str(Exception()), str(KeyError("k")), str(KeyError(1, 2)))
print(OSError(2, "No such", "file"), repr(OSError(2, "No such", "file")), type(OSError(2, "x")).__name__, OSError("a").errno)
print(BaseException.__subclasses__()[0].__name__ in ("BaseExceptionGroup", "Exception"), issubclass(UnicodeError, ValueError))
try:
    try:
        raise ValueError(1)
    except ValueError as v:
        raise KeyError(2) from v
except KeyError as k:
    tb = k.__traceback__
    print(tb.tb_lineno > 0, tb.tb_next, k.__cause__.__traceback__ is not None)
    print(repr(k.with_traceback(None)), k.__traceback__)
a, b = ValueError("a"), ValueError("b")
a.__context__ = b
b.__cause__ = a
print(a.__context__ is b, b.__suppress_context__)
try:
    a.__cause__ = 3
except TypeError as e:
    print(e)
s = StopIteration(5)
print(s.value, SystemExit(3).code, ImportError("m", name="n", path="p").name, SyntaxError("s").msg, UnicodeDecodeError("u", b"ab", 0, 1, "r"))
