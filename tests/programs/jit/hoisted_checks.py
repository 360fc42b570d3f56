# Checks of indexes that are made ahead of a loop, and what turns of the loop find when they were too early.


def total(a, n):
    s = 0
    for i in range(n):
        s += a[i]
    return s


def steps(a, start, stop, step):
    s = 0
    for i in range(start, stop, step):
        s += a[i] * 3 + a[i - 1]
    return s


def smooth(a, b):
    for j in range(1, len(a) - 1):
        b[j] = a[j - 1] + a[j + 1] - a[j]
    return sum(b)


def downward(a, i):
    s = 0
    while i >= 0:
        s = s * 3 % 1009 + a[i]
        i -= 1
    return s


def upward(a, i, n):
    s = 0
    while i < n:
        s = s * 3 % 1009 + a[i]
        i += 2
    return s


def scaled(a, n):
    s = 0
    for i in range(n):
        s += a[2 * i] - a[2 * i + 1] + a[n - i]
    return s


def leaves_early(a, n):
    # The range is longer than the list: what is checked ahead never holds.
    s = 0
    for i in range(n):
        if i >= len(a):
            break
        s += a[i]
    return s


def grows(a, n):
    for i in range(n):
        if a[i] > 5:
            a.append(i)
    return len(a)


def shrinks(a, n):
    s = 0
    for i in range(n):
        s += a[i]
        if i == 700:
            del a[800:]
    return s


def outcome(f, *args):
    try:
        return f(*args)
    except IndexError as e:
        return f"{type(e).__name__}: {e}"


a = [k * k % 97 for k in range(1000)]
for turn in range(40):
    n = 1000 if turn % 7 else 3
    results = [
        outcome(total, a, n),
        outcome(total, a, 1001 if turn > 30 else n),
        outcome(steps, a, 1, 1000, 1),
        outcome(steps, a, 0, 1000, turn % 3 + 1),
        outcome(steps, a, 999, -1, -1),
        outcome(steps, a, 999, -2000, -7),
        outcome(steps, a, 990, 1010, 1),
        outcome(smooth, a, [0] * n if n > 3 else [0] * 1000),
        outcome(downward, a, 999),
        outcome(downward, a, 1000),
        outcome(upward, a, 0, 1000),
        outcome(upward, a, 1, 1001),
        outcome(upward, a, -5, 1000),
        outcome(upward, a, 0, 1002),
        outcome(scaled, a, 400),
        outcome(scaled, a, 501),
        outcome(leaves_early, a, 5000),
        outcome(grows, a[:100], 100),
        outcome(shrinks, a[:], 1000),
        outcome(shrinks, a[:], 800),
    ]
    if turn in (0, 1, 8, 15, 31, 39):
        print(turn, results)

# Very large steps and starts: what is computed ahead would overflow.
big = 2**60


def wide(a, start, step, n):
    s = 0
    for i in range(start, start + step * n, step):
        s += a[i - start & 7] + a[(i - start) // step]
    return s


for start, step in ((0, 1), (-big, 3), (big, big // 512), (2**62, 2**55), (-(2**63), 2**54), (2**63 - 600, 1)):
    print(start, step, [outcome(wide, a, start, step, 500) for _ in range(3)])


# Places that a turn writes and the next one reads.
class Counter:
    def __init__(self):
        self.n = 0
        self.other = None


def count(c, d, n):
    for i in range(n):
        c.n += 1
        d.n += 2
        if c.n % 100 == 0:
            d.other = c.n
    return c.n, d.n, d.other


def swap(c, d, n):
    # The two change places from turn to turn.
    for i in range(n):
        c.n += i
        d.n -= c.n
        c, d = d, c
    return c.n, d.n


class Watching(Counter):
    def __init__(self):
        self.seen = []
        super().__init__()

    @property
    def n(self):
        return len(self.seen)

    @n.setter
    def n(self, value):
        self.seen.append(value)


for turn in range(5):
    c = Counter()
    print(count(c, Counter(), 500), count(c, c, 500), swap(Counter(), Counter(), 300), swap(c, c, 200))
    c.n = 2**61
    print(count(c, Counter(), 300))
    c.n = 0.5
    print(count(c, Counter(), 300), count(Counter(), Watching(), 200))
