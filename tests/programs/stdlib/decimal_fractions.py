"""decimal and fractions: arithmetic, contexts, rounding, formatting, signals."""
import decimal
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP, Context, Decimal, getcontext, localcontext
from fractions import Fraction
D = Decimal
a, b = D("1.10"), D("3")
print(a + b, a - b, a * b, a / b, a // b, a % b, -a % b, a ** 2, a ** -1, b ** D("0.5"), divmod(D("-7"), D(2)), -a, +a, abs(-a), a == D("1.1"), a < b, hash(a) == hash(D("1.1")), repr(a), str(D("1E+5")), D("1e-10"), D(10) ** 30, D("0.000001"), D("0.0000001"), D("-0"), D("1_000.5"))
print(D(0.1), D("Infinity"), D("-inf"), D("NaN"), D("sNaN1"), D((1, (1, 2, 3), -2)), D(5), D("  7  "), D(Fraction(1, 2).numerator), D.from_float(0.5), D("123.456").as_tuple(), D("1.50").normalize(), D("1500").normalize(), D("123.456").quantize(D("0.01")), D("2.5").to_integral_value(), D("1.5").as_integer_ratio(), D("1E2").to_eng_string(), D("12345678").to_eng_string())
for mode in (ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP):
    print(mode, [str(D(v).quantize(D("1"), rounding=mode)) for v in ("0.5", "1.5", "2.5", "-0.5", "-1.5", "1.1", "-1.9", "5.01")])
for name, args in (("sqrt", ()), ("ln", ()), ("log10", ()), ("exp", ()), ("is_zero", ()), ("adjusted", ()), ("next_plus", ()), ("next_minus", ()), ("logb", ()), ("number_class", ()), ("canonical", ()), ("copy_negate", ()), ("copy_abs", ()), ("radix", ()), ("is_signed", ()), ("scaleb", (2,)), ("shift", (1,)), ("rotate", (1,)), ("compare", (D(5),)), ("max", (D(5),)), ("min", (D(5),)), ("remainder_near", (D(2),)), ("fma", (D(2), D(3))), ("same_quantum", (D("0.01"),)), ("compare_total", (D("2.50"),)), ("next_toward", (D(9),)), ("logical_invert", ()) if False else ("is_normal", ()), ("copy_sign", (D(-1),)), ("to_integral_exact", ())):
    print(name, getattr(D("2.5"), name)(*args), end="; ")
print()
with localcontext() as ctx:
    ctx.prec = 5
    print(D(1) / D(3), D("123456789") + 0, D("1.23456789"), +D("1.23456789"), D(2).sqrt(), ctx.flags[decimal.Inexact], ctx.prec)
    ctx.traps[decimal.Inexact] = True
    try:
        D(1) / D(3)
    except decimal.Inexact as e:
        print(type(e).__name__)
with localcontext(prec=50, rounding=ROUND_DOWN):
    print(D(2).sqrt(), D(1) / 7, D(2) ** D("0.5"), D(10).ln(), D(1).exp())
print(getcontext().prec, Context(prec=3).divide(D(2), D(3)), Context(prec=3).create_decimal("1.23456"), Context(prec=4).sqrt(D(2)), Context(prec=9, Emax=99, Emin=-99))
for src in ("D(1) / 0", "D(0) / 0", "D('abc')", "D('1.0') + 1.5", "D('inf') - D('inf')", "D(-1).sqrt()", "D('NaN') < 1", "int(D('NaN'))", "int(D('inf'))", "D('sNaN') + 1", "D(0) ** 0", "D(-8) ** D('0.5')", "D(1).quantize(D('1E-50'))", "D('1E+1000000') * 10 ** 10", "round(D('NaN'))", "D([])", "D(1) % 0", "D(1) + '1'", "D('1') < 'a'", "D(1j)", "D((1, 2))", "D('9E999999') * 10", "hash(D('sNaN'))", "D('1').ln() / 0", "D(5).shift(100)"):
    try:
        print(src, eval(src))
    except (decimal.DecimalException, TypeError, ValueError, OverflowError) as e:
        print(src, type(e).__name__, str(e)[:60])
for spec in ("", ".2f", "10.3f", "+.1f", ",.2f", "e", ".3e", "g", "%", ".1%", "<12", "^12.1f", "012.2f", "E", "n", ".0f", "_.2f" if False else "z.1f"):
    print(repr(spec), [format(v, spec) for v in (D("1234.5678"), D("-0.05"), D("1E+10"), D("0"))])
print(int(D("12.9")), float(D("1.25")), round(D("2.675"), 2), round(D("2.5")), D("3.7").__floor__(), D("3.2").__ceil__(), bool(D("0.0")), D("1.5") == 1.5, D("0.1") == 0.1, D(1) < 1.5, sum([D("0.1")] * 10), max(D(1), 2), sorted([D("1.5"), 1, 1.25]), D(1) + True, complex(D(2)), D("0.1").real, f"{D('1.50')!r}", D("7").compare_signal(D(7)), D(3) in {3})
F = Fraction
print(F(1, 3) + F(1, 6), F(3, -6), F("0.125"), F("3/4"), F(1.5), F(D("0.2")), F(1, 3) * 3, F(1, 3) ** 2, F(4, 9) ** 0.5, F(7, 2) // 1, F(-7, 2) % 2, divmod(F(7, 2), F(1, 3)), F(1, 3) < 0.34, F(1, 2) == 0.5, hash(F(1, 2)) == hash(0.5), repr(F(5)), str(F(6, 3)), float(F(1, 3)), int(F(-7, 2)), round(F(5, 2)), round(F(1, 3), 2), F(22, 7).limit_denominator(5), F(3.14159).limit_denominator(100), F(1, 2).as_integer_ratio(), abs(F(-1, 2)), F(2) ** -2, 1 - F(1, 4), 2 / F(1, 3), F(1, 2) + 0.5, F(1, 2) + 1j, f"{F(1, 3):.4f}", F(10, 4).numerator, F().denominator, F(" 1e2 "), sum([F(1, i) for i in range(1, 8)]))
for src in ("F(1, 0)", "F('a')", "F(1.5, 2)", "F('1/0')", "F(float('nan'))", "F(1, 2) / 0", "F(None)", "F(1, 2) + 'a'", "F(1, 2) % 0", "F(1j)"):
    try:
        print(src, eval(src))
    except (ZeroDivisionError, ValueError, TypeError) as e:
        print(src, type(e).__name__, e)
