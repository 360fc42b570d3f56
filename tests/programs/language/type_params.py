"""PEP 695: type parameters of functions, classes and aliases; laziness and scopes."""
from typing import TypeVar, TypeVarTuple, ParamSpec, Generic, get_type_hints


def first[T](items: list[T]) -> T:
    return items[0]


print(first([1, 2]), first.__type_params__, first.__annotations__)


class Box[T, *Ts, **P]:
    def __init__(self, v: T):
        self.v = v

    def map[U](self, f) -> "Box[U]":
        return Box(f(self.v))


print(Box(3).map(str).v, Box.__type_params__, Box.__parameters__, Box.__orig_bases__, Generic in Box.__mro__)
print(Box.map.__type_params__, [type(p).__name__ for p in Box.__type_params__])
print(Box[int, str, [int]].__args__, Box[int, str, [int]].__origin__.__name__)

type Pair[A] = tuple[A, A]
type Lazy = Undefined | int
type Recursive = list[Recursive]
print(Pair, Pair.__value__, Pair[int], Pair.__type_params__, Pair.__name__, type(Pair).__name__, Pair[int].__args__)
try:
    Lazy.__value__
except NameError as e:
    print(e)
Undefined = str
print(Lazy.__value__, Recursive.__value__)


def bounded[T: int, U: (str, bytes), V: "forward"](a: T, b: U) -> V: ...


T, U, V = bounded.__type_params__
print(T.__bound__, U.__constraints__, V.__bound__, T.__constraints__, T.__infer_variance__, T.__covariant__)


def lazy_bound[T: missing](): ...


try:
    lazy_bound.__type_params__[0].__bound__
except NameError as e:
    print(e)


class Outer[T]:
    attribute = [T.__name__]

    class Inner[U]:
        both = (T.__name__, U.__name__)

    def method[V](self, t: T = None):
        return T.__name__, V.__name__, __class__.__name__

    type Alias[W] = dict[T, W]


print(Outer.attribute, Outer.Inner.both, Outer().method(), Outer.Alias.__value__, Outer.method.__annotations__)


def default_scope[T](x=str(T if False else "default")):
    return x, T.__name__


print(default_scope())
try:
    print(T_not_here)
except NameError as e:
    print(e)


class Child[T](Box[T, int, [str]]): ...


print(Child.__parameters__, Child[bool].__args__, Child("v").v)


class Base:
    def __init_subclass__(cls, tag=None):
        print("tag", tag, cls.__name__)


class WithTag[T](Base, tag="x"): ...


print(WithTag.__bases__[0].__name__, WithTag.__bases__[1].__name__)
try:
    Pair.__value__ = 1
except AttributeError as e:
    print(e)
type = type
print(type(1).__name__)
type X = int
print(X.__module__, X | None, isinstance(1, X.__value__))
try:
    isinstance(1, X)
except TypeError as e:
    print(e)
for src in ("def f[T, T](): pass", "class C[T]: nonlocal T", "type X[*Ts: int] = 1", "def f[T: (yield)](): pass",
            "type X = (yield)", "def f[T](): nonlocal T", "type X[T: (x := 1)] = 1", "def f[](): pass", "class A[T](x := 1): pass"):
    try:
        compile(src, "<t>", "exec")
        print("fine", src)
    except SyntaxError as e:
        print(e.msg)
print(TypeVar("Q"), TypeVar("Q", bound=int).__bound__, TypeVarTuple("Ts"), ParamSpec("P"), ParamSpec("P").args)
