"""sort and sorted: stability, keys, reverse, errors, changes during the sort."""
import functools
import random
words = "the quick brown fox jumps over the lazy dog Apple apple".split()
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len), sorted(words, key=len, reverse=True), sorted(words, key=lambda w: (len(w), w)))
pairs = [(i % 3, i) for i in range(12)]
print(sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[0], reverse=True))
calls = []
sorted([3, 1, 2], key=lambda v: calls.append(v) or v)
print(calls)
print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)), sorted("hello"), sorted({"b": 1, "a": 2}), sorted([True, 0, 2.5, -1]), sorted([]), sorted([(2, "b"), (1, "z"), (2, "a")]))
rng = random.Random(42)
for size in (10, 33, 64, 100, 1000, 3000):
    for kind in ("random", "few", "up", "down", "runs", "strings", "floats"):
        data = {"random": lambda: [rng.randrange(size * 10) for _ in range(size)], "few": lambda: [rng.randrange(4) for _ in range(size)],
                "up": lambda: list(range(size)), "down": lambda: list(range(size, 0, -1)), "runs": lambda: [(i * 7) % 50 + i // 20 for i in range(size)],
                "strings": lambda: [str(rng.randrange(size)) for _ in range(size)], "floats": lambda: [rng.random() - 0.5 for _ in range(size)]}[kind]()
        tagged = [(v, i) for i, v in enumerate(data)]
        by_value = sorted(tagged, key=lambda t: t[0])
        assert by_value == sorted(tagged), (size, kind)
        backwards = sorted(tagged, key=lambda t: t[0], reverse=True)
        assert all(x[0] > y[0] or (x[0] == y[0] and x[1] < y[1]) for x, y in zip(backwards, backwards[1:])), (size, kind)
        copy = data[:]
        copy.sort()
        assert [v for v, _ in by_value] == copy


class Lt:
    count = 0

    def __init__(self, v): self.v = v
    def __repr__(self): return f"L{self.v}"

    def __lt__(self, o):
        Lt.count += 1
        return self.v < o.v


print(sorted([Lt(3), Lt(1), Lt(2)]), Lt.count, max([Lt(1), Lt(5)]), min(Lt(4), Lt(2)))
print(max([1, 3, 2], key=lambda v: -v), max("a", "bb", key=len), min([], default="d"), max({"x": 1, "y": 2}, key=lambda k: k), max(3, 1.5, True), min((2, 1), (2, 0)))
for src in ("sorted([1, 'a'])", "sorted([None, 1])", "max([])", "min()", "max(1)", "sorted([1], key=5)", "sorted(5)", "sorted([1, 2], key=lambda: 1)", "sorted([1j, 2j])", "max(1, 2, default=3)", "[1].sort(key=1, foo=2)", "sorted([{}, {}])", "min([1, 'a'])"):
    try:
        print(src, eval(src))
    except (TypeError, ValueError) as e:
        print(src, type(e).__name__, e)
lst = [3, 2, 1]


def changes(v):
    lst.append(0)
    return v


try:
    lst.sort(key=changes)
except ValueError as e:
    print(e)
seen = []
lst = [2, 1]
lst.sort(key=lambda v: seen.append(list(lst)) or v)
print(seen, lst)


class Raises:
    def __lt__(self, o):
        raise RuntimeError("in lt")


data = [Raises(), Raises(), Raises()]
same = data[:]
try:
    data.sort()
except RuntimeError as e:
    print(e, data == same)


def key_fails(v):
    if v == 2:
        raise KeyError(v)
    return v


data = [3, 2, 1]
try:
    data.sort(key=key_fails)
except KeyError as e:
    print(repr(e), data)
nan = float("nan")
print(len(sorted([3, nan, 1, nan, 2])), sorted([1, 1.0, True]), sorted([2 ** 70, 1, -2 ** 70, 5]), sorted(["b", "é", "a", "日"]), sorted([b"b", b"a"]), sorted([[2], [1, 5], [1]]), sorted([(1, 2), (1,), ()]))
a = list("cab")
print(a.sort(), a, a.sort(reverse=True), a, sorted(a, reverse=False), list(reversed(sorted(a))))
