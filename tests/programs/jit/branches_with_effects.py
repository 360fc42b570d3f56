# Branches whose sides store, call and make objects before they meet again.


class Stream:
    """Numbers that look random and are the same everywhere."""

    def __init__(self, seed):
        self.state = seed

    def bit(self):
        self.state = (self.state * 1103515245 + 12345) % 2147483648
        return self.state >> 16 & 1


class Cell:
    def __init__(self, value):
        self.value = value
        self.other = None


class Slotted:
    __slots__ = ("value", "count")

    def __init__(self):
        self.value = 0
        self.count = 0


STREAM = Stream(77)
BITS = [[STREAM.bit() for _ in range(8)] for _ in range(700)]


def attributes():
    # What one side stored is not what the other one knew.
    c = Cell(1)
    s = Slotted()
    seen = 0
    for a, b, d, e, *_ in BITS:
        before = c.value
        if a:
            c.value = before + 1
        if b:
            s.value = c.value
        else:
            s.count += 1
        if d:
            c.value = s.value
            seen += c.value - before
        if e:
            c.other = s
        else:
            c.other = c
        if c.other is s:
            seen += c.other.count
        seen += c.value + s.value
    print(c.value, s.value, s.count, seen)


def lists():
    items, other, total = [0], [], 0
    for k, (a, b, d, e, *_) in enumerate(BITS):
        last = items[-1]
        if a:
            items.append(k)
        if b:
            other.append(last)
            other[0] = k
        elif len(items) > 3:
            items.pop()
        if d and other:
            items[0] = other[-1]
        if e:
            total += items[0] + len(items) * 3 - len(other)
        total += last
    print(items[:5], len(items), other[:5], len(other), total)


def dicts():
    d = {}
    hits = 0
    for k, (a, b, c, e, *_) in enumerate(BITS):
        key = k % 37
        if a:
            d[key] = d.get(key, 0) + k
        if b and key in d:
            hits += d[key]
            del d[key]
        if c:
            d["last"] = key
        if e or "last" not in d:
            hits += 1
        else:
            hits += d["last"]
    print(sorted(d.items(), key=str)[:8], len(d), hits)


def objects():
    # Made before the branch, changed on one side, got out on the other, and needed after it.
    kept = []
    total = 0.0
    for k, (a, b, d, *_) in enumerate(BITS):
        p = Cell(k)
        q = Cell(p)
        if a:
            p.value = k + 0.5
        if b:
            q = Cell(p)
            q.other = p
        if d:
            kept.append(p)
            if len(kept) > 20:
                kept = [q]
        else:
            p.other = q
        p.value += 1
        total += q.value.value
        if p.other is not None:
            total += p.other.value is p
    print(total, len(kept), kept[1].value, kept[0].value.value)


def collected(turns):
    # Objects from before a branch that makes many others: what is stored into them later must stay.
    ring = []
    for k in range(turns):
        c = Cell([k])
        if BITS[k % 700][0]:
            ring.append([Cell([j]) for j in range(60)])
        if BITS[k % 700][1]:
            c.other = (k, [k + 1])
        ring.append(c)
        if len(ring) > 40:
            ring = ring[20:]
    print(sum(c.value[0] + (c.other[1][0] if c.other else 0) for c in ring if isinstance(c, Cell)))


def short(rows):
    # Chains of conditions, and turns that end early.
    n = calls = 0

    def odd(x):
        nonlocal calls
        calls += 1
        return x & 1

    for k, (a, b, d, e, f, *_) in enumerate(rows):
        if a and odd(k) or b and not odd(k // 2):
            n += 1
        if d:
            n += 2
            if e:
                continue
            n += 4
        if not (e or f):
            continue
        n += 8
        x = a and k or b
        y = None if d else n
        if x is not None and y is not None and x < y:
            n -= 1
    print(n, calls)


def text(rows):
    out = []
    word = ""
    for k, (a, b, d, *_) in enumerate(rows):
        if a:
            word += "a"
        if b:
            word = word + str(k % 10)
        if d and len(word) > 6:
            out.append(word.upper())
            word = ""
    print(len(out), "".join(out)[-30:], word)


def failing(rows):
    # A side that raises: the line and what was stored before are right.
    c = Cell(0)
    lines = {}
    for k, (a, b, d, *_) in enumerate(rows):
        try:
            if a:
                c.value += 1
                c.value = [c.value][b and k % 50 == 0]
            if b:
                c.other = {}[k] if k % 61 == 0 else k
            if d:
                c.value += 3
                int("1" if k % 53 else "x")
        except (IndexError, KeyError, ValueError) as err:
            at = (type(err).__name__, err.__traceback__.tb_lineno - failing.__code__.co_firstlineno)
            lines[at] = lines.get(at, 0) + 1
    print(c.value, c.other, lines)


def types(rows):
    # Later a side meets other types, larger numbers, another class.
    c = Cell(0)
    n = 0
    for turn in range(3):
        if turn == 1:
            c.value = 2**61 - 300
        if turn == 2:
            c = Slotted()
            c.value = 0.25
        for a, b, d, *_ in rows:
            if a:
                c.value += 1
            if b:
                c.value = c.value + d
            else:
                n += c.value > 100
        print(c.value, n)


for _ in range(2):
    attributes()
    lists()
    dicts()
    objects()
    short(BITS)
    text(BITS)
    failing(BITS)
    types(BITS)
collected(2000)
