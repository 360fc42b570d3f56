"""match: every kind of pattern."""
from dataclasses import dataclass
from enum import Enum


class Color(Enum):
    RED = 1
    GREEN = 2


@dataclass
class Point:
    x: int
    y: int


class Plain:
    __match_args__ = ("first",)

    def __init__(self, first, second):
        self.first, self.second = first, second


def describe(v):
    match v:
        case None:
            return "none"
        case True | False as b:
            return f"bool {b}"
        case 0:
            return "zero"
        case -1 | 1.5 | 2 + 3j | "word" | b"bytes":
            return f"literal {v!r}"
        case Color.RED:
            return "red"
        case int(n) if n > 1000:
            return f"big {n}"
        case int() | float():
            return f"number {v}"
        case str(s):
            return f"str {s}"
        case []:
            return "empty sequence"
        case [x]:
            return f"one {x}"
        case [1, *rest]:
            return f"starts with 1, then {rest}"
        case [first, *_, last] if first == last:
            return f"same ends {first}"
        case (a, [b, c]):
            return f"nested {a} {b} {c}"
        case [*all_]:
            return f"sequence of {len(all_)}"
        case {"type": "point", "at": Point(x=0, y=y)}:
            return f"point on axis {y}"
        case {"type": t, **rest}:
            return f"typed {t} {sorted(rest)}"
        case {}:
            return "mapping"
        case Point(0, 0):
            return "origin"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case Point():
            return "point"
        case Plain("one", second=s):
            return f"plain one {s}"
        case Plain(f):
            return f"plain {f}"
        case _:
            return f"other {type(v).__name__}"


for v in [None, True, False, 0, 0.0, -1, 1.5, 2 + 3j, "word", b"bytes", Color.RED, Color.GREEN, 5000, 7, 2.5,
          "text", [], [9], (1, 2, 3), [1], [5, 6, 5], ("a", ["b", "c"]), [3, 4, 5], range(4),
          {"type": "point", "at": Point(0, 4)}, {"type": "q", "z": 1, "a": 2}, {"k": 1}, {}, Point(0, 0),
          Point(3, 3), Point(1, 2), Plain("one", 2), Plain("two", 3), {1, 2}, b"other", bytearray(b"x")]:
    print(repr(v) if not isinstance(v, Plain) else "Plain", "->", describe(v))


def binding():
    match [1, [2, 3]]:
        case [a, [b, *c]] as whole:
            pass
    return a, b, c, whole


print(binding())


def no_match(v):
    match v:
        case 1:
            return "one"
    return "fell through"


print(no_match(2))
match 1, 2:
    case 1, x:
        print("tuple subject", x)
match = "soft keyword"
case = match
print(case)


class BadArgs:
    __match_args__ = "x"


class TooFew:
    __match_args__ = ()


for cls, build in ((BadArgs, BadArgs), (TooFew, TooFew)):
    try:
        match build():
            case cls(1):
                pass
    except TypeError as e:
        print(e)
try:
    match 1:
        case Point(1, 2, 3):
            print("no")
        case _:
            print("not a point")
    match Point(1, 2):
        case Point(1, 2, 3):
            pass
except TypeError as e:
    print(e)
for src in ["match x:\n case a: pass\n case b: pass\n", "match x:\n case [a, a]: pass\n",
            "match x:\n case a | 1: pass\n", "match x:\n case 1 | b: pass\n",
            "match x:\n case {**r, 'a': 1}: pass\n", "match x:\n case [*a, *b]: pass\n",
            "match x:\n case P(x=1, x=2): pass\n", "match x:\n case {'a': 1, 'a': 2}: pass\n"]:
    try:
        compile(src, "<s>", "exec")
    except SyntaxError as e:
        print(e.msg)
