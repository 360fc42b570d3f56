"""Fields of exceptions that are initialized again; carets within the line; huge limits."""
import io
import sys

e = ImportError("first", name="n", path="p")
print(e.msg, e.name, e.path)
e.__init__()
print(e.msg, e.name, e.path, e.args)
e.__init__("again", name="q")
print(e.msg, e.name, e.path)
e.__init__("a", "b")
print(e.msg, e.name, e.args)

for args in [("bad.py", 1, 2, "abcdefg", 1, 100), ("bad.py", 1, 2, "abcdefg\n", 1, 5), ("bad.py", 1, 7, "abc", 1, 100),
             ("bad.py", 1, 100, "abc\n", 1, 200), ("bad.py", 1, 1, "  abc\n", 1, 9), ("bad.py", 2, 1, "abc\n", 3, 2)]:
    sys.stderr = io.StringIO()
    try:
        sys.__excepthook__(SyntaxError, SyntaxError("bad", args), None)
        text = sys.stderr.getvalue()
    finally:
        sys.stderr = sys.__stderr__
    print(text, end="")

for limit in (-1 << 1000, 1 << 1000, 1, 0):
    sys.tracebacklimit = limit
    sys.stderr = io.StringIO()
    try:
        1 / 0
    except ZeroDivisionError as e:
        sys.__excepthook__(*sys.exc_info())
        count = len(sys.stderr.getvalue().splitlines())
    finally:
        sys.stderr = sys.__stderr__
    print(count)
del sys.tracebacklimit

# Literals keep to the limit of conversions that is in force.
before = sys.get_int_max_str_digits()
sys.set_int_max_str_digits(700)
for source in ("x = " + "7" * 700, "x = 1\ny = " + "7" * 701, "0x" + "f" * 5000):
    try:
        compile(source, "<literals>", "exec")
        print("fine")
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset)
sys.set_int_max_str_digits(0)
print(len(compile("7" * 9000, "<literals>", "eval").co_consts))
sys.set_int_max_str_digits(before)

for t in (sys.flags, sys.version_info):
    for make in (lambda: type(t)(t), lambda: type(t).__new__(type(t), t)):
        try:
            make()
        except TypeError as e:
            print("TypeError", type(t).__name__)
