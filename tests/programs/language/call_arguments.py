"""Calls: positional-only, keyword-only, defaults, and the text of every argument error."""


def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, z=7), f(1, a=9, d=0), f(*[1, 2], **{"c": 5, "d": 6, "b": 7}))
print(f.__defaults__, f.__kwdefaults__, f.__code__.co_posonlyargcount, f.__code__.co_kwonlyargcount, f.__code__.co_argcount)


def none(): ...
def one(a): ...
def two(a, b): ...
def three(a, b, c): ...
def opt(a, b=1): ...
def kwonly(*, k, m): ...
def pos(a, b, /): ...
def posopt(a, /, b=1): ...
def star(*args): ...
def mixed(a, *, k=1): ...


class C:
    def m(self, x): ...
    def n(): ...
    def __init__(self, *, v=None): ...
    @classmethod
    def c(cls): ...
    @staticmethod
    def s(x): ...


calls = """none(1) ; none(1, 2) ; one() ; one(1, 2) ; two() ; two(1) ; three() ; three(1, 2, 3, 4) ; opt() ; opt(1, 2, 3)
kwonly() ; kwonly(k=1) ; kwonly(1, k=1, m=2) ; pos(1) ; pos(a=1, b=2) ; pos(1, b=2) ; posopt(a=1) ; star(k=1)
mixed() ; mixed(1, 2) ; mixed(1, 2, k=3) ; one(1, a=2) ; one(b=1) ; two(1, c=3) ; two(1, 2, b=3) ; two(*[1], **{'b': 2, 'c': 3})
C(1) ; C().m() ; C().m(1, 2) ; C.m() ; C().n() ; C.c(1) ; C.s() ; C(w=1) ; C().m(y=1)
one(*5) ; one(**5) ; one(**{1: 2}) ; two(a=1, **{'a': 2}) ; f(1) ; f() ; (lambda x: x)() ; (lambda: 0)(1)
none(x=1) ; none(**{'x y': 1}) ; one(*[1, 2, 3]) ; 5() ; None() ; 'abc'() ; C().m.missing ; one(1)(2) ; star(*1)
len() ; len(1, 2) ; len(x=1) ; int('1', foo=2) ; print(foo=1) ; sorted() ; isinstance(1) ; [].append() ; [].append(1, 2) ; {}.get()
'a'.join() ; 'a'.split(1, 2, 3) ; ''.replace('a') ; dict(1, 2) ; range() ; range(1, 2, 3, 4) ; object(1) ; max() ; ord() ; type() ; type(1, 2)
super().x ; zip(strict=1, x=2) ; enumerate() ; bool(1, 2) ; float(1, 2) ; list(1, 2) ; tuple(1, 2) ; set(1, 2) ; str(1, 2, 3, 4)""".replace("\n", " ; ")
for source in calls.split(" ; "):
    try:
        print(source, "=>", eval(source))
    except Exception as e:
        print(source, "=>", type(e).__name__, e)


def mutable(x=[], *, y={}):
    x.append(1)
    y[len(y)] = x
    return len(x), len(y)


print(mutable(), mutable(), mutable([]))
one.__defaults__ = (5,)
print(one())
mixed.__kwdefaults__ = None
try:
    mixed(1)
except TypeError as e:
    print(e)
for src in ("def f(a, a): pass", "def f(a=1, b): pass", "def f(*): pass", "def f(*, **k): pass", "def f(**k, a): pass",
            "def f(a, /, /): pass", "def f(/): pass", "def f(*a, *b): pass", "def f(*, a, /): pass", "f(a=1, a=2)", "f(a=1, 2)",
            "f(**k, *a)", "f(x for x in y, 1)", "f(1=2)", "f(a.b=2)", "f(True=1)", "lambda *: 1", "def f(a, (b, c)): pass", "f(**a, 1)"):
    try:
        compile(src, "<c>", "exec")
        print("fine", src)
    except SyntaxError as e:
        print(e.msg)
