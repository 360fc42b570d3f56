"""The traceback module: formatting, extraction, limits, stack summaries, chained exceptions."""
import io
import sys
import traceback


def a(n):
    b(n)


def b(n):
    if n:
        a(n - 1)
    raise ValueError(f"n is {n}")


try:
    a(1)
except ValueError as e:
    caught = e
print(traceback.format_exc is not None, traceback.format_exception_only(caught), traceback.format_exception_only(KeyError("k")))
print("".join(traceback.format_exception(caught)))
print("".join(traceback.format_tb(caught.__traceback__, limit=1)), "".join(traceback.format_tb(caught.__traceback__, limit=-1)))
for frame in traceback.extract_tb(caught.__traceback__):
    print(frame.lineno, frame.name, frame.line, frame.colno, frame.end_colno)
summary = traceback.StackSummary.extract(traceback.walk_tb(caught.__traceback__), capture_locals=True)
print([f.locals for f in summary][1:3])
te = traceback.TracebackException.from_exception(caught)
print(te.exc_type.__name__, str(te), len(te.stack), list(te.format_exception_only()))
buf = io.StringIO()
traceback.print_exception(caught, file=buf, limit=2)
print(buf.getvalue())
tb = caught.__traceback__
depth = 0
while tb:
    depth += 1
    last = tb
    tb = tb.tb_next
print(depth, last.tb_frame.f_code.co_name, last.tb_lineno, last.tb_frame.f_locals)


def stack():
    return [f.name for f in traceback.extract_stack()], sys._getframe().f_code.co_name, sys._getframe(1).f_code.co_name


print(stack())
try:
    try:
        raise KeyError("first")
    except KeyError:
        raise TypeError("second")
except TypeError as e:
    print("".join(traceback.format_exception(e)))
    print("".join(traceback.format_exception(e, chain=False)))
try:
    raise ValueError("x") from None
except ValueError:
    traceback.print_exc(file=sys.stdout)
try:
    compile("x = = 1", "bad.py", "exec")
except SyntaxError as e:
    print("".join(traceback.format_exception_only(e)))
eg = ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [TypeError(2)])])
print("".join(traceback.format_exception(eg)))
traceback.clear_frames(caught.__traceback__)
caught.__traceback__ = None
print(traceback.format_exception(caught))


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("in str")


print(traceback.format_exception_only(Unprintable()))
sys.tracebacklimit = 1
try:
    a(0)
except ValueError:
    traceback.print_exc(file=sys.stdout)
