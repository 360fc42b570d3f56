"""Exception classes: hierarchy, constructors, attributes, pickling, subclass behaviour."""
import builtins
import copy
import pickle


def tree(cls, depth=0, out=None):
    out = [] if out is None else out
    out.append("  " * depth + cls.__name__)
    for sub in sorted((s for s in cls.__subclasses__() if s.__module__ == "builtins"), key=lambda s: s.__name__):
        if sub.__name__ != "ExceptionGroup" or cls is Exception:
            tree(sub, depth + 1, out)
    return out


print("\n".join(line for line in tree(BaseException) if getattr(builtins, line.strip(), None)))
for e in (Exception(), Exception("a"), Exception("a", 1), KeyError("k"), KeyError(), KeyError("a", "b"), StopIteration(5), StopIteration(), SystemExit(1, 2), SystemExit("x"), OSError(1, "x"), ImportError("m", name="n"), NameError("n", name="v"),
          AttributeError("a", name="v", obj=1), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), UnicodeEncodeError("ascii", "é", 0, 1, "bad"), SyntaxError("m", ("f", 1, 2, "text")), SyntaxError(), AssertionError((1, 2)), ZeroDivisionError(None),
          UnicodeTranslateError("x", 0, 1, "r"), SyntaxError("m", ("f", 1, 2, "text", 1, 3)), StopAsyncIteration(3), IndentationError("i", ("f", 3, 1, "t"))):
    print(type(e).__name__, repr(e), "|", str(e), "|", e.args)
    again = pickle.loads(pickle.dumps(e))
    assert type(again) is type(e) and again.args == e.args and str(again) == str(e), e
    assert copy.copy(e).args == e.args
for args, kw, cls in (((), {"x": 1}, Exception), ((1,), {"name": 2, "foo": 3}, ImportError), ((), {}, UnicodeDecodeError), (("a",), {}, UnicodeEncodeError), (("m", 5), {}, SyntaxError), (("m", (1, 2)), {}, SyntaxError), (("utf-8", "s", 0, 1, "x"), {}, UnicodeDecodeError), ((1,), {"obj": 2, "zz": 3}, AttributeError)):
    try:
        cls(*args, **kw)
        print("fine")
    except TypeError as e:
        print(cls.__name__, e)
e = ValueError(1)
e.args = (2, 3)
print(e, repr(e), e.args)
e.args = "ab"
print(e.args)
try:
    e.args = 5
except TypeError as t:
    print(t)
e.custom = "attribute"
print(e.custom, e.__dict__, pickle.loads(pickle.dumps(e)).custom)


class Custom(ValueError):
    code = 1

    def __init__(self, a, *, b=2):
        self.a, self.b = a, b


c = Custom("x", b=5)
print(repr(c), str(c), c.args, c.a, c.b, c.code, isinstance(c, ValueError))


class Quiet(Exception):
    def __repr__(self): return "Quiet!"
    def __str__(self): return ""


print(repr(Quiet(1)), [Quiet(2)], f"{Quiet(3)}|{Quiet(4)!r}")
try:
    raise Custom
except TypeError as t:
    print(t)
s = SyntaxError("msg", ("file.py", 3, 5, "some text\n", 3, 9))
print(s.msg, s.filename, s.lineno, s.offset, s.text, s.end_lineno, s.end_offset, s.print_file_and_line, str(s))
print(BaseException.__str__(ValueError("direct")), Exception.__new__(ValueError, 1, 2).args, ValueError("a") == ValueError("a"), hash(e) == hash(e), e.__traceback__, e.__context__, e.__cause__, e.__suppress_context__)
