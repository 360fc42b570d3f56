"""Inverting a bool constant warns while compiling, in the name of the code that compiles; as an error, at run time."""
import warnings
def show(src, mode="eval"):
    for act in ("always", "error", "ignore", "default"):
        with warnings.catch_warnings(record=True) as got:
            warnings.simplefilter(act)
            try:
                c = compile(src, "<made>", mode)
            except Exception as e:
                print(src, act, "compile:", type(e).__name__, e); continue
            n = len(got)
            try:
                r = eval(c)
            except Exception as e:
                r = type(e).__name__
            print(src, act, n, [(w.category.__name__, w.filename.rpartition('/')[2], w.lineno) for w in got], r)
for s in ("~False", "~True + 1", "(~True, ~False)", "x[~True:~False] if 0 else ~1", "~bool(1)", "~~True", "not ~False"):
    show(s)
show("~True\nx = 5", "exec")
with warnings.catch_warnings(record=True) as got:
    warnings.simplefilter("always")
    try:
        compile("~True; return", "<made>", "exec")
    except SyntaxError as e:
        print(e.msg, len(got))
