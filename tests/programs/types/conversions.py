"""Conversions between types, repr round trips, hash invariants, and subclass results."""
from decimal import Decimal
from fractions import Fraction
values = [0, 1, -1, True, 1.5, -0.0, 1e300, 10 ** 25, "text", "", b"bytes", (1, 2), [1, [2]], {"a": 1}, {1, 2}, frozenset([3]), None, 1 + 2j, range(3), slice(1, 2), bytearray(b"ba"), "q'\"", float("inf")]
for v in values:
    try:
        print(repr(v), str(v) == repr(v), type(v).__name__, eval(repr(v)) == v)
    except (SyntaxError, NameError) as e:
        print(repr(v), type(e).__name__)
numbers = [0, 1, -1, 2, 2 ** 61 - 1, 2 ** 61, -(2 ** 61), 2 ** 31, 10 ** 18, -5]
for n in numbers:
    group = [n, float(n), complex(n), Fraction(n), Decimal(n)]
    print(n, [g == n for g in group if float(n) == n], len({hash(g) for g in group if g == n}) == 1, len({g for g in group if g == n}))
print(hash(-1), hash(-2), hash(0), hash(1.5) == hash(Fraction(3, 2)) == hash(Decimal("1.5")), hash(2 ** 61 - 1), hash(2 ** 61), hash(-(2 ** 61) + 1), hash(10 ** 20) == hash(1e20), hash(True))
for T in (int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, bool):
    row = []
    for v in ("12", b"12", 12, 12.0, [1, 2], (1, 2), {1: 2}, None, ["ab"], {3}):
        try:
            r = T(v)
            row.append(f"{T.__name__} of {sorted(map(repr, r))}" if T in (set, frozenset) else repr(r))
        except (TypeError, ValueError) as e:
            row.append(type(e).__name__)
    print(T.__name__, row)


class MyInt(int):
    def __add__(self, o): return MyInt(int(self) + o)


class MyStr(str):
    def upper(self): return "overridden"


class MyList(list): pass
class MyDict(dict): pass


print(MyInt(3) + 4, type(MyInt(3) + 4).__name__, type(MyInt(3) - 1).__name__, type(+MyInt(3)).__name__, type(abs(MyInt(3))).__name__, MyInt("ff", 16), int(MyInt(5)), MyInt.from_bytes(b"\x01", "big").__class__.__name__)
print(MyStr("a").upper(), type(MyStr("a") + "b").__name__, type(MyStr("a").lower()).__name__, MyStr("a") == "a", {MyStr("k"): 1}["k"], "%s" % MyStr("x"), str(MyStr("y")).__class__.__name__, MyStr("abc")[1:].__class__.__name__)
print(type(MyList([1]) * 2).__name__, type(MyList([1])[:]).__name__, MyList([1]) == [1], MyDict(a=1) == {"a": 1}, type(MyDict(a=1).copy()).__name__, MyDict.fromkeys("a").__class__.__name__, list(MyDict(x=1)))


class Idx:
    def __index__(self): return 2


class Bad:
    def __index__(self): return "2"
    def __len__(self): return -1
    def __hash__(self): return 1.5
    def __str__(self): return 5
    def __repr__(self): return None
    def __bool__(self): return None
    def __iter__(self): return []
    def __contains__(self, x): return "truthy"
    def __float__(self): return 1
    def __complex__(self): return 1
    def __bytes__(self): return "x"
    def __format__(self, s): return 5
    def __length_hint__(self): return "x"
    def __dir__(self): return 5
    def __round__(self, n=0): return "anything"
    def __reversed__(self): return "any"
    def __divmod__(self, o): return "any"


i, b = Idx(), Bad()
print([10, 20, 30][i], "abc"[i], hex(i), range(5)[i], "x" * i, [1] * i, bytes(i), int(i), float(i), complex(i), chr(i), (1).__lshift__(2), 1 << i.__index__(), round(1.2345, i))
for src in ("[1, 2][b]", "len(b)", "hash(b)", "str(b)", "repr(b)", "bool(b)", "iter(b)", "5 in b", "float(b)", "complex(b)", "bytes(b)", "format(b)", "dir(b)", "round(b)", "reversed(b)", "divmod(b, 1)", "f'{b}'", "[*b]", "int(b)", "'%s' % b", "hex(b)", "print(b)", "[b].__repr__()"):
    try:
        print(src, eval(src))
    except (TypeError, ValueError) as e:
        print(src, type(e).__name__, e)
