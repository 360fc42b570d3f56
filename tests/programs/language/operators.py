"""Operator methods: forward, reflected, in-place, NotImplemented, errors."""
NAMES = ("add sub mul truediv floordiv mod matmul pow lshift rshift and or xor divmod").split()


class Forward:
    pass


class Reflected:
    pass


class Both:
    pass


for name in NAMES:
    setattr(Forward, f"__{name}__", lambda self, other, name=name: f"F.{name}")
    setattr(Reflected, f"__r{name}__", lambda self, other, name=name: f"R.r{name}")
    setattr(Both, f"__i{name}__", lambda self, other, name=name: f"B.i{name}")
f, r = Forward(), Reflected()
print(f + 1, f - 1, f * 1, f / 1, f // 1, f % 1, f @ 1, f ** 1, f << 1, f >> 1, f & 1, f | 1, f ^ 1, divmod(f, 1))
print(1 + r, 1 - r, 1 * r, 1 / r, 1 // r, 1 % r, 1 @ r, 1 ** r, 1 << r, 1 >> r, 1 & r, 1 | r, 1 ^ r, divmod(1, r))
print(f + r, "s" + r, [1] + r, "s" * r, "%d" % r if False else "x")
for op in "+ - * / // % @ ** << >> & | ^".split():
    b = Both()
    exec(f"b {op}= 1")
    print(b, end=" ")
print()
for op in ("+", "-", "@", "**", "//", "<<", "&", "<", ">="):
    try:
        eval(f"object() {op} 1".replace("object()", "o"), {"o": None})
    except TypeError as e:
        print(e)
x = None
for op in ("+=", "**=", ">>=", "@="):
    try:
        exec(f"x {op} 1")
    except TypeError as e:
        print(e)


class Base:
    def __add__(self, o):
        return "Base.add"

    def __radd__(self, o):
        return "Base.radd"


class Sub(Base):
    def __radd__(self, o):
        return "Sub.radd"


class Same(Base):
    pass


print(Base() + Sub(), Sub() + Base(), Base() + Same(), Base() + Base())


class Decline:
    def __add__(self, o):
        return NotImplemented

    def __eq__(self, o):
        return NotImplemented

    def __lt__(self, o):
        return NotImplemented


d = Decline()
print(d + r, d == d, d == 1, d != d)
for src in ("d + d", "d < d", "-d", "~d", "+d", "abs(d)", "d[0]", "d()", "len(d)", "iter(d)", "d in d", "int(d)", "d.x"):
    try:
        print(eval(src))
    except (TypeError, AttributeError) as e:
        print(e)


class Num:
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __invert__(self): return "inv"
    def __abs__(self): return "abs"
    def __int__(self): return 7
    def __float__(self): return 1.5
    def __complex__(self): return 1j
    def __index__(self): return 3
    def __round__(self, n=None): return ("round", n)
    def __trunc__(self): return 9
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"


import math
n = Num()
print(-n, +n, ~n, abs(n), int(n), float(n), complex(n), [10, 20, 30, 40][n], round(n), round(n, 2), math.trunc(n),
      math.floor(n), math.ceil(n), hex(n), range(n), "ab" * n, bytes(n))


class P:
    def __pow__(self, o, m=None):
        return ("pow", o, m)

    def __rpow__(self, o):
        return ("rpow", o)


print(pow(P(), 2), pow(P(), 2, 3), 2 ** P(), P() ** 2)


class L(list):
    def __iadd__(self, o):
        return "iadd list"


z = L([1])
z += [2]
print(z)
t = ([1],)
try:
    t[0] += [2]
except TypeError as e:
    print(e, t)
