# `for a, b in ...` over iterators that give pairs, and calls of builtins with arguments left out.


def pairs(it):
    out = []
    for a, b in it:
        out.append((a, b))
    return out


def whole(it):
    out = []
    for t in it:
        a, b = t
        out.append((t, a, b))
    return out


def nested(it):
    return [(a, b, c) for a, (b, c) in it]


class Two:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 2:
            raise StopIteration
        return self.n, -self.n


d = {"x": 1, "y": 2, 3: None}
for _ in range(3):
    for make in (
        lambda: enumerate("ab"),
        lambda: enumerate(["q"], 2**61 - 1),
        lambda: zip([1, 2, 3], "xy"),
        lambda: d.items(),
        lambda: reversed(d.items()),
        lambda: Two(),
        lambda: [(1, 2), [3, 4], "56"],
        lambda: map(lambda x: (x, x), range(2)),
        lambda: ((i, i) for i in range(2)),
        lambda: zip(),
    ):
        print(pairs(make()), whole(make()))
    print(nested(enumerate(zip("ab", "cd"))), nested(zip("ab", enumerate("cd"))))

for it in (zip("abc"), zip("a", "b", "c"), enumerate([]), zip([], [1])):
    try:
        print(pairs(it))
    except ValueError as e:
        print(e)

for it in (zip("a", "bc", strict=True), zip("ab", "c", strict=True), zip("ab", "cd", strict=True)):
    try:
        print(pairs(it))
    except ValueError as e:
        print(e)


def changes(d):
    seen = []
    try:
        for k, v in d.items():
            seen.append(k)
            d[k * 10] = v
    except RuntimeError as e:
        seen.append(str(e))
    return seen


print(changes({1: 2, 3: 4}))


def broken():
    yield 1
    raise KeyError("inside")


try:
    pairs(enumerate(broken()))
except KeyError as e:
    print("KeyError", e)
it = zip(broken(), [1, 2])
try:
    for a, b in it:
        print(a, b)
except KeyError as e:
    print("KeyError", e, a, b)


class Sub(enumerate):
    def __next__(self):
        return "yz"


print([a + b for a, b in zip(Sub([]), range(0)) or []])
for a, b in Sub([1]):
    print(a, b)
    break

# Arguments left out and given by name.
print(sorted([3, 1, 2]), sorted([3, 1], reverse=True), [2, 1].sort() is None, max(1, 2, 3), max([4, 5]), min([], default=7))
print("a-b-c".split("-", 1), "a b".split(), "a-b-c".rsplit(sep="-", maxsplit=1), int("ff", base=16), round(2.567, ndigits=2))
for call in (
    lambda: sorted(),
    lambda: sorted([1], lambda x: x),
    lambda: sorted([1], wrong=1),
    lambda: "a".split(wrong=1),
    lambda: "a".split("b", 1, 2),
    lambda: "a".split("b", sep="c"),
    lambda: max(),
    lambda: len(),
    lambda: len(1, 2),
    lambda: len(obj=[]),
    lambda: set(1, 2),
    lambda: type(),
    lambda: type(1, 2),
):
    try:
        print(call())
    except TypeError as e:
        print(e)
print(set(), set("aab") == {"a", "b"}, set([1, 1, 2]), set((3,)), type(1), type(None))


# Comparison by identity, and what changes it.
class Plain:
    pass


a, b = Plain(), Plain()
print(a == b, a != b, a == a, a != a, a == None, None != a, [a].index(a), a in [b, a])
Plain.__eq__ = lambda self, other: True
print(a == b, a != b, None == a)
Plain.__ne__ = lambda self, other: "ne"
print(a != b, None != a)
del Plain.__eq__, Plain.__ne__
print(a == b, a != b)
