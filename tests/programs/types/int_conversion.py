"""int(): parsing, bases, other types, the digits limit, printing in every base."""
import sys
for text, base in (("12", 10), ("-0x1F", 16), ("0b101", 0), ("0o17", 0), ("z", 36), (" 42 \n", 10), ("1_000", 10), ("+7", 10), ("٣٤", 10),
                   ("1__0", 10), ("_1", 10), ("1_", 10), ("", 10), ("0x", 16), ("12", 2), ("08", 0), ("0", 0), ("9", 9), ("- 1", 10),
                   ("1.5", 10), ("0b12", 0), ("abc", 16), ("\x001", 10), ("é", 10), ("1" * 50, 7)):
    try:
        print(repr(text), base, int(text, base))
    except ValueError as e:
        print(e)
print(int(), int(3.99), int(-3.99), int(1e20), int("12"), int(b"12"), int(bytearray(b" 7 ")), int(True))
for v in (float("inf"), float("nan"), None, [], "1.0", b"x", 1j, ("12", 1), ("12", 37), (12, 10)):
    try:
        print(int(*v) if isinstance(v, tuple) else int(v))
    except (ValueError, TypeError, OverflowError) as e:
        print(type(e).__name__, e)


class I:
    def __index__(self): return 5
class N:
    def __int__(self): return 6
class B:
    def __int__(self): return "6"
class T:
    def __trunc__(self): return 8


print(int(I()), int(N()), int("11", I()))
for c in (B, object):
    try:
        int(c())
    except TypeError as e:
        print(e)
print(bin(10), oct(-64), hex(255), hex(-(2 ** 70)), bin(-1), bin(0), hex(10 ** 30), oct(2 ** 64))
for spec in ("", "d", "b", "o", "x", "X", "#x", "#b", "#o", "#X", "c", "n", "e", "f", "g", "%", ",", "_", "_x", "_b", "+d", " d", "08d", "<8", ">8",
             "^8", "*^9d", "=+8", "-8", "#010x", "08,", "+,.2f", ".3e", "012_b"):
    print(repr(spec), repr(format(1234, spec)), repr(format(-77, spec)) if spec != "c" else "")
print(str(10 ** 50), repr(-(10 ** 20)), str(2 ** 300), len(str(3 ** 5000)), int("123456789" * 30) % 10 ** 9)
big = 7 ** 3000
print(int(str(big)) == big, hash(big) == hash(int(str(big))), str(big)[:20], str(big)[-20:])
print(sys.get_int_max_str_digits(), sys.int_info.default_max_str_digits)
try:
    int("1" * 5000)
except ValueError as e:
    print(e)
try:
    str(10 ** 5000)
except ValueError as e:
    print(e)
print(len(hex(10 ** 5000)), int("f" * 5000, 16).bit_length())
sys.set_int_max_str_digits(0)
print(len(str(10 ** 5000)))
print(int("1" * 4301) % 9)
print(repr(True), str(False), f"{True}", True + 1, int.__repr__(True), "%d" % True, format(True, "d"), [10, 20][True])
class Sub(int):
    def __repr__(self): return "Sub!"
print(Sub(5), repr(Sub(5)), Sub(5) + 1, type(Sub(5) + 1).__name__, int(Sub(5)).__class__.__name__, f"{Sub(5)}", "%d %s %r" % (Sub(5), Sub(5), Sub(5)))
print((1).__add__(2), (1).__add__("a"), (1).__radd__(2), (7).__divmod__(2), (2).__pow__(3, 5), (1).__lt__(2), (1).__eq__("1"), (5).__bool__())
