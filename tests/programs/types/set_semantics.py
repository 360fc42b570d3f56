"""Sets and frozensets: algebra, methods, comparisons, errors."""


def show(s):
    return "{" + ", ".join(sorted(map(repr, s))) + "}" if s else "empty"


a, b = {1, 2, 3, 4}, {3, 4, 5}
print(show(a | b), show(a & b), show(a - b), show(b - a), show(a ^ b), a.isdisjoint({9}), a.issubset(range(9)), a.issuperset([1]), a <= a, a < a, {1} < a, a > {1, 2}, a >= b)
print(show(a.union([9], "x")), show(a.intersection(b, [4])), show(a.difference([1], (2,))), show(a.symmetric_difference([1, 9])), show(a.copy()), a.copy() is a, a == {4, 3, 2, 1}, a == [1, 2, 3, 4], a != b)
s = set("hello")
s.add("z")
s.add("h")
s.discard("q")
s.discard("h")
s.remove("e")
s.update("xy", [1])
print(show(s), len(s), "z" in s, "q" in s)
s |= {2}
s &= {"x", "y", 2, 3}
s -= {"y"}
s ^= {"x", "w"}
print(show(s))
s.intersection_update([2, "w"], [2])
s.difference_update([5])
s.symmetric_difference_update([2, 7])
print(show(s), s.pop(), s)
for src in ("set().pop()", "{1}.remove(2)", "{[]}", "{1} | [2]", "{1} - [1]", "{1} < 5", "set(5)", "{1}[0]", "hash(set())", "frozenset([1]).add(2)", "{1} + {2}", "{1}.union(5)", "{{1}}", "set(1, 2)", "{1}.remove([])", "{1} & None", "frozenset(1)", "{*5}", "set(a=1)"):
    try:
        print(src, eval(src))
    except (KeyError, TypeError, AttributeError) as e:
        print(src, type(e).__name__, e)
f = frozenset([1, 2])
print(f, hash(f) == hash(frozenset([2, 1])), {f: "key"}[frozenset({2, 1})], {1, 2} in {f}, f == {1, 2}, f | {3} == {1, 2, 3}, type(f | {3}).__name__, type({3} | f).__name__, f.copy() is f, frozenset(f) is f, frozenset())
print({1, 1.0, True}, len({0, False, 0.0, -0.0}), set(), {()}, {None}, repr(set()), {frozenset()}, frozenset({(1,)}))
r = {1} if True else set()
r.add((1, 2))
print((1, 2) in r, {1} in [{1}], set() == frozenset(), bool(set()), bool({0}))
big = set(range(1000))
big -= set(range(0, 1000, 3))
big &= set(range(100))
print(sum(big), len(big), max(big), min(big), sorted(big)[:5])
for i in range(3000):
    big.add(i)
    big.discard(i - 10)
print(len(big), sorted(big)[-3:])


class H:
    def __init__(self, v): self.v = v
    def __hash__(self): return 1
    def __eq__(self, o): return self.v == o.v
    def __repr__(self): return f"H{self.v}"


hs = {H(1), H(2), H(1), H(3)}
print(len(hs), H(2) in hs, H(9) in hs, show(hs & {H(1)}), show(hs - {H(3)}))
hs.remove(H(2))
print(show(hs))


class Sub(set):
    pass


x = Sub([1, 2])
print(type(x | {3}).__name__, type(x.copy()).__name__, x == {1, 2}, show(x), repr(Sub([1])), repr(Sub()))
x.attr = 1
print(x.attr, sorted(x, reverse=True), sum(x), list(map(str, sorted(x))), {v * 2 for v in x} == {2, 4}, set(map(abs, [-1, 1])), any({0, 1}), all({0, 1}))
try:
    for v in x:
        x.add(v + 10)
except RuntimeError as e:
    print(e)
print({1, 2, 3}.isdisjoint(iter([4])), {1}.issubset([1, 2]), {1, 2}.issuperset("") , {1: 2}.keys() & {1}, {1, 2} - {1: 2}.keys())
