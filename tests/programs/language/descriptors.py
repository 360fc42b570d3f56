"""Descriptors: data and non-data, lookup order, properties, slots wrappers."""


class Data:
    def __init__(self, name):
        self.name = name

    def __get__(self, obj, owner=None):
        if obj is None:
            return f"<{self.name} of {owner.__name__}>"
        return obj.__dict__.get(self.name, "unset")

    def __set__(self, obj, value):
        print("set", self.name, value)
        obj.__dict__[self.name] = value

    def __delete__(self, obj):
        print("delete", self.name)
        obj.__dict__.pop(self.name, None)


class NonData:
    def __get__(self, obj, owner=None):
        return "from descriptor"


class ReadOnly:
    def __set__(self, obj, value):
        raise AttributeError("read-only")


class C:
    d = Data("d")
    n = NonData()
    r = ReadOnly()


c = C()
print(C.d, c.d)
c.d = 1
print(c.d, c.__dict__)
c.__dict__["n"] = "from instance"
print(c.n)
del c.__dict__["n"]
print(c.n)
del c.d
print(c.d)
try:
    c.r = 1
except AttributeError as e:
    print(e)
print(type(c.r).__name__)
c.__dict__["r"] = "dict"
print(c.r)


class Celsius:
    def __init__(self, t=0.0):
        self.t = t

    @property
    def fahrenheit(self):
        """Degrees."""
        return self.t * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, f):
        self.t = (f - 32) * 5 / 9

    @fahrenheit.deleter
    def fahrenheit(self):
        self.t = None

    frozen = property(lambda self: 1)


t = Celsius(100)
print(t.fahrenheit, Celsius.fahrenheit.__doc__)
t.fahrenheit = 32
print(t.t)
del t.fahrenheit
print(t.t)
for action in ("t.frozen = 2", "del t.frozen"):
    try:
        exec(action)
    except AttributeError as e:
        print(e)
p = property(doc="only doc")
print(p.__doc__, p.fget, Celsius.frozen.fset)
try:
    p.__get__(t)
except AttributeError as e:
    print(e)


class Getattr:
    present = 1

    def __getattr__(self, name):
        if name.startswith("x"):
            return name * 2
        raise AttributeError(f"no {name}")


class Getattribute:
    def __getattribute__(self, name):
        if name == "fixed":
            return 3
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, (value,))

    def __delattr__(self, name):
        print("del", name)
        object.__delattr__(self, name)


g = Getattr()
print(g.present, g.xy, getattr(g, "nope", "default"), hasattr(g, "q"))
h = Getattribute()
h.a = 1
print(h.fixed, h.a)
del h.a
print(hasattr(h, "a"))


def f(self, x):
    return (self, x)


bound = f.__get__(10)
print(bound(5), bound.__self__, bound.__func__ is f, f.__get__(None, int) is f)
print(type(list.append).__name__, type([].append).__name__, type(int.__add__).__name__, type(int.real).__name__)
print(str.upper.__get__("abc")(), int.real.__get__(5), type.__dict__["__mro__"].__get__(bool)[:2])
