"""Floats: repr, parsing, special values, rounding, hex."""
import math
for v in (0.0, -0.0, 1.0, 0.1, 0.2 + 0.1, 1 / 3, 1e15, 1e16, 123456789012345680.0, 1e17, 1e22, 1e23, 1.5e300, 1e-4, 1e-5, 0.00012345, 5e-324,
          2.2250738585072014e-308, 1.7976931348623157e308, float("inf"), -float("inf"), float("nan"), 1e100, 2 ** 0.5, math.pi, -math.e * 1e-10,
          9007199254740993.0, 1e21, 123456.789, 4.35, 0.5, 2.5, 1e-7, 1.1e-308, 299792458.0):
    print(repr(v), str(v), v.hex(), f"{v:.3f}", f"{v:g}", f"{v:e}")
for t in ("1.5", " -2.5e3 ", "1_0.5", ".5", "5.", "inf", "-Infinity", "nan", "+1e5", "1e400", "-1e400", "1e-400", "0x1p3", "1e", "", "abc", "1.2.3", "१.५",
          "1__0", "infinit", "1e5_0", "12345678901234567890.123456789e-5", "0." + "0" * 50 + "1", "9" * 400):
    try:
        print(repr(t[:30]), float(t))
    except ValueError as e:
        print(e)
print(float.fromhex("0x1.8p1"), float.fromhex("-0x.1p-4"), float.fromhex("inf"), (0.1).hex(), float.fromhex((0.1).hex()) == 0.1)
print((0.5).as_integer_ratio(), (0.1).as_integer_ratio(), (3.0).is_integer(), (3.5).is_integer(), (-0.0).as_integer_ratio())
for v in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1e16, 1234.5678, -2.5, 0.49999999999999994):
    print(v, round(v), round(v, 1), round(v, 2), round(v, -2), math.floor(v), math.ceil(v), int(v))
for src in ("round(float('nan'))", "round(float('inf'))", "1.0 / 0", "1.0 // 0", "1.0 % 0", "0.0 ** -1", "int(float('nan'))", "2.0 ** 10000",
            "math.sqrt(-1)", "math.log(0)", "(-1.0) ** 0.5", "float('nan') == float('nan')", "1e308 * 10", "float([])", "float('x')", "divmod(1.0, 0)",
            "math.floor(float('inf'))", "float('inf').as_integer_ratio()", "float.fromhex('zz')"):
    try:
        print(src, eval(src))
    except (ZeroDivisionError, ValueError, OverflowError, TypeError) as e:
        print(src, type(e).__name__, e)
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(-7.5, 2), 1e300 * 1e10, -1e300 * 1e10, 0.0 == -0.0, 5.0 // 0.1, 1 % float("inf"), -1 % float("inf"))
print(math.copysign(1, -0.0), -0.0 + 0.0, 0.0 * -1, min(0.0, -0.0), str(-0.0), abs(-0.0), -0.0 // 1, round(-0.4))
print(1.0 == 1, hash(1.0) == hash(1), hash(2.0 ** 70) == hash(2 ** 70), hash(0.5), hash(float("inf")), hash(-float("inf")), hash(-1.5), {1: "int", 1.0: "float"})
print(0.1 + 0.7, 0.1 * 3, 1.1 + 2.2, 100 * 1.1, 3 * 0.1 == 0.3, sum([0.1] * 10), math.fsum([0.1] * 10), 1e16 + 1, 2.0 ** 0.5 * 2.0 ** 0.5)
print(float.__getformat__("double")[:4], float(10 ** 20), float(True), float("1" * 30), float(b"2.5"), 1.5.__floor__(), 1.5.__trunc__(), (1.5).conjugate())


class F:
    def __float__(self): return 2.5


class S(float):
    def __repr__(self): return "S"


print(float(F()), math.sqrt(F()), S(1.5), S(1.5) + 1, f"{S(1.5)}", "%s" % S(1.5), float(S(2.5)))
