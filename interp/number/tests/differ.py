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


SECTIONS = {name[8:]: f for name, f in list(globals().items()) if name.startswith("section_")}


def main():
    names = SECTIONS if len(sys.argv) < 3 or sys.argv[2] == "all" else [sys.argv[2]]
    for name in names:
        CASES.clear()
        SECTIONS[name]()
        lines = "".join("\t".join((op, *args)) + "\n" for op, args, _ in CASES)
        done = subprocess.run([sys.argv[1]], input=lines, capture_output=True, encoding="utf-8", errors="surrogatepass")
        answers = done.stdout.split("\n")
        bad = 0
        for (op, args, want), got in zip(CASES, answers):
            if got != want:
                bad += 1
                if bad <= 20:
                    print(f"{op} {args!r:.300}\n  want {want!r:.300}\n  got  {got!r:.300}")
        if len(answers) != len(CASES) + 1:
            print(f"{name}: {len(answers) - 1} answers to {len(CASES)} cases", done.stderr[-500:])
        print(f"{name}: {len(CASES)} cases, {bad} wrong")


main()
