"""__slots__: storage, inheritance, errors, weak references."""
import weakref


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


p = Point(1, 2)
print(p.x, p.y, hasattr(p, "__dict__"), Point.__slots__)
p.x += 10
print(p.x, type(Point.x).__name__, Point.x.__get__(p))
try:
    p.z = 1
except AttributeError as e:
    print(e)
del p.x
try:
    p.x
except AttributeError as e:
    print(e)
try:
    del p.x
except AttributeError as e:
    print(e)
try:
    weakref.ref(p)
except TypeError as e:
    print(e)


class Point3(Point):
    __slots__ = "z"

    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z


class Open(Point):
    pass


q = Point3(1, 2, 3)
print(q.x, q.y, q.z, hasattr(q, "__dict__"))
o = Open(1, 2)
o.extra = 5
print(o.__dict__, o.x)


class Weak:
    __slots__ = ("__weakref__", "__dict__", "a")


w = Weak()
w.a = 1
w.b = 2
print(w.__dict__, weakref.ref(w)() is w)


class Private:
    __slots__ = ("__secret", "plain")

    def __init__(self):
        self.__secret = 1


print(sorted(n for n in dir(Private()) if "secret" in n))
for build in (lambda: type("T", (), {"__slots__": ("a b",)}),
              lambda: type("T", (), {"__slots__": ("a",), "a": 1}),
              lambda: type("T", (), {"__slots__": (1,)}),
              lambda: type("T", (Weak,), {"__slots__": ("__dict__",)}),
              lambda: type("T", (int,), {"__slots__": ("a",)}),
              lambda: type("T", (Point, Weak), {})):
    try:
        print(build().__name__)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)


class Documented:
    __slots__ = {"a": "the first", "b": "the second"}


print(list(Documented.__slots__), Documented.a.__doc__)


class Sized(list):
    __slots__ = ("tag",)


s = Sized([1, 2])
s.tag = "t"
print(s, s.tag)
try:
    s.other = 1
except AttributeError as e:
    print(e)
a, b = Point(1, 2), Point(1, 2)
b.__class__ = Point
try:
    b.__class__ = Point3
except TypeError as e:
    print(e)
