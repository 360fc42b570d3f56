"""Integers: arithmetic around word boundaries, division, shifts, bit operations, pow."""
EDGES = [0, 1, -1, 2, -2, 7, -7, 2 ** 29, 2 ** 30 - 1, -(2 ** 30), 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 60, 2 ** 61 - 1,
         2 ** 61, -(2 ** 61), -(2 ** 61) - 1, 2 ** 62, 2 ** 63 - 1, 2 ** 63, -(2 ** 63), -(2 ** 63) - 1, 2 ** 64, 2 ** 64 + 1, -(2 ** 64),
         10 ** 30, -(10 ** 30)]
for a in EDGES:
    row = []
    for b in (1, -1, 3, 2 ** 30, 2 ** 62 - 1, -(2 ** 63), 10 ** 25):
        row.append((a + b, a - b, a * b))
        assert (a // b) * b + a % b == a and divmod(a, b) == (a // b, a % b)
    print(a, hash(tuple(row)) == hash(tuple(row)), row[1][0], row[4][2], row[5][1])
print([a & 0xFF for a in EDGES][:8], [a | 1 for a in EDGES][-4:], [a ^ -1 for a in EDGES][-3:])
print([~a for a in EDGES[:7]], [a >> 3 for a in EDGES[5:12]], [a << 3 for a in EDGES[-4:]], -1 >> 100, 1 << 70)
for a, b in ((7, 2), (-7, 2), (7, -2), (-7, -2), (2 ** 64, -3), (-(2 ** 64), 3), (-1, 2 ** 64), (1, -(2 ** 64)), (6, 3), (-6, 3)):
    print(a, b, a // b, a % b, divmod(a, b), a / b)
print(pow(3, 200), pow(3, 200, 1000007), pow(-3, 3, 7), pow(3, -1, 7), pow(2, 10, -7), pow(0, 0), pow(5, 0, 1), (-2) ** 63)
for src in ("1 // 0", "1 % 0", "1 / 0", "divmod(1, 0)", "pow(2, -1, 4)", "pow(2, 3, 0)", "1 << -1", "1 >> -1", "0 ** -1", "2 ** 70 / 0",
            "pow(2.0, 3, 5)", "10 ** 400 / 1.0", "int('a')", "10 ** 400 / 3"):
    try:
        print(src, eval(src))
    except (ZeroDivisionError, ValueError, TypeError, OverflowError) as e:
        print(src, type(e).__name__, e)
print(2 ** -2, (-8) ** (1 / 3), 4 ** 0.5, 2 ** 1000 / 2 ** 999, 10 ** 20 / 3, 2 ** 53 + 1, float(2 ** 53 + 1))
n = 1
for i in range(1, 60):
    n *= i
print(n, n.bit_length(), n.bit_count(), str(n)[::-1][:10], n % 61, -n // 10 ** 70)
print((255).to_bytes(2, "big"), (-2).to_bytes(3, "little", signed=True), int.from_bytes(b"\xff\x00", "big"), int.from_bytes(b"\xfe\xff", "little", signed=True))
for call in (lambda: (256).to_bytes(1), lambda: (-1).to_bytes(1), lambda: (1).to_bytes(-1), lambda: (1).to_bytes(2, "middle")):
    try:
        print(call())
    except (OverflowError, ValueError) as e:
        print(type(e).__name__, e)
print((6).as_integer_ratio(), (5).conjugate(), (5).real, (5).imag, (5).numerator, (5).denominator, (12).is_integer(), int(True) + True)
print(round(1234, -2), round(1250, -2), round(1350, -2), round(-15, -1), round(5), round(2 ** 70 + 1, -20), round(55, -3))
x = 2 ** 62 - 1
for _ in range(3):
    x += 1
    print(x, -x, x * x)
s = 0
for i in range(100):
    s += i << i
print(s, s >> 90, s & (2 ** 64 - 1))
