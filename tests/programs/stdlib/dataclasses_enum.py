"""dataclasses and enum: generated methods, options, inheritance, flags, errors."""
import enum
from dataclasses import KW_ONLY, FrozenInstanceError, InitVar, asdict, astuple, dataclass, field, fields, is_dataclass, make_dataclass, replace
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique


@dataclass(order=True)
class Item:
    name: str
    price: float = 1.0
    tags: list = field(default_factory=list, compare=False)
    hidden: int = field(default=0, repr=False)
    total: float = field(init=False)
    scale: InitVar[int] = 2

    def __post_init__(self, scale):
        self.total = self.price * scale


a, b = Item("a", 2.0), Item("b", 1.0, ["x"], scale=5)
print(a, b, a == Item("a", 2.0, ["other"]), a < b, sorted([b, a])[0].name, asdict(b), astuple(a), replace(a, name="z", scale=3), [f.name for f in fields(Item)], is_dataclass(a), Item.__match_args__, a.hidden, b.total, a.tags is not b.tags)


@dataclass(frozen=True, slots=True)
class Frozen:
    x: int
    y: int = 0


f = Frozen(1)
print(f, hash(f) == hash(Frozen(1, 0)), {f: 1}[Frozen(1)], Frozen.__slots__)
for action in ("f.x = 5", "del f.x", "f.z = 1"):
    try:
        exec(action)
    except (FrozenInstanceError, AttributeError, TypeError) as e:
        print(type(e).__name__, e)


@dataclass
class Base:
    a: int
    b: int = 2


@dataclass(kw_only=True)
class Child(Base):
    c: list = field(default_factory=list)
    d: "str"


@dataclass
class Mixed:
    p: int
    _: KW_ONLY
    q: int = 5


print(Child(1, d="d"), Child(1, 2, c=[3], d="e"), Mixed(1, q=2), Base.__doc__, Child.__hash__, make_dataclass("M", ["x", ("y", int, 5)])(1))
for f2 in (lambda: Mixed(1, 2), lambda: Base(), lambda: Item("a") < 5, lambda: hash(a), lambda: dataclass(type("B", (), {"__annotations__": {"x": list}, "x": []})), lambda: dataclass(type("B", (), {"__annotations__": {"x": int, "y": int}, "x": 1})), lambda: fields(5), lambda: replace(a, total=1), lambda: asdict(5), lambda: field(default=1, default_factory=list)):
    try:
        print(f2())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)


class Color(Enum):
    RED = 1
    GREEN = auto()
    BLUE = "b"
    CRIMSON = 1

    @property
    def pretty(self):
        return self.name.title()

    @classmethod
    def default(cls):
        return cls.GREEN

    def __str__(self):
        return f"color {self.value}"


print(Color.RED, repr(Color.RED), Color.GREEN.value, Color(1), Color["BLUE"], Color.CRIMSON is Color.RED, list(Color), len(Color), Color.RED.pretty, Color.default().name, Color.RED in Color, "b" in Color, list(Color.__members__), Color.RED == 1, hash(Color.RED) == hash("RED"), isinstance(Color.RED, Color), type(Color.RED).__name__, f"{Color.RED}", f"{Color.RED!r}")


class Num(IntEnum):
    ONE = 1
    TWO = 2


class S(StrEnum):
    LOWER = auto()
    GIVEN = "X"


class Perm(Flag):
    R = 4
    W = 2
    X = 1
    RW = R | W


class IF(IntFlag):
    A = 1
    B = 2


print(Num.ONE + 1, Num.TWO > Num.ONE, f"{Num.ONE}", repr(Num.ONE), [10, 20, 30][Num.TWO], S.LOWER, S.GIVEN == "X", f"{S.GIVEN:>3}", S.LOWER.upper(), Perm.R | Perm.X, Perm.RW, Perm.R in Perm.RW, ~Perm.R, Perm(0), bool(Perm(0)), list(Perm.RW), Perm.RW & Perm.R, Perm(7), Perm.R ^ Perm.RW, IF.A | IF.B, IF(8) | IF.A, IF.A | 4, int(IF.B), Perm["W"], len(Perm), Perm.RW.value)
for f3 in (lambda: Color(99), lambda: Color["NOPE"], lambda: setattr(Color, "RED", 5), lambda: Color.RED.nope, lambda: unique(Color), lambda: Enum("E", "A A"), lambda: type("X", (Color,), {}), lambda: Color.RED < Color.BLUE, lambda: Perm(64), lambda: Color(), lambda: delattr(Color, "RED"), lambda: Perm.R | 1, lambda: Num("x")):
    try:
        print(f3())
    except (ValueError, KeyError, AttributeError, TypeError) as e:
        print(type(e).__name__, e)


class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)
    MARS = (6.42e23, 3.39e6)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius

    @property
    def gravity(self):
        return round(6.67e-11 * self.mass / self.radius ** 2, 2)


class Custom(Enum):
    def _generate_next_value_(name, start, count, last): return name.lower() + str(count)
    A = auto()
    B = auto()

    @classmethod
    def _missing_(cls, v): return cls.A if v == "fallback" else None


print(Planet.EARTH.gravity, Planet((6.42e23, 3.39e6)).name, Custom.B.value, Custom("fallback"), Enum("Fn", "P Q", start=5).Q.value, Enum("D", {"x": 1}).x, [m.name for m in Planet], enum.verify is not None)
import pickle, copy
print(pickle.loads(pickle.dumps(Color.BLUE)) is Color.BLUE, copy.deepcopy(Perm.RW) is Perm.RW, {Color.RED: 1}, [Num.ONE], (Perm.R,))
