"""del, assignment expressions, augmented assignment, annotations, assert, name mangling."""
a = [0, 1, 2, 3, 4, 5]
del a[0], a[-1]
print(a)
del a[1:3]
print(a)
b = {"x": 1, "y": 2}
del b["x"]
print(b)
try:
    del b["x"]
except KeyError as e:
    print(repr(e))
del a
try:
    a
except NameError as e:
    print(e)
try:
    del a
except NameError as e:
    print(e)
x = y = z = 1
del (x, [y, z])
print("x" in globals(), "y" in globals(), "z" in globals())


def f():
    v = 1
    del v
    try:
        v
    except UnboundLocalError as e:
        return str(e)


print(f())


class Container:
    def __getitem__(self, k):
        print("get", k)
        return 10

    def __setitem__(self, k, v):
        print("set", k, v)

    def __delitem__(self, k):
        print("del", k)


c = Container()
c[1] += 5
c[1, 2] = 3
c[1:2, ::3] = 4
del c[...], c[1:], c[()]


def index():
    print("index")
    return 0


lst = [1]
lst[index()] += 1
print(lst)
if (n := len("abcd")) > 3:
    print("long", n)
while (k := n) > 2:
    n -= 1
print(k, [m := 1, m + 1], (p := 1, 2), p)
print((lambda: (q := 5) + q)())


class Mangled:
    __private = 1

    def __method(self):
        return self.__private

    def call(self):
        return self.__method(), self._Mangled__private

    def __dunder__(self):
        return "not mangled"

    def local(self):
        __v = 3
        return list(locals())


print(Mangled().call(), sorted(k for k in vars(Mangled) if "private" in k or "method" in k), Mangled().local())
v: int
w: "a string" = 5
u: list[undefined_name] if False else int = 3
print(__annotations__, w)


class Annotated:
    a: int
    b: str = "x"
    (c): float = 1.0


print(Annotated.__annotations__, Annotated.c, hasattr(Annotated, "a"))
