"""Random differential test of krait-number against the Python that runs this script (CPython 3.12).

    python3.12 differ.py PROGRAM [SECTION [ROUNDS [SEED]]]

PROGRAM is the built example `differ`; each case goes to it as a line, and its answer must be CPython's.
"""

import math
import random
import struct
import subprocess
import sys

sys.set_int_max_str_digits(0)
R = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
CASES = []


def case(op, *args, want):
    CASES.append((op, args, want))


def bits(x):
    return "nan" if x != x else struct.pack(">d", x).hex()


def floatarg(x):
    return "0x" + struct.pack(">d", x).hex()


def rint(limbs=6):
    """A random integer, often near a boundary."""
    kind = R.randrange(8)
    if kind == 0:
        return R.randrange(-3, 4)
    n = R.getrandbits(R.randrange(1, 64 * limbs + 1))
    if kind == 1:
        n = (1 << n.bit_length()) + R.randrange(-2, 3)
    elif kind == 2:
        n = n >> 60 << 60
    elif kind == 3:
        n = (n << 64 * R.randrange(3)) | ((1 << 64) - 1)
    return -n if R.random() < 0.4 else n


def rfloat():
    """A random float of any magnitude, special values included."""
    kind = R.randrange(10)
    if kind == 0:
        return R.choice([0.0, -0.0, 1.0, -1.0, 0.5, 1e16, 1e22, 1e23, 5e-324, 1.7976931348623157e308,
                         2.2250738585072014e-308, math.inf, -math.inf, math.nan])
    if kind < 3:
        return struct.unpack("d", struct.pack("Q", R.getrandbits(64)))[0]
    if kind == 3:
        return float(R.randrange(-10**6, 10**6))
    if kind == 4:
        return R.randrange(-10**6, 10**6) / R.choice([2, 4, 8, 16, 10, 100, 1000])
    if kind == 5:
        return R.uniform(-1, 1)
    if kind == 6:
        return R.choice([-1, 1]) * float(f"{R.randrange(1, 10**R.randrange(1, 18))}e{R.randrange(-40, 40)}")
    if kind == 7:
        return math.ldexp(R.choice([-1, 1]) * R.getrandbits(R.randrange(1, 54)), R.randrange(-80, 80))
    return R.gauss(0, 1000)


def attempt(f, *args):
    try:
        return f(*args)
    except ZeroDivisionError:
        return "ZeroDivision"
    except OverflowError:
        return "Overflow"
    except ValueError as e:
        return str(e)


def h(x):
    return x if isinstance(x, str) else hex(x)


def section_int():
    for i in range(ROUNDS):
        big = 300 if i % 40 == 0 else 6
        a, b = rint(big), rint(R.choice([1, 2, big]))
        A, B = hex(a), hex(b)
        case("int.add", A, B, want=hex(a + b))
        case("int.sub", A, B, want=hex(a - b))
        case("int.mul", A, B, want=hex(a * b))
        case("int.square", A, want=hex(a * a))
        r = attempt(divmod, a, b)
        case("int.divmod", A, B, want=r if isinstance(r, str) else f"{r[0]:#x} {r[1]:#x}")
        case("int.floordiv", A, B, want=h(attempt(int.__floordiv__, a, b)))
        case("int.mod", A, B, want=h(attempt(int.__mod__, a, b)))
        case("int.and", A, B, want=hex(a & b))
        case("int.or", A, B, want=hex(a | b))
        case("int.xor", A, B, want=hex(a ^ b))
        n = R.randrange(30)
        case("int.round", A, hex(n), want=hex(round(a, -n)))
        case("int.invert", A, want=hex(~a))
        n = R.randrange(400)
        case("int.shl", A, hex(n), want=hex(a << n))
        case("int.shr", A, hex(n), want=hex(a >> n))
        case("int.gcd", A, B, want=hex(math.gcd(a, b)))
        case("int.lcm", A, B, want=hex(math.lcm(a, b)))
        case("int.isqrt", A, want=hex(math.isqrt(a)) if a >= 0 else "Negative")
        case("int.hash", A, want=str(hash(a)))
        case("int.str", A, want=str(a))
        case("int.bit_length", A, want=str(a.bit_length()))
        case("int.bit_count", A, want=str(a.bit_count()))
        r = attempt(float, a)
        case("int.float", A, want=r if isinstance(r, str) else bits(r))
        r = attempt(int.__truediv__, a, b)
        case("int.truediv", A, B, want=r if isinstance(r, str) else bits(r))
        c = a << R.randrange(0, 1400) if R.random() < 0.3 else a
        d = b << R.randrange(0, 1400) if R.random() < 0.3 else b
        r = attempt(int.__truediv__, c, d)
        case("int.truediv", hex(c), hex(d), want=r if isinstance(r, str) else bits(r))
        f = rfloat()
        if math.isfinite(f):
            case("int.from_float", floatarg(f), want=hex(int(f)))
        g = int(f) + R.randrange(-1, 2) if math.isfinite(f) and R.random() < 0.7 else a
        order = "None" if f != f else "Some(Less)" if g < f else "Some(Greater)" if g > f else "Some(Equal)"
        case("int.cmp_float", hex(g), floatarg(f), want=order)
        if i % 4 == 0:
            e = R.randrange(0, 60)
            x = rint(3)
            case("int.pow", hex(x), hex(e), want=hex(x**e))
            e, m = rint(3), rint(R.choice([1, 2, 5, 30]))
            x = rint(5)
            r = attempt(pow, x, e, m)
            want = h(r).replace("base is not invertible for the given modulus", "NotInvertible")
            case("int.modpow", hex(x), hex(e), hex(m), want=want.replace("pow() 3rd argument cannot be 0", "ZeroDivision"))


def hx(x):
    return struct.pack(">d", x).hex()


def esc(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\0", "\\0")


def mutate(text, alphabet):
    """The text with a random small damage."""
    for _ in range(R.choice([0, 0, 1, 1, 2])):
        i = R.randrange(len(text) + 1)
        kind = R.randrange(3)
        if kind == 0:
            text = text[:i] + R.choice(alphabet) + text[i:]
        elif kind == 1:
            text = text[:i] + text[i + 1:]
        else:
            text = text[:i] + R.choice(alphabet) + text[i + 1:]
    return text


def fres(f, *args):
    r = attempt(f, *args)
    return r if isinstance(r, str) else bits(r)


def section_float():
    for i in range(ROUNDS):
        x, y = rfloat(), rfloat()
        if R.random() < 0.3:
            y = float(R.randrange(-20, 20)) / R.choice([1, 1, 2, 4])
        X, Y = hx(x), hx(y)
        case("float.repr", X, want=repr(x))
        p = R.choice([0, 1, 2, 2, 3, 6, 10, 15, 16, 17, 18, 25, 40, 330, 1100])
        code = R.choice("eEfFgG")
        for code in "efg":
            for alt in (0, 4):
                want = f"%{'#' if alt else ''}.{p}{code}" % x
                case("float.format", X, code, str(p), str(alt), want=want)
        case("float.format", X, "F", "3", "1", want="%+.3F" % x)
        case("float.format", X, "f", "1", "8", want=f"{x:z.1f}")
        n = R.randrange(-3, 23)
        t = R.choice([x, round(x, 3) if math.isfinite(x) else x, R.randrange(10**6) / 1000 + 0.0005])
        case("float.format", hx(t), "f", str(abs(n)), "0", want="%.*f" % (abs(n), t))
        if math.isfinite(t):
            case("float.round", hx(t), str(n), want=fres(round, t, n))
            n = R.randrange(-330, 330)
            case("float.round", X if math.isfinite(x) else hx(1.0), str(n), want=fres(round, x if math.isfinite(x) else 1.0, n))
        if math.isfinite(x):
            a, b = x.as_integer_ratio()
            case("float.ratio", X, want=f"{a:#x} {b:#x}")
            case("float.hash", X, want=str(hash(x)))
        v = R.choice([x, R.uniform(-70000, 70000), R.uniform(-1e-4, 1e-4), R.randrange(4096) * 2.0**-26])
        try:
            want = "%x" % struct.unpack("<H", struct.pack("<e", v))[0]
        except OverflowError:
            want = "Overflow"
        if v == v:
            case("float.half", hx(v), want=want)
        n = R.getrandbits(16)
        case("float.unhalf", "%x" % n, want=bits(struct.unpack("<e", struct.pack("<H", n))[0]))
        case("float.hex", X, want=x.hex())
        src = R.choice([repr(x), "%.30e" % x, "%.3g" % x, str(R.getrandbits(200)), "1_000.5e1_0", " inf\n", "-Infinity", "nan"])
        src = mutate(src, "0123456789.eE+-_ \n\tinfa\0")
        try:
            want = bits(float(src))
        except ValueError:
            want = "Invalid"
        case("float.parse", esc(src), want=want)
        src = R.choice([x.hex(), "0x1." + "%x" % R.getrandbits(R.randrange(1, 200)) + "p-1074", "%x" % R.getrandbits(60),
                        "%x.%xp%d" % (R.getrandbits(100), R.getrandbits(70), R.randrange(-1200, 1100)), "  +inf "])
        src = mutate(src, "0123456789abcdefABpPxX.+- \n")
        try:
            want = bits(float.fromhex(src))
        except ValueError:
            want = "Invalid"
        except OverflowError:
            want = "TooLarge"
        case("float.fromhex", esc(src), want=want)
        case("float.mod", X, Y, want=fres(float.__mod__, x, y))
        case("float.floordiv", X, Y, want=fres(float.__floordiv__, x, y))
        r = attempt(divmod, x, y)
        case("float.divmod", X, Y, want=r if isinstance(r, str) else f"{bits(r[0])} {bits(r[1])}")
        r = attempt(pow, x, y)
        fractional = x < 0 and math.isfinite(x) and math.isfinite(y) and y != math.floor(y)
        case("float.pow", X, Y, want="Complex" if fractional else r if isinstance(r, str) else bits(r))


def section_complex():
    def part():
        return R.choice([rfloat(), float(R.randrange(-5, 6)), R.uniform(-3, 3)])

    def cres(f, *args):
        r = attempt(f, *args)
        return r if isinstance(r, str) else bits(r) if isinstance(r, float) else f"{bits(r.real)} {bits(r.imag)}"

    for i in range(ROUNDS):
        a, b = complex(part(), part()), complex(part(), part())
        A, B = (hx(a.real), hx(a.imag)), (hx(b.real), hx(b.imag))
        case("complex.repr", *A, want=repr(a))
        case("complex.mul", *A, *B, want=cres(complex.__mul__, a, b))
        case("complex.div", *A, *B, want=cres(complex.__truediv__, a, b))
        if R.random() < 0.5:
            b = complex(R.choice([R.randrange(-120, 120), R.uniform(-3, 3)]), R.choice([0, 0, 1, -0.5]))
            B = hx(b.real), hx(b.imag)
        case("complex.pow", *A, *B, want=cres(pow, a, b))
        case("complex.abs", *A, want=cres(abs, a))
        src = R.choice([repr(a), repr(b), "1+2j", " ( 1_0e3-j ) ", "-j", "3.J", "+infj", "nan-infj", "1e5"])
        src = mutate(src, "0123456789.eE+-_ \n()jJinf")
        try:
            z = complex(src)
            want = f"{bits(z.real)} {bits(z.imag)}"
        except ValueError:
            want = "Invalid"
        case("complex.parse", esc(src), want=want)


def section_format():
    def spec(kinds):
        out = ""
        if R.random() < 0.4:
            out += R.choice(["", "*", "0", "\u20ac", "\U0001f40d", " ", "<"]) + R.choice("<>^=")
        out += R.choice(["", "", "+", "-", " "]) + R.choice(["", "", "", "z"]) + R.choice(["", "", "#"]) + R.choice(["", "", "0"])
        out += R.choice(["", "", str(R.randrange(1, 40)), "\u0665"]) + R.choice(["", "", ",", "_"])
        out += R.choice(["", "", f".{R.randrange(0, 25)}"]) + R.choice(kinds)
        return mutate(out, "<>=^+- z#0,_.dxXbecfgs%n\u20ac9") if R.random() < 0.15 else out

    def result(value, spec):
        try:
            return "=" + format(value, spec)
        except (ValueError, OverflowError) as e:
            return str(e)

    for i in range(ROUNDS):
        a = R.choice([rint(1), rint(4), R.randrange(0, 70000)])
        s = spec(["", "d", "x", "X", "o", "b", "c", "n", "e", "f", "g", "%", "s"])
        if not (s.endswith("c") and 0xd800 <= a < 0xe000) and s:
            case("format.int", esc(s), hex(a), want=result(a, s))
        x = rfloat()
        s = spec(["", "e", "E", "f", "F", "g", "G", "n", "%", "d"])
        if s:
            case("format.float", esc(s), hx(x), want=result(x, s))
        z = complex(R.choice([0.0, rfloat()]), rfloat())
        s = spec(["", "e", "E", "f", "F", "g", "G", "n", "%"])
        if s:
            case("format.complex", esc(s), hx(z.real), hx(z.imag), want=result(z, s))
        t = R.choice(["", "abc", "\u20acuro", "x" * 30])
        s = spec(["", "s", "d"]) if R.random() < 0.3 else R.choice(["", "*"]) + R.choice("<>^") + str(R.randrange(20)) + R.choice(["", ".2"])
        case("format.str", esc(s), t, want=result(t, s))
        template, args = "", []
        for _ in range(R.randrange(1, 4)):
            d = "%" + "".join(R.choice("#0- +") for _ in range(R.choice([0, 0, 1, 2, 3])))
            width, precision = R.choice(["", "", "12", "3", "*"]), R.choice(["", "", ".", ".5", ".*", ".20"])
            d += width + precision + R.choice(["", "", "l", "h"])
            d += R.choice("diuoxXeEfFgGsrac%%")
            if d[-1] == "c":
                d = d[:-1] + "s"
            args += [R.randrange(-15, 15) for c in d if c == "*"]
            if d[-1] != "%":
                args.append(rint(2) if d[-1] not in "eEfFgG" else rint(1))
            template += R.choice(["", "ab", "\u20ac"]) + d
        if R.random() < 0.2:
            template = mutate(template, "%(*.0-+dxsyf)") 
        if "(" in template:
            continue
        py, todo, j = [], list(args), 0
        import re as _re
        kinds = []
        for m in _re.finditer(r"%[-+ #0]*(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.|$)", template, _re.S):
            kinds += ["i"] * ((m[1] == "*") + (m[2] == "*")) + ([] if m[0] == "%%" else [m[3]])
        for k_, v in zip(kinds, args):
            py.append(v / 8 if k_ in "eEfFgG" else v)
        if len(kinds) != len(args):
            args = args[:len(py)]
        try:
            want = "=" + template % tuple(py)
        except (ValueError, TypeError, OverflowError) as e:
            want = str(e)
        except MemoryError:
            continue
        case("format.percent", esc(template), *map(hex, args), want=want)


def mres(f, *args):
    try:
        r = f(*args)
    except ValueError as e:
        return "Infinities" if "fsum" in str(e) else "Domain"
    except OverflowError as e:
        return "Overflow" if "fsum" in str(e) else "Range"
    if isinstance(r, complex):
        return f"{bits(r.real)} {bits(r.imag)}"
    return bits(r) if isinstance(r, float) else hex(r)


def section_math():
    import statistics
    unary = """acos acosh asin asinh atan atanh cbrt cos cosh exp exp2 expm1 sin sinh tan tanh sqrt log1p log log2 log10
               gamma lgamma erf erfc ulp degrees radians""".split()
    for i in range(ROUNDS // 2):
        for name in unary:
            x = R.choice([rfloat(), R.uniform(-1.2, 1.2), R.uniform(-200, 200), float(R.randrange(-30, 180)) / 2, R.uniform(-5, 5)])
            case("math." + name, hx(x), want=mres(getattr(math, name), x))
        x, y = rfloat(), rfloat()
        for name in ("atan2", "fmod", "remainder", "pow"):
            case("math." + name, hx(x), hx(y), want=mres(getattr(math, name), x, y))
        y2 = R.choice([y, float(R.randrange(-20, 20)), R.uniform(-4, 4)])
        case("math.pow", hx(x), hx(y2), want=mres(math.pow, x, y2))
        e = R.choice([R.randrange(-1200, 1200), R.randrange(-10**12, 10**12), R.randrange(-5, 5)])
        case("math.ldexp", hx(x), str(e), want=mres(math.ldexp, x, e))
        m, e = math.frexp(x)
        case("math.frexp", hx(x), want=f"{bits(m)} {e}")
        f, w = math.modf(x)
        case("math.modf", hx(x), want=f"{bits(f)} {bits(w)}")
        n = R.choice([0, 1, 2, 5, R.randrange(100), R.getrandbits(62)])
        y2 = R.choice([x, -x, y, 0.0, math.inf, -math.inf, math.nextafter(x, 1.0)])
        case("math.nextafter", hx(x), hx(y2), str(n), want=mres(lambda: math.nextafter(x, y2, steps=n)))
        scale = R.choice([1.0, 1e300, 1e-300, 1e-310, 5e-324])
        v = [R.choice([R.gauss(0, 1) * scale, rfloat() if R.random() < 0.1 else R.uniform(0, 3) * scale]) for _ in range(R.randrange(0, 6))]
        case("math.hypot", *map(hx, v), want=mres(lambda: math.hypot(*v)))
        v = [R.choice([R.gauss(0, 1), R.gauss(0, 1e10), 1e16, -1e16, 1e-9, rfloat()]) for _ in range(R.randrange(1, 9))]
        case("math.sum", *map(hx, v), want=mres(lambda: sum(v, 0.0)))
        case("math.fsum", *map(hx, v), want=mres(math.fsum, v))
        if len(v) % 2 == 0 and all(abs(x) < 1e100 for x in v):
            case("math.sumprod", *map(hx, v), want=mres(math.sumprod, v[::2], v[1::2]))
        p = R.choice([R.random(), R.random() * 1e-10, 1 - R.random() * 1e-9, 10.0 ** -R.randrange(1, 300)])
        if 0 < p < 1:
            case("math.inv_cdf", hx(p), hx(1.5), hx(2.0), want=mres(statistics.NormalDist(1.5, 2.0).inv_cdf, p))
        big = rint(R.choice([2, 20]))
        for name in ("log", "log2", "log10"):
            case("math.int_" + name, hex(big), want=mres(getattr(math, name), big))
        if i % 4 == 0:
            n = R.choice([R.randrange(100), R.randrange(2500)])
            case("math.factorial", str(n), want=mres(math.factorial, n))
            n, k = R.choice([R.randrange(60), R.randrange(300), R.getrandbits(64), R.getrandbits(80), R.randrange(10**5)]), R.randrange(60)
            k = R.choice([k, k * 20, n - k if n > k and n < 400 else k])
            case("math.perm", hex(n), str(k), want=mres(math.perm, n, k))
            case("math.comb", hex(n), hex(k), want=mres(math.comb, n, k))


def section_cmath():
    import cmath
    names = "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh polar rect".split()
    special = [-math.inf, -2.3, -0.0, 0.0, 2.3, math.inf, math.nan, 1.0, -1.0, 1e308, -1e308, 5e-324, 1e-310, 710.0, -710.0]
    pairs = [(a, b) for a in special for b in special]
    pairs += [(R.choice([rfloat(), R.uniform(-2, 2)]), R.choice([rfloat(), R.uniform(-2, 2)])) for _ in range(ROUNDS // 4)]
    for a, b in pairs:
        for name in names:
            if name == "rect":
                want = mres(cmath.rect, a, b)
            elif name == "polar":
                want = mres(lambda: complex(*cmath.polar(complex(a, b))))
            else:
                want = mres(getattr(cmath, name), complex(a, b))
            case("cmath." + name, hx(a), hx(b), want=want)


def section_random():
    for i in range(min(ROUNDS // 10, 200)):
        seed = rint(R.choice([1, 5, 60]))
        g = random.Random(seed)
        todo = [R.choice(["r", "r", str(R.randrange(0, 70)), str(R.randrange(300))]) for _ in range(R.choice([10, 400]))]
        want = "".join((bits(g.random()) if t == "r" else hex(g.getrandbits(int(t)))) + " " for t in todo)
        case("random.mixed", hex(seed), *todo, want=want)
        g = random.Random(seed)
        g.random()
        s = g.getstate()[1]
        case("random.state", hex(seed), want=f"{s[0]} {s[623]} {s[624]}")


def decimal_case(op, ctx, args, want, flags):
    names = sorted(f.__name__ for f in flags)
    case("dec." + op, str(ctx.prec), str(ctx.Emax), str(ctx.Emin), ctx.rounding, str(ctx.clamp), *args,
         want=f"{want} {' '.join(names)}")


UNARY = """abs plus minus sqrt exp ln log10 logb logical_invert next_minus next_plus normalize to_integral_exact
           to_integral_value copy_abs copy_negate""".split()
BINARY = """add subtract multiply divide divide_int remainder remainder_near power quantize compare compare_signal
            compare_total compare_total_mag max max_mag min min_mag next_toward logical_and logical_or logical_xor
            scaleb shift rotate copy_sign""".split()


def rdecimal(prec):
    """The text of a random decimal."""
    kind = R.randrange(20)
    sign = R.choice(["", "-"])
    if kind == 0:
        return sign + R.choice(["0", "0E5", "0E-7", "Inf", "NaN", "sNaN", "NaN123", "sNaN45", "1", "1.000", "10", "1E5"])
    if kind == 1:
        return sign + "".join(R.choice("01") for _ in range(R.randrange(1, prec + 2)))
    if kind == 2:
        return sign + str(R.randrange(-5, prec + 3)).lstrip("-")
    n = R.choice([1, 2, prec, prec + 1, R.randrange(1, 2 * prec + 3)])
    digits = str(R.randrange(10**n))
    if kind == 3:
        digits = "9" * n
    elif kind == 4:
        digits = digits[: n // 2] + "5" + "0" * (n // 2)
    elif kind == 5:
        digits = "1" + "0" * n
    exp = R.choice([0, 0, -len(digits) + 1, -2, R.randrange(-30, 30), -len(digits) + R.randrange(-9, 9)])
    return f"{sign}{digits}E{exp}"


def section_decimal():
    import decimal
    D = decimal.Decimal
    roundings = [n for n in dir(decimal) if n.startswith("ROUND_")]
    decimal.getcontext().prec = 50
    for i in range(ROUNDS):
        prec = R.choice([1, 2, 3, 5, 9, 16, 28, 28, 40, 100] + ([700] if i % 50 == 0 else []))
        limit = R.choice([1, 9, 96, 384, 999999, 999999, decimal.MAX_EMAX])
        ctx = decimal.Context(prec=prec, rounding=R.choice(roundings), Emax=max(limit, 0), Emin=-limit, clamp=R.choice([0, 0, 1]),
                              capitals=1, flags=[], traps=[])

        def run(op, method, *args, native=None):
            ctx.clear_flags()
            try:
                r = (native or getattr(ctx, method))(*args)
            except MemoryError:
                return
            if isinstance(r, tuple):
                r = f"{r[0]} {r[1]}"
            decimal_case(op, ctx, map(str, args), r, [f for f, on in ctx.flags.items() if on])

        a, b, c = (rdecimal(prec) for _ in range(3))
        x, y, z = D(a), D(b), D(c)
        for name in UNARY:
            w = x
            if name in ("exp", "sqrt", "ln", "log10") and x.is_finite():
                w = D(R.choice([a, str(x.copy_abs()), f"{R.uniform(-50, 50)}", f"1.{'0' * R.randrange(9)}1", str(R.randrange(1, 200))]))
            run({"logical_invert": "invert"}.get(name, name), name, w)
        for name in BINARY:
            u, v = x, y
            if name == "power":
                u, v = R.choice([(x, y), (x, D(R.randrange(-50, 50))), (x.copy_abs(), D(str(R.uniform(-3, 3)))), (D(str(R.uniform(0, 9))), y)])
                if abs(u.adjusted()) > 40 and abs(v.adjusted()) > 15:
                    continue
            if name in ("scaleb", "shift", "rotate") and R.random() < 0.7:
                v = D(R.randrange(-prec - 1, prec + 2))
            if name.startswith("logical") and R.random() < 0.7:
                u, v = (D("".join(R.choice("01") for _ in range(R.randrange(1, prec + 3)))) for _ in range(2))
            run(name, name, u, v)
        run("fma", "fma", x, y, z)
        run("divmod", "divmod", x, y)
        u, v, w = (D(R.randrange(-10**R.randrange(1, 12), 10**9)) for _ in range(3))
        run("powmod", "power", u, v.copy_abs(), w)
        run("create", "create_decimal", a)
        src = mutate(R.choice([a, b, "1.5e+3", "+.5", "sNaN12", "infinity"]), "0123456789.eE+-naifs")
        ctx.clear_flags()
        r = ctx.create_decimal(src) if "_" not in src and src == src.strip() else None
        if r is not None:
            decimal_case("create", ctx, [src], r, [f for f, on in ctx.flags.items() if on])
        decimal_case("eng", ctx, [a], ctx.to_eng_string(ctx.create_decimal(a)), (ctx.clear_flags(), ctx.create_decimal(a), [f for f, on in ctx.flags.items() if on])[2])
        ctx.clear_flags()
        decimal_case("class", ctx, [a], ctx.number_class(x), [])
        if not x.is_nan():
            decimal_case("hash", ctx, [a], hash(x), [])
            decimal_case("float", ctx, [a], bits(float(x)), [])
        if x.is_finite() and abs(x.adjusted()) < 5000:
            decimal_case("int", ctx, [a], hex(int(x)), [])
            decimal_case("round", ctx, [a], hex(round(x)), [])
            n, d = x.as_integer_ratio()
            decimal_case("ratio", ctx, [a], f"{n:#x} {d:#x}", [])
        f = rfloat()
        if f == f:
            decimal_case("from_float", ctx, [hx(f)], D(f), [])
        n = rint(R.choice([1, 3, 40]))
        decimal_case("from_int", ctx, [hex(n)], D(n), [])
        spec = R.choice(["", "", "*<", "=", "^", "0>", "\u20ac^", "0="]) + R.choice(["", "z", "+", " ", "-", "z+", "+z"]) + R.choice(["", "0"])
        spec += R.choice(["", "", "12", "25"]) + R.choice(["", ","]) + R.choice(["", ".0", ".3", ".12"]) + R.choice(["", "e", "E", "f", "F", "g", "G", "%", "n"])
        if R.random() < 0.1:
            spec = mutate(spec, "<>=^+-z0,.fg%#_9")
        with decimal.localcontext(ctx):
            try:
                want = "=" + format(x, spec)
            except ValueError as e:
                want = str(e)
        if len(want) < 10000:
            decimal_case("format", ctx, [a, esc(spec)], want, [])
    # Long coefficients: the algorithms for them must agree with the definition.
    ctx = decimal.Context(prec=10**6, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[])
    for n, m in [(800, 800), (1500, 900), (3000, 1000), (8000, 8000), (14000, 12000), (30000, 9000), (40000, 40000)]:
        x, y = D(R.randrange(10**n)), D(R.randrange(10**(m - 1), 10**m))
        for name in ("multiply", "divide_int", "remainder", "add"):
            ctx.clear_flags()
            r = getattr(ctx, name)(x, y)
            decimal_case(name, ctx, [str(x), str(y)], r, [f for f, on in ctx.flags.items() if on])
        x = x * 10**m + (10**m - 1)
        ctx.clear_flags()
        decimal_case("divide_int", ctx, [str(x), str(y)], ctx.divide_int(x, y), [f for f, on in ctx.flags.items() if on])


DECTEST_NAMES = {
    "canonical": "copy", "apply": "create", "comparesig": "compare_signal", "comparetotal": "compare_total", "comparetotmag": "compare_total_mag",
    "copyabs": "copy_abs", "copynegate": "copy_negate", "copysign": "copy_sign", "divideint": "divide_int",
    "and": "logical_and", "or": "logical_or", "xor": "logical_xor", "invert": "invert", "maxmag": "max_mag", "minmag": "min_mag",
    "nextminus": "next_minus", "nextplus": "next_plus", "nexttoward": "next_toward", "reduce": "normalize",
    "remaindernear": "remainder_near", "samequantum": "same_quantum", "squareroot": "sqrt", "tosci": "create", "toeng": "eng",
    "tointegral": "to_integral_value", "tointegralx": "to_integral_exact",
}


DECNUMBER_LIMITS = """expx901 expx902 expx903 expx905 lnx901 lnx902 lnx903 lnx905 logx901 logx902 logx903 logx905
                      powx1183 powx1184 powx4001 powx4002 powx4003 powx4005 powx4008 powx4010 powx4012 powx4014 scbx164
                      scbx165 scbx166""".split()
# CPython's own results differ from the correctly rounded ones here, and so do these.
DECNUMBER_LIMITS += "powx4302 powx4303 powx4342 powx4343 pwsx803 pwsx805".split()


def section_dectest():
    """The specification's own cases, from the test folder of the running Python."""
    import glob, os, re, test
    conditions = {"clamped": "Clamped", "division_by_zero": "DivisionByZero", "inexact": "Inexact", "overflow": "Overflow",
                  "rounded": "Rounded", "subnormal": "Subnormal", "underflow": "Underflow", "lost_digits": None}
    token = re.compile(r"""'((?:[^']|'')*)'|"((?:[^"]|"")*)"|(\S+)""")
    folder = os.path.join(os.path.dirname(test.__file__), "decimaltestdata")
    for path in sorted(glob.glob(folder + "/*.decTest")):
        settings = {"clamp": "0", "extended": "1", "rounding": "half_even", "precision": "9", "maxexponent": "999", "minexponent": "-999"}
        for line in open(path, encoding="utf-8"):
            line = line.split(" --")[0].strip()
            if not line or line.startswith("--"):
                continue
            m = re.match(r"(\w+)\s*:\s*(\S+)$", line)
            if m:
                settings[m[1].lower()] = m[2].lower()
                continue
            if "->" not in line or settings["extended"] == "0":
                continue
            left, right = line.split("->", 1)
            parts = [next((g.replace("''", "'").replace('""', '"') for g in t.groups() if g is not None)) for t in token.finditer(left)]
            right = [next((g for g in t.groups() if g is not None)) for t in token.finditer(right)]
            name, op, args, want = parts[0], parts[1].lower(), parts[2:], right[0]
            # Encodings are not decimal arithmetic, rescale is not in Python, and some cases are limits of decNumber.
            if any("#" in a for a in (*args, want)) or want == "?" or op == "rescale" or name in DECNUMBER_LIMITS:
                continue
            flags = sorted({conditions.get(c.lower(), "InvalidOperation") for c in right[1:]} - {None})
            rounding = {"half_even": "ROUND_HALF_EVEN", "half_up": "ROUND_HALF_UP", "half_down": "ROUND_HALF_DOWN", "up": "ROUND_UP",
                        "down": "ROUND_DOWN", "floor": "ROUND_FLOOR", "ceiling": "ROUND_CEILING", "05up": "ROUND_05UP"}.get(settings["rounding"])
            ctx = [settings["precision"], settings["maxexponent"].lstrip("+"), settings["minexponent"], rounding, settings["clamp"]]
            op2 = DECTEST_NAMES.get(op, op)
            if op2 == "power" and len(args) == 3:
                op2 = "powmod"
            if op2 == "same_quantum":
                want = {"1": "true", "0": "false"}[want]
            case("dec." + op2, *ctx, *map(esc, args), want=f"{want} {' '.join(flags)}")
            CASES[-1] = (*CASES[-1], name)


SECTIONS = {name[8:]: f for name, f in list(globals().items()) if name.startswith("section_")}


def main():
    names = SECTIONS if len(sys.argv) < 3 or sys.argv[2] == "all" else [sys.argv[2]]
    for name in names:
        CASES.clear()
        SECTIONS[name]()
        lines = "".join("\t".join((op, *args)) + "\n" for op, args, *_ in CASES)
        done = subprocess.run([sys.argv[1]], input=lines, capture_output=True, encoding="utf-8", errors="surrogatepass")
        answers = done.stdout.split("\n")
        bad, seen = 0, {}
        for (op, args, want, *case_id), got in zip(CASES, answers):
            if got != want:
                bad += 1
                seen[op] = seen.get(op, 0) + 1
                if seen[op] <= 4 and bad <= 60:
                    print(f"{op} {args!r:.300} {' '.join(case_id)}\n  want {want!r:.300}\n  got  {got!r:.300}")
        if len(answers) != len(CASES) + 1:
            print(f"{name}: {len(answers) - 1} answers to {len(CASES)} cases", done.stderr[-500:])
        print(f"{name}: {len(CASES)} cases, {bad} wrong")


main()
