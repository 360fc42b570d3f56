"""Tuples, ranges and slices."""
t = (1, "a", [2])
print(t, t[0], t[-1], t[1:], t + (3,), t * 2, t.count(1), t.index("a"), len(t), "a" in t, (), (1,), tuple("ab"), tuple([]), (1, 2) < (1, 3), (1,) < (1, 0), hash((1, 2)) == hash((1, 2)))
t[2].append(3)
print(t, t == (1, "a", [2, 3]), (1, 2) == [1, 2], (1, (2, 3)) == (1.0, (2.0, 3.0)), () == (), tuple(t) is t, t[:] is t)
for src in ("t[0] = 1", "t[5]", "t['a']", "hash(t)", "t + [1]", "t.index(9)", "t.append(1)", "del t[0]", "t < (1, 2)", "tuple(5)", "t * 'a'", "(1, 2)[1.0]", "t.index('a', 2)"):
    try:
        exec(src)
    except (TypeError, IndexError, ValueError, AttributeError) as e:
        print(src, type(e).__name__, e)


class Sub(tuple):
    def __new__(cls, *a):
        return super().__new__(cls, a)


s = Sub(1, 2)
print(s, type(s).__name__, s + (3,), type(s[:]).__name__, s == (1, 2), repr(Sub()))
s.attr = 1
print(s.__dict__, [1, 2] == list(s), max(s), sum(s), sorted((3, 1, 2)), (*s, 3), tuple(x * 2 for x in s))
for r in (range(5), range(2, 8, 2), range(10, 0, -3), range(0), range(5, 2), range(-5, 5, 4), range(0, 10, 3), range(2 ** 70, 2 ** 70 + 3), range(0, 2 ** 65, 2 ** 63)):
    print(r, list(r), len(r), list(reversed(r)), r[0] if r else None, r[-1] if r else None, bool(r), r.start, r.stop, r.step)
r = range(0, 20, 3)
print(r[1:4], r[::-1], r[::2], r[-2:], r[10:], 9 in r, 10 in r, 9.0 in r, "9" in r, r.index(9), r.count(3), r.count(4), r == range(0, 21, 3), range(0) == range(5, 5), range(0, 3, 2) == range(0, 4, 2), hash(range(0)) == hash(range(1, 1)), 2 ** 70 in range(2 ** 71))
for src in ("range(1.5)", "range('a')", "range(1, 2, 0)", "r[100]", "r['a']", "r.index(1)", "r[0] := 1", "range(5) + range(5)", "range(2 ** 100)[2 ** 101]", "len(range(2 ** 70))", "r < r", "range()", "next(r)"):
    try:
        print(src, eval(src))
    except (TypeError, ValueError, IndexError, SyntaxError, OverflowError) as e:
        print(src, type(e).__name__, e)


class Index:
    def __index__(self): return 3


print(range(Index()), range(10)[Index()], [0, 1, 2, 3][Index()], "abcdef"[:Index()], list(range(3, -1, -1)), sum(range(10 ** 6)), max(range(5)), list(zip(range(3), range(3, 6))))
sl = slice(1, 10, 2)
print(sl, sl.start, sl.stop, sl.step, slice(5), slice(None), sl.indices(5), slice(-3, None).indices(10), slice(None, None, -1).indices(4), slice(100, -100, -1).indices(3), sl == slice(1, 10, 2), slice(1) < slice(2))
for src in ("hash(slice(1)) == hash(slice(1))", "slice()", "slice(1, 2, 0).indices(3)", "slice(1).indices(-1)", "slice('a').indices(3)", "slice(1).start", "[][slice('a', 'b')]", "slice(1, 2, 3, 4)"):
    try:
        print(src, eval(src))
    except (TypeError, ValueError) as e:
        print(src, type(e).__name__, e)


class G:
    def __getitem__(self, k): return k


g = G()
print(g[1:2], g[::], g[1, 2:3, ...], g[:, None], g[-1], g[()], g["a":"b"], g[1:2:3, *[4, 5]])
it = iter(range(3))
print(next(it), it.__length_hint__(), list(it), list(iter(range(10 ** 20, 10 ** 20 + 2))), [*range(3)], dict(enumerate(range(5, 7))), list(range(0, -5, -2)), range(3).__reduce__())
