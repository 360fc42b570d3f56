# Integers at the edges of what compiled code does not check: immediate integers end at 2**61, machine integers at 2**63.

EDGES = [0, 1, 2, 7, 2**31, 2**60, 2**61 - 2, 2**61 - 1, 2**61, 2**61 + 1, 2**62, 2**63 - 1, 2**63, 2**64]
EDGES += [-e for e in EDGES[1:]]
TURNS = 60


def show(label, *got):
    print(label, *got)


# Numbers of a range near the edges: stored, added to, multiplied.
def stored(start, stop, step):
    a = [None] * 4
    total = 0
    for i in range(start, stop, step):
        a[i & 3] = i
        total += i + 1
        total -= a[i & 3] - 1
        total += i * 2 - i
    return a, total


for start, stop, step in [
    (0, 100, 1), (-50, 50, 1), (100, -100, -3), (2**61 - 80, 2**61, 1), (-(2**61) + 80, -(2**61) - 1, -1),
    (2**61 - 40, 2**61 + 40, 1), (2**62, 2**62 + 80, 1), (2**63 - 80, 2**63, 1), (2**63 - 40, 2**63 + 40, 1),
    (-(2**63), -(2**63) + 80, 1), (0, 2**61 - 1, 2**55), (0, 2**62, 2**56), (-(2**61), 2**61, 2**56),
]:
    show("stored", start, *stored(start, stop, step))


# Counters that start anywhere.
def counted(i, n, step):
    turns = 0
    while i < n:
        i += step
        turns += 1
    return i, turns


for e in EDGES:
    show("counted", e, counted(e - 50, e, 1), counted(e - 101, e + 3, 2))


def down(i, n):
    turns = 0
    while i > n:
        i -= 1
        turns += 1
    return i, turns


for e in EDGES:
    show("down", e, down(e + 50, e))


# Sums that grow over every edge.
def doubled(x, n):
    for _ in range(n):
        x = x * 2
    return x


def squared(x, n):
    for _ in range(n):
        x = x * x % 1000003 + x
    return x


show("doubled", doubled(1, 80), doubled(-1, 80), doubled(3, 80), squared(12345, 70), squared(-12345, 70))


def negated(x, n):
    for _ in range(n):
        x = -x
    return x


show("negated", [negated(e, 51) for e in EDGES])


# Quotients and remainders by constants, with the sign of the divisor.
def divided(x, n):
    out = 0
    for i in range(n):
        y = x + i
        out ^= y // 2 ^ y // 3 ^ y // 7 ^ y // 8 ^ y // 10 ^ y // 1000003 ^ y // -5 ^ y // -8
        out ^= y % 2 ^ y % 3 ^ y % 7 ^ y % 8 ^ y % 10 ^ y % 1000003 ^ y % -5 ^ y % -8
    return out


def each(x, n):
    out = []
    for i in range(n):
        y = x - i
        if i == n - 1:
            out += [y // 3, y % 3, y // 16, y % 16, y // 10**9, y % 10**9, y // -7, y % -7, y // 1, y % 1]
        else:
            y // 3, y % 3, y // 16, y % 16, y // 10**9, y % 10**9, y // -7, y % -7, y // 1, y % 1
    return out


for e in EDGES:
    show("divided", e, divided(e, TURNS), each(e, TURNS))


def by_any(xs, ds):
    out = 0
    for x in xs:
        for d in ds:
            out = (out * 31 + x // d * 7 + x % d) % (2**61 - 1)
    return out


show("by any", by_any(list(range(-40, 40)), [1, -1, 2, -2, 3, -3, 64, -64]))
try:
    by_any(list(range(-40, 40)), [1, 5, 0])
except ZeroDivisionError as e:
    show("by zero", e)


# Bits.
def bits(x, n):
    out = 0
    for i in range(n):
        y = x + i
        out = (out + (y & 255) + (y | 1) + (y ^ 5) + (y >> 3) + (y >> 62) + (y & -2) + (~y & 7)) & (2**80 - 1)
    return out


def shifted(x, n):
    for i in range(n):
        y = x << (i % 40)
        z = y >> (i % 40)
        if z != x:
            return i, y
    return y, z


for e in EDGES:
    show("bits", e, bits(e, TURNS), shifted(e, TURNS))


# Indexes: both ends, neighbours, and lists that shrink while they are walked.
def neighbours(a):
    total = 0
    i = 0
    n = len(a)
    while i + 1 < n:
        total += a[i] * a[i + 1]
        i += 1
    return total


def backwards(a):
    total = 0
    i = len(a) - 1
    while i >= 0:
        total = total * 3 + a[i]
        i -= 1
    return total % 1000007


def from_the_end(a):
    total = 0
    i = -1
    while i >= -len(a):
        total = total * 3 + a[i]
        i -= 1
    return total % 1000007


def beyond(a, n):
    total = 0
    try:
        for i in range(n):
            total += a[i]
    except IndexError as e:
        return total, str(e)
    return total


def shrinking(a):
    seen = []
    i = 0
    try:
        while i < 1000:
            seen.append(a[i])
            if i % 3 == 2:
                a.pop()
            i += 1
    except IndexError:
        return len(seen), sum(seen)


def shrinking_with_limit(a):
    n = len(a)
    total = 0
    i = 0
    try:
        while i < n:
            if i == n // 2:
                del a[i:]
            total += a[i]
            i += 1
    except IndexError:
        return i, total


many = list(range(100))
show("indexes", neighbours(many), backwards(many), from_the_end(many), beyond(many, 100), beyond(many, 150))
show("shrinking", shrinking(list(range(100))), shrinking_with_limit(list(range(100))))


# Comparisons whose outcome changes late.
def late(n, k):
    out = []
    for i in range(n):
        if i < k:
            x = 1
        elif i == k:
            x = 2
        else:
            x = 3
        if i >= k and i != k and x != 3:
            out.append("wrong")
        out.append(x)
    return sum(out)


show("late", late(200, 150), late(200, 0), late(200, 199), late(200, -1))


# Floats: by powers of two, and at the edges of the exponent.
def halves(x, n):
    out = []
    for _ in range(n):
        x = x / 2.0
        y = x / 0.5 / 1024.0 / -4.0
        z = x / 3.0
    return x, y, z, x / 5e-324 if x < 1 else x / 1e308


for x in [1.0, -3.5, 5e-324, 1.7e308, 2.0**-1000, float("inf"), float("nan"), -0.0]:
    show("halves", *halves(x, TURNS))
