"""itertools: every function, laziness, errors, copies."""
import copy
import itertools as it
import operator
import pickle
print(list(it.accumulate([1, 2, 3, 4])), list(it.accumulate([1, 2, 3], operator.mul)), list(it.accumulate([], initial=5)), list(it.accumulate("abc", initial="")), list(it.accumulate([3, 1, 2], max)))
print(list(it.batched("abcdefg", 3)), list(it.batched([], 2)), list(it.chain("ab", [1], ())), list(it.chain.from_iterable(["ab", "cd"])), list(it.combinations("abcd", 2)), list(it.combinations([1], 2)), list(it.combinations([], 0)))
print(list(it.combinations_with_replacement("abc", 2)), list(it.compress("abcdef", [1, 0, 1, 0, 1, 1])), list(it.islice(it.count(5, 3), 4)), list(it.islice(it.count(0.5, 0.25), 3)), list(it.islice(it.cycle("ab"), 5)), list(it.cycle([])))
print(list(it.dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.filterfalse(lambda x: x % 2, range(6))), list(it.filterfalse(None, [0, 1, ""])), list(it.starmap(pow, [(2, 3), (3, 2)])))
print([(k, list(g)) for k, g in it.groupby("aaabbca")], [(k, len(list(g))) for k, g in it.groupby(range(10), key=lambda x: x // 4)], list(it.islice("abcdefgh", 2, None, 3)), list(it.islice("abc", 0)), list(it.pairwise("abcd")), list(it.pairwise("a")))
print(list(it.permutations("abc")), list(it.permutations(range(3), 2)), list(it.permutations([], 0)), list(it.permutations("ab", 3)), list(it.product("ab", [1, 2])), list(it.product("ab", repeat=2)), list(it.product()), list(it.product("a", [])))
print(list(it.repeat("x", 3)), list(it.islice(it.repeat(1), 2)), list(it.zip_longest("abc", [1], fillvalue="-")), list(it.zip_longest()), list(map(operator.add, it.count(), [10, 20])), list(zip(it.repeat(0), "ab")))
a, b, c = it.tee(iter("abcd"), 3)
print(next(a), next(a), next(b), list(c), list(a), list(b))
t1, t2 = it.tee(range(5))
next(t1)
t3 = copy.copy(t1)
print(list(t1), list(t2), list(t3))
g = it.groupby([1, 1, 2, 2])
first = next(g)
second = next(g)
print(list(first[1]), list(second[1]))
print(it.count(3), it.count(1, 2), it.repeat("a", 2), it.repeat(5), it.repeat("x", 4).__length_hint__(), repr(it.count(2.5)), next(it.count(10 ** 20)), it.count(-1).__reduce__()[1])
for f in (lambda: it.islice([], -1), lambda: it.islice([], 1, 2, 0), lambda: it.batched("a", 0), lambda: it.combinations("a", -1), lambda: it.count("a"), lambda: it.chain(5).__next__(), lambda: it.starmap(pow, [5]).__next__(), lambda: it.tee([], -1), lambda: it.permutations([], "a"),
          lambda: it.repeat(), lambda: list(it.accumulate([1, "a"])), lambda: it.zip_longest("a", foo=1), lambda: it.product("a", repeat=-1), lambda: it.groupby(5), lambda: it.cycle(), lambda: list(it.compress("a", 5)), lambda: it.islice("a", 1.5), lambda: it.pairwise(5), lambda: len(it.repeat(1))):
    try:
        print(f())
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
calls = []


def source():
    for i in range(5):
        calls.append(i)
        yield i


s = it.islice(source(), 2, 4)
print(calls, next(s), calls, list(s), calls)
ch = it.chain(source(), "x")
next(ch)
print(list(ch))
it2 = it.accumulate(range(5))
next(it2)
print(list(it2), sum(it.takewhile(lambda x: x < 50, (x * x for x in it.count()))))
print(list(it.islice(it.filterfalse(lambda n: any(n % d == 0 for d in range(2, n)), it.count(2)), 10)))
print(["".join(p) for p in it.product("01", repeat=3)], len(list(it.permutations(range(6)))), sum(1 for _ in it.combinations(range(12), 5)), list(it.chain.from_iterable(it.repeat([1, 2], 2))))
print(pickle.loads(pickle.dumps(it.chain.from_iterable)) is not None, isinstance(it.count(), it.count), it.chain.__name__, list(copy.copy(it.count(4)) for _ in range(1))[0], type(it.tee("a")[0]).__name__)
