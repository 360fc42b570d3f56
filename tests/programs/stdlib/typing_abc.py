"""typing, abc, collections.abc, types, inspect: runtime behaviour."""
import abc
import collections.abc as cabc
import inspect
import types
import typing
from typing import Annotated, Any, Callable, ClassVar, Final, Generic, Literal, NamedTuple, NewType, Optional, Protocol, TypedDict, TypeVar, Union, cast, get_args, get_origin, get_type_hints, overload, runtime_checkable


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...

    @property
    @abc.abstractmethod
    def name(self): ...

    def describe(self): return f"{self.name} {self.area()}"


class Half(Shape):
    def area(self): return 1


class Square(Half):
    name = "square"


print(Square().describe(), sorted(Shape.__abstractmethods__), Half.__abstractmethods__, inspect.isabstract(Half), issubclass(Square, Shape))
for cls in (Shape, Half):
    try:
        cls()
    except TypeError as e:
        print(e)


@Shape.register
class Virtual: pass


class Hook(abc.ABC):
    @classmethod
    def __subclasshook__(cls, c): return True if any("quack" in b.__dict__ for b in c.__mro__) else NotImplemented


class Duck:
    def quack(self): ...


print(isinstance(Virtual(), Shape), issubclass(Duck, Hook), isinstance(5, Hook))
checks = [cabc.Iterable, cabc.Iterator, cabc.Sequence, cabc.MutableSequence, cabc.Mapping, cabc.Set, cabc.Hashable, cabc.Sized, cabc.Callable, cabc.Container, cabc.Collection, cabc.Reversible, cabc.Generator, cabc.Awaitable, cabc.ByteString if False else cabc.Buffer]
for v in ([], (), {}, set(), "s", b"b", range(1), iter([]), (x for x in ()), 5, len, {}.keys(), {}.items()):
    print(type(v).__name__, "".join("x" if isinstance(v, c) else "." for c in checks))


class Seq(cabc.Sequence):
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * 10
    def __len__(self): return 4


class Map(cabc.MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __delitem__(self, k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)


class OneSet(cabc.Set):
    def __init__(self, it=()): self.l = list(dict.fromkeys(it))
    def __contains__(self, x): return x in self.l
    def __iter__(self): return iter(self.l)
    def __len__(self): return len(self.l)


s, m = Seq(), Map()
m.update(a=1, b=2)
print(list(s), list(reversed(s)), 20 in s, s.index(30), s.count(10), m.pop("a"), m.setdefault("z", 9), dict(m), list(m.items()), m == {"b": 2, "z": 9}, list(OneSet("abc") & OneSet("bcd")), OneSet("ab") <= OneSet("abc"), sorted(OneSet("ab") | {"z"}), OneSet("a") == {"a"})
T = TypeVar("T")
K = TypeVar("K", int, str)


class Stack(Generic[T]):
    items: list[T]


class Node(Stack[int]): ...


print(Stack[int], Stack[T], Optional[int], Union[int, str, int], Union[int], Callable[[int], str], Callable[..., Any], Literal["a", 1], Annotated[int, "meta"], ClassVar[int], Final, Any, typing.List[int], typing.Dict[str, int], typing.Tuple[int, ...], typing.Type[int], K, Node.__orig_bases__, Stack.__parameters__, Optional[None], typing.Iterator[int], typing.Self, typing.Never, sep=" | ")
print(get_origin(list[int]), get_args(dict[str, int]), get_origin(Union[int, str]), get_args(Callable[[int], str]), get_args(Literal[1, 2]), get_origin(Annotated[int, 1]), Union[int, str] == Union[str, int], Optional[int] == (int | None), hash(list[int]) == hash(list[int]), Literal[1] == Literal[True], typing.get_args(Annotated[int, "x"]))
for f in (lambda: Stack[int, str], lambda: isinstance(1, typing.List[int]), lambda: Optional[1, 2], lambda: Union[()], lambda: Any(), lambda: Literal(), lambda: typing.List[int, str], lambda: Generic[int], lambda: TypeVar("Q", int), lambda: ClassVar[ClassVar[int]], lambda: Callable[int], lambda: issubclass(int, Protocol), lambda: type("X", (Any, int), {}) and None, lambda: Union[int, 5], lambda: typing.NewType("U", int)("x").foo):
    try:
        print(f())
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)


@runtime_checkable
class Closes(Protocol):
    def close(self) -> None: ...


class HasClose:
    def close(self): ...


class Movie(TypedDict, total=False):
    title: typing.Required[str]
    year: int


class Emp(NamedTuple):
    name: str
    id: int = 3


UserId = NewType("UserId", int)
print(isinstance(HasClose(), Closes), isinstance(5, Closes), Movie(title="x", year=1), Movie.__required_keys__, Movie.__optional_keys__, Movie.__annotations__, Emp("a"), Emp.__annotations__, UserId(5), UserId.__name__, cast("int", "x"), typing.TYPE_CHECKING)


def hints(a: "int", b: Optional["str"] = None, *c: T, d: Annotated[int, "m"]) -> list["Node"]: ...


print(get_type_hints(hints), get_type_hints(hints, include_extras=True)["d"], inspect.signature(hints), [str(p) for p in inspect.signature(hints).parameters.values()], inspect.signature(hints).bind(1, d=2).arguments, inspect.signature(lambda x, /, y=1, *, z: 0))
try:
    inspect.signature(hints).bind()
except TypeError as e:
    print(e)
ns = types.SimpleNamespace(a=1, b=[2])
ns.c = ns
print(types.SimpleNamespace(x=1, y="s"), ns.a, ns == types.SimpleNamespace(a=1), types.MappingProxyType({"k": 1}), types.MappingProxyType({"k": 1})["k"], types.new_class("Made", (int,), {}, lambda n: n.update(v=1)).v, types.MethodType(len, "abc")(), types.GenericAlias(list, (int,)), types.NoneType, types.EllipsisType, types.resolve_bases((int,)), isinstance(int | str, types.UnionType), types.DynamicClassAttribute.__name__)
print(inspect.getmro(Node)[1].__name__, inspect.isclass(int), [n for n, _ in inspect.getmembers(Square(), inspect.ismethod)], inspect.getsource(Duck).strip(), inspect.getmodule(Duck).__name__, inspect.unwrap(len) is len, inspect.cleandoc("  a\n    b"), inspect.currentframe().f_code.co_name, inspect.stack()[0].function, inspect.getclosurevars(hints).globals.keys() >= {"T"}, inspect.classify_class_attrs(Duck)[-1].name, inspect.getattr_static(Square, "name"))
