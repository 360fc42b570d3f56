# What SyntaxErrors keep in args, and the warnings that come before them.
import warnings

for source in (
    "from __future__ import x",
    "def f():\n x=1\n global x",
    "def f(a,a): pass",
    "return",
    "def f():\n nonlocal q",
    "x: int = 1\nglobal x",
    "[x:=1 for x in y]",
):
    try:
        compile(source, "f", "exec")
    except SyntaxError as e:
        print(repr(e), e.lineno, e.offset, e.end_lineno, e.end_offset, e.text, e.filename)

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    for source in r"'\e' $", r"'\e' + b'\q' $", "1is 2 $", r"x = '\e'" "\nif", r"f'\e {x:\q}' $", r"'\e' (", r"r'\e' x y":
        try:
            compile(source, "f", "exec")
        except SyntaxError as e:
            print(e, sorted((str(w.message), w.lineno) for w in seen))
            seen.clear()
with warnings.catch_warnings():
    warnings.simplefilter("error")
    for source in r"'\e' $", r"'\e'" "\n$", r"'\e' x y":
        try:
            compile(source, "f", "exec")
        except SyntaxError as e:
            print(e, e.offset)
