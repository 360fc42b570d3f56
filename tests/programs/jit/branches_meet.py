# Branches whose sides meet again: many ways through one loop, and what differs between them afterwards.


class Stream:
    """Numbers that look random and are the same everywhere."""

    def __init__(self, seed):
        self.state = seed

    def bit(self):
        self.state = (self.state * 1103515245 + 12345) % 2147483648
        return self.state >> 16 & 1


def independent(a, b, c, d, e, f):
    n = 0
    if a is None:
        n += 1
    if b is None:
        n += 2
    if c is None:
        n += 4
    if d is None:
        n += 8
    if e is None:
        n += 16
    if f is None:
        n += 32
    return n


def early(x, y):
    # Both sides return: they meet in the caller.
    if x > y:
        return x - y
    if x == y:
        return None
    return [x, y]


def kinds(x, flag):
    # The sides leave an integer, a float, a string, nothing.
    if flag == 0:
        v = x
    elif flag == 1:
        v = x + 0.5
    elif flag == 2:
        v = str(x)
    else:
        v = None
    return v


class Point:
    def __init__(self, x):
        self.x = x
        self.steps = []

    def move(self, up):
        if up:
            self.x += 1
        else:
            self.x -= 1
        if self.x % 3 == 0:
            self.steps.append(self.x)
            if len(self.steps) > 5:
                self.steps = []
        return self


def run(turns):
    s = Stream(5)
    rows = [[None if s.bit() else 1 for _ in range(6)] for _ in range(turns)]
    total = 0
    for a, b, c, d, e, f in rows:
        total += independent(a, b, c, d, e, f)
    print(total)
    out = 0
    for i, row in enumerate(rows):
        r = early(i % 3, 1 if row[0] is None else 2)
        if r is None:
            out += 1
        elif isinstance(r, list):
            out += r[0] * 10 + r[1]
        else:
            out += 100 * r
    print(out)
    seen = {}
    for i, row in enumerate(rows):
        k = 0
        if row[0] is None:
            k += 1
        if row[1] is None:
            k += 2
        v = kinds(i % 5, k)
        if row[2] is None:
            v = (v, i % 2)
        seen[v] = seen.get(v, 0) + 1
    print(sorted(seen.items(), key=repr))
    p = Point(0)
    for row in rows:
        p.move(row[0] is None)
        if row[1] is None:
            p.move(row[2] is None)
        if row[3] is None:
            continue
        if row[4] is None and row[5] is None:
            p.x += 2
    print(p.x, p.steps)


def raising(turns):
    s = Stream(11)
    caught = passed = 0
    values = [s.bit() for _ in range(3 * turns)]
    for i in range(turns):
        x = y = 0
        try:
            if values[3 * i]:
                x = 1
            if values[3 * i + 1]:
                y = 1
            if values[3 * i + 2]:
                passed += 10 // (x + y)
            else:
                passed += 1
        except ZeroDivisionError:
            caught += 1
    print(caught, passed)


def growing(turns):
    # A register is a small integer on one side for long, and then one that is not.
    s = Stream(3)
    small, large, number = 1, 1, 0
    for i in range(turns):
        if s.bit():
            large = large * 3 + 1
        else:
            small = -small
        if s.bit():
            number += small
        if s.bit():
            number = number + 0.5 if i > turns // 2 else number + 1
        if large > 10**30:
            large = 2
    print(small, large, number)


run(600)
raising(600)
growing(900)


# What a side takes for constant changes while the region runs.
bonus = 1


def uses(a, b, c):
    n = 0
    if a:
        n += bonus
    if b:
        n += len("ab")
    if c:
        n -= bonus
    return n


def rebinding(turns):
    global bonus, len
    s = Stream(21)
    total = 0
    for i in range(turns):
        total += uses(s.bit(), s.bit(), s.bit())
        if i == turns // 2:
            bonus = 1000
        if i == turns * 3 // 4:
            len = lambda x: 50
    del len
    print(total)


rebinding(1200)
