"""math: every function on ordinary and special values, integer functions, errors."""
import math
inf, nan = math.inf, math.nan
one = "acos acosh asin asinh atan atanh cbrt ceil cos cosh degrees erf erfc exp exp2 expm1 fabs floor gamma lgamma log log10 log1p log2 radians sin sinh sqrt tan tanh trunc ulp".split()
for name in one:
    row = []
    for v in (0.0, 0.5, 1, -0.5, 2.75, -3, 1e-10, 50.0, inf, -inf, nan):
        try:
            r = getattr(math, name)(v)
            row.append(f"{r:.12g}" if isinstance(r, float) else str(r))
        except (ValueError, OverflowError) as e:
            row.append(type(e).__name__ + "!" if "domain" in str(e) or "range" in str(e) else str(e))
    print(name, *row)
print(math.atan2(1, -1), math.atan2(-0.0, -1), math.atan2(0.0, 0.0), math.copysign(3, -0.0), math.dist((1, 2), (4, 6)), math.fmod(-7, 3), math.fmod(7, inf), math.frexp(10), math.frexp(0), math.hypot(3, 4), math.hypot(), math.hypot(inf, nan), math.isclose(1, 1 + 1e-10), math.isclose(0, 1e-12), math.isclose(1, 1.1, rel_tol=0.2), math.isfinite(nan), math.isinf(-inf), math.isnan(nan), math.ldexp(0.5, 4), math.modf(-2.5), math.modf(inf), math.nextafter(1, 2), math.nextafter(0, -1), math.nextafter(1, 2, steps=3), math.pow(2, 0.5), math.pow(nan, 0), math.pow(1, nan), math.remainder(7, 2.5), math.remainder(-5, 3), math.log(8, 2), math.log(100, 10), math.log(0.5), math.prod([1, 2, 3.5]), math.prod([]), math.prod([2] * 70), math.sumprod([1, 2], [3, 4]), math.sumprod([0.1] * 3, [0.1] * 3), math.fsum([1e100, 1, -1e100]), math.fsum([]))
print(math.factorial(20), math.factorial(0), math.comb(10, 3), math.comb(3, 10), math.perm(5), math.perm(5, 2), math.gcd(), math.gcd(-12, 8), math.lcm(), math.lcm(4, 0), math.isqrt(99), math.floor(-2.5), math.ceil(-2.5), math.trunc(-2.7), math.floor(10 ** 20), math.ceil(2 ** 70 + 0), type(math.floor(1e20)).__name__, math.pi, math.e, math.tau, math.inf, -math.nan != 0)
for src in ("math.sqrt(-1)", "math.log(0)", "math.log(-1)", "math.log(10, 1)", "math.log(10, 0)", "math.acos(2)", "math.exp(1000)", "math.pow(0, -1)", "math.pow(-8, 1/3)", "math.pow(1e200, 2)", "math.fmod(1, 0)", "math.factorial(-1)", "math.factorial(1.0)", "math.gamma(-1)", "math.gamma(200)", "math.lgamma(0)", "math.floor(inf)", "math.ceil(nan)", "math.trunc('a')", "math.sin('a')", "math.gcd(1.5)", "math.comb(-1, 2)", "math.comb(1.5, 2)", "math.isqrt(-5)", "math.isqrt(1.0)", "math.ldexp(1, 5000)", "math.ldexp(1.5, 2.5)", "math.fsum(['a'])", "math.fsum([inf, -inf])", "math.dist([1], [1, 2])", "math.prod(['a', 'b'])", "math.hypot('a')", "math.sumprod([1], [1, 2])", "math.remainder(1, 0)", "math.atanh(1)", "math.cos(inf)", "math.log2(0)", "math.log1p(-1)", "math.exp2(2000)", "math.sinh(1000)", "math.perm(-1)", "math.isclose(1, 2, rel_tol=-1)", "math.sqrt()", "math.sin(1, 2)", "math.nextafter(1, 2, steps=-1)", "math.log(True)", "math.sqrt(10 ** 310)", "math.fabs(10 ** 400)", "math.radians(None)"):
    try:
        print(src, eval(src))
    except (ValueError, OverflowError, TypeError, ZeroDivisionError) as e:
        print(src, type(e).__name__, e)


class F:
    def __float__(self): return 4.0
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __trunc__(self): return "trunc"


print(math.sqrt(F()), math.floor(F()), math.ceil(F()), math.trunc(F()), math.hypot(F(), 3), math.isnan(F()), math.log2(2 ** 2000), math.log10(10 ** 400), math.log(2 ** 2000), math.sin(True), math.cos(2 ** 70) == math.cos(2.0 ** 70))
total = 0.0
for i in range(1, 2000):
    total += math.sin(i) * math.cos(i) + math.sqrt(i) / math.log(i + 1) - math.atan(i)
print(f"{total:.9f}")
