"""Complex numbers: arithmetic, repr, parsing, comparison, cmath."""
import cmath
a, b = 3 + 4j, 1 - 2j
print(a + b, a - b, a * b, a / b, a ** 2, a ** b, a ** 0, a ** -1, -a, +a, abs(a), a.conjugate(), a.real, a.imag, a == 3 + 4j, a != b, bool(0j))
print(repr(1j), repr(-1j), repr(complex(0, -0.0)), repr(complex(-0.0, 1)), repr(complex("nan")), repr(complex(float("inf"), -float("inf"))), repr(1e100j), str(1.5 - 2.5j), complex(1, -0.0))
for t in ("1+2j", "1", "j", "-j", " ( 1-2.5e3j ) ", "1 + 2j", "nan+infj", "", "1+2", "++1j", "(1", "1j2", "1_0+2j", "infinityj"):
    try:
        print(repr(t), complex(t))
    except ValueError as e:
        print(repr(t), e)
print(complex(), complex(1), complex(1, 2), complex(1j, 2j), complex(1.5), complex(True), complex(imag=3))
for src in ("1j < 2j", "1j // 1", "1j % 1", "divmod(1j, 1)", "int(1j)", "float(1j)", "1j / 0", "0j ** -1", "complex('1', 2)", "complex(1, '2')", "complex([])", "round(1j)", "math.floor(1j)", "0j ** 1j", "(1e300+0j) ** 2", "abs(complex(1.7e308, 1.7e308))"):
    try:
        print(src, eval(src))
    except Exception as e:
        print(src, type(e).__name__, e)
print(hash(1 + 0j) == hash(1), hash(0.5 + 0j) == hash(0.5), {1: 2}[1 + 0j], 1 == 1 + 0j, 1.5 == 1.5 + 0j, (1 + 1j) in [1 + 1j])
print(format(a, ".2f"), format(a, ">12"), f"{a:+}", f"{a:g}", "%s %r" % (a, a), f"{1 / 3 + 2j:.3e}", format(a))
print(cmath.sqrt(-4), cmath.exp(1j * cmath.pi).real, cmath.phase(1j), cmath.polar(3 + 4j)[0], cmath.rect(1, 0), cmath.isnan(complex("nan")), cmath.log(1j).imag, cmath.isclose(1j, 1.0000000001j))
print(sum([1j, 2, 3.5]), (1 + 2j).__add__(1), (1j).__eq__(1), (2j) * (2j), 2 * 1j, 1j * 2.5, 1j - 1, 1.5 - 1j, 2 ** 1j == (2 + 0j) ** 1j, pow(1j, 2))


class C:
    def __complex__(self): return 1 + 1j


class Sub(complex): pass


print(complex(C()), Sub(1, 2) + 1, type(Sub(1) + 1).__name__, repr(Sub(1)), Sub(2).conjugate())
