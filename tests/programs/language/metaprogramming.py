"""getattr and friends, type(), dir, vars, special method lookup on the type, class creation hooks."""


class A:
    x = 1

    def __init__(self):
        self.y = 2


a = A()
print(getattr(a, "x"), getattr(a, "nope", 5), hasattr(a, "y"), vars(a), [n for n in dir(a) if not n.startswith("__")])
setattr(a, "z", 3)
setattr(a, "not an identifier", 4)
delattr(a, "y")
print(a.__dict__, getattr(a, "not an identifier"))
for bad in (lambda: getattr(a, 1), lambda: setattr(a, 1, 2), lambda: hasattr(a, 3), lambda: vars(1), lambda: getattr(a)):
    try:
        bad()
    except TypeError as e:
        print(e)
# Special methods are looked up on the type.
a.__len__ = lambda: 5
try:
    len(a)
except TypeError as e:
    print(e)
A.__len__ = lambda self: 7
print(len(a), a.__len__())
A.__getattr__ = lambda self, n: f"dynamic {n}"
print(a.whatever)
del A.__getattr__, A.__len__
try:
    a.whatever
except AttributeError as e:
    print(e)


class Dir:
    def __dir__(self):
        return ["b", "a"]


print(dir(Dir()))
T = type("T", (A,), dict(m=lambda self: "m", __slots__=()))
print(T().m(), T.__bases__, T.__dict__["__slots__"], type(T), T.__qualname__)
for args in (("T",), (1, (), {}), ("T", [], {}), ("T", (), []), ("T", (1,), {}), ("T\0", (), {})):
    try:
        type(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
A.__name__ = "Renamed"
print(A, A.__qualname__)
try:
    A.__name__ = 1
except TypeError as e:
    print(e)
try:
    int.foo = 1
except TypeError as e:
    print(e)
try:
    (1).foo = 1
except AttributeError as e:
    print(e)
try:
    object().x = 1
except AttributeError as e:
    print(e)
a.__dict__ = {"new": 1}
print(a.new, vars(a))
a.__dict__["more"] = 2
print(a.more)
for k in ("a1", "a2"):
    a.__dict__[k] = k
print(list(a.__dict__), list(vars(a).items()), len(a.__dict__))
del a.__dict__
print(a.__dict__, a.x)


class Bag:
    def __init__(self, **kw):
        self.__dict__.update(kw)

    def __eq__(self, o):
        return self.__dict__ == o.__dict__


b = Bag(p=1, q=2)
print(b.p, b == Bag(q=2, p=1), sorted(b.__dict__), b.__dict__.pop("p"), hasattr(b, "p"))
print(isinstance(A.__dict__, dict), type(A.__dict__).__name__, "x" in A.__dict__)
try:
    A.__dict__["x"] = 2
except TypeError as e:
    print(e)


class Hooked:
    def __class_getitem__(cls, k): return k
    def __init_subclass__(cls): cls.tagged = True


class Under(Hooked): ...


print(Hooked[5], Under.tagged, hasattr(Hooked, "tagged"))
print(object.__new__(A).__class__, A.__call__ if False else type.__call__(A).__class__)


class New:
    def __new__(cls, *a):
        return a or super().__new__(cls)

    def __init__(self, *a):
        print("init", a)


print(New(1, 2), type(New()).__name__)
for call in (lambda: object(1), lambda: A(1), lambda: New.__new__(int), lambda: object.__new__(), lambda: int.__new__(str)):
    try:
        call()
    except TypeError as e:
        print(e)
