"""Big integers: school arithmetic against identities, huge powers, gcd, isqrt, conversions."""
import math
a = 0x123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
b = 10 ** 40 + 7
print(a * b, a * a, (a + b) ** 2 - a * a - 2 * a * b - b * b, a // b, b // a, a % b, -a // b, -a % b, a // -b, a % -b, divmod(-a, -b))
print(a & b, a | b, a ^ b, ~a, a & -b, -a | b, -a ^ -b, a >> 64, a << 7, -a >> 64, -a >> 1000, (a >> 64) << 64 | a & (2 ** 64 - 1) == a)
f = [1]
for i in range(1, 101):
    f.append(f[-1] * i)
print(f[100], f[100] // f[98], f[50] % 53 == 52 % 53 or f[52] % 53, math.factorial(100) == f[100], math.comb(100, 50) == f[100] // f[50] ** 2, math.perm(10, 3))
fib = [0, 1]
while len(fib) < 500:
    fib.append(fib[-1] + fib[-2])
print(fib[300], fib[499] % 10 ** 20, fib[100] * fib[102] - fib[101] ** 2, math.gcd(fib[120], fib[90]) == fib[30], math.gcd(0, 0), math.gcd(12, 18, 27), math.lcm(4, 6, 10), math.gcd(-a, b))
for bits in (64, 128, 1000, 5000, 20000):
    m = 2 ** bits - 1
    n = 3 ** (bits // 2)
    assert (m * n) // n == m and (m * n) % n == 0 and (m + n) * (m - n) == m * m - n * n
    assert m // n * n + m % n == m and (-m) // n == -((m + n - 1) // n)
    assert int(str(m if bits < 10000 else 5)) == (m if bits < 10000 else 5) and int(hex(n), 16) == n and int(bin(m), 2) == m
    root = math.isqrt(n)
    assert root * root <= n < (root + 1) ** 2
    assert pow(n, 3, m) == n * n * n % m
    print(bits, m.bit_length(), n.bit_length(), n.bit_count(), (m * n) % 1000000007, (n >> (bits // 3)) % 9973, (m ^ n) % 9973, hash(n))
print(pow(a, b, 10 ** 9 + 7), pow(7, -1, 10 ** 9 + 7), pow(b, a % 1000, a) % 1000, 2 ** 521 % (2 ** 127 - 1), math.isqrt(10 ** 60), math.isqrt(0))
print(a / b, b / a, 10 ** 300 / 10 ** 299, (10 ** 400) / (10 ** 399), float(a), int(1e25), int(-1.5e30), a == float(a), 2 ** 64 == float(2 ** 64), 2 ** 64 + 1 > float(2 ** 64), 10 ** 25 > 1e25, 2 ** 1024 > float("inf"), -(2 ** 1024) < -1e308)
for src in ("float(2 ** 1024)", "2 ** 1024 * 1.0", "math.sqrt(10 ** 400)", "1.0 + 2 ** 2000", "int(float('inf'))", "math.factorial(-1)", "math.isqrt(-1)", "math.comb(5, -1)", "1 << (1 << 70)", "math.factorial(2.5)", "math.gcd(1.5)", "round(10 ** 400 / 1)"):
    try:
        print(src, eval(src))
    except (OverflowError, ValueError, TypeError, MemoryError) as e:
        print(src, type(e).__name__, e)
print(math.log2(2 ** 3000), math.log10(10 ** 500), math.log(2 ** 5000), round(math.log(10 ** 1000, 10), 6), round(a, -40), round(-b, -39), a.as_integer_ratio()[1], (2 ** 200).to_bytes(26, "big").hex(), int.from_bytes(b"\xff" * 20, "little", signed=True), int.from_bytes(bytes(range(20)), "little"))
print(f"{a:,}", f"{b:_}", f"{a:x}", f"{b:#X}", f"{b:e}", f"{b:.3f}", f"{b:>50}", f"{-b:+050d}", "%d %x %o" % (a, b, a), f"{2 ** 70:b}")
x = y = 2 ** 62
for i in range(5):
    x, y = x + y, x - 1
    print(x, y, x > y, x.bit_length())
s = 0
for i in range(200):
    s = s * 31 + i
    if i % 50 == 49:
        print(s % 2 ** 64, s.bit_length())
print(sorted([2 ** 70, -(2 ** 70), 2 ** 69, 0, 5, -5]), max(2 ** 70, 2 ** 70 + 1) - 2 ** 70, 2 ** 70 in {2 ** 70}, {2 ** 70: 1}[1 << 70], 2 ** 70 is None, sum([2 ** 62] * 10), abs(-(2 ** 63)), -(-(2 ** 63)))
