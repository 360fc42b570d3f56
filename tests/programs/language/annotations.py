"""Annotations: evaluation, storage, __future__, functions and classes."""


def note(v):
    print("evaluated", v)
    return v


def f(a: note("a"), b: note("b") = 1, *c: note("c"), d: note("d") = 2, **e: note("e")) -> note("return"):
    x: note("never")
    y: note("never") = 5
    return y


print(f.__annotations__, f(1))


class C:
    a: note("class a")
    b: note("class b") = 3

    def m(self, x: "later") -> None: ...


print(C.__annotations__, C.b, hasattr(C, "a"), C.m.__annotations__)
print(hasattr(int, "__annotations__"), (lambda: 0).__annotations__)
x: note("module") = 1
y: note("bare")
print(__annotations__)
target = {}


class Obj:
    pass


o = Obj()
o.attr: note("attr") = 5
target[note("key")]: note("item") = 6
print(o.attr, target, __annotations__)
exec("from __future__ import annotations\ndef g(a: 1 + 2, b: list[int], c: 'str') -> x.y: ...\nz: 5 = 1\n"
     "class K:\n q: undefined[name]\n", ns := {})
print(ns["g"].__annotations__, ns["__annotations__"], ns["K"].__annotations__)
f.__annotations__["new"] = 1
print(list(f.__annotations__))
f.__annotations__ = {}
print(f.__annotations__)
try:
    f.__annotations__ = 3
except TypeError as e:
    print(e)
import typing
import inspect


def hints(a: "int", b: "list[str]" = None) -> "C": ...


print(typing.get_type_hints(hints), inspect.signature(hints))
print(list[int], dict[str, list[int]], tuple[int, ...], type[int], list[int].__origin__, list[int].__args__)
print(int | str, int | None, (int | str).__args__, isinstance(1, int | str), list[int] | None, int | str == str | int)
print(list[int]([1, 2]), list[int] == list[int], hash(list[int]) == hash(list[int]))
try:
    isinstance([], list[int])
except TypeError as e:
    print(e)
try:
    int | 5
except TypeError as e:
    print(e)


class G:
    def __class_getitem__(cls, item):
        return (cls.__name__, item)


print(G[int], G[1, 2], G[:])
