"""Iteration: __iter__, __getitem__, iter() with a sentinel, exhaustion, changes while iterating."""


class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return CountIter(self.n)


class CountIter:
    def __init__(self, n):
        self.i, self.n = 0, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i

    def __length_hint__(self):
        print("hint asked")
        return 1


print(list(Count(3)), tuple(Count(2)), sum(Count(4)), 2 in Count(3), sorted(Count(3), reverse=True), max(Count(3)))
print([a + b for a, b in zip(Count(3), Count(9))], dict(enumerate(Count(2))), [*Count(2)], set(Count(2)))


class Old:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * i

    def __len__(self):
        return 3


print(list(Old()), list(reversed(Old())), 4 in Old(), 5 in Old(), type(iter(Old())).__name__)
it = iter([1, 2, 3])
print(next(it), it.__length_hint__(), list(it), next(it, "default"), list(it))
values = iter([3, 2, 1, 0, 5])
print(list(iter(lambda: next(values), 0)), list(values))


class Broken:
    def __iter__(self):
        return 5


class Blocked:
    __iter__ = None

    def __getitem__(self, i):
        return i


for v in (Broken(), Blocked(), 5, None, int):
    try:
        iter(v)
    except TypeError as e:
        print(e)
try:
    next([])
except TypeError as e:
    print(e)
try:
    next(iter(()))
except StopIteration as e:
    print("stop", e.args)

lst = [1, 2, 3]
for v in lst:
    if len(lst) < 6:
        lst.append(v * 10)
print(lst)
d = {"a": 1}
try:
    for k in d:
        d["b"] = 2
except RuntimeError as e:
    print(e)
s = {1}
try:
    for k in s:
        s.add(k + 1)
except RuntimeError as e:
    print(e)
d = {1: 1, 2: 2}
try:
    for k in d:
        del d[k]
        d[k + 10] = 1
except RuntimeError as e:
    print(e)
for i in range(3):
    i = 10
    print(i, end=" ")
else:
    print("else")
for _ in []:
    pass
else:
    print("empty else")
n = 3
while n:
    n -= 1
    if n == 1:
        continue
else:
    print("while else", n)
while True:
    break
else:
    print("never")
print(list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(filter(None, [0, 1, "", "a"])), list(zip()))
print(list(zip([1, 2], "ab", (True, False))), any(x > 2 for x in Count(3)), all([]), all(x < 3 for x in Count(3)))
try:
    list(zip([1, 2], [1], strict=True))
except ValueError as e:
    print(e)
try:
    list(zip([1], [1, 2], [3, 4], strict=True))
except ValueError as e:
    print(e)


class Rev:
    def __reversed__(self):
        return iter("rev")


print("".join(reversed(Rev())), list(reversed(range(3))), list(reversed({1: 2, 3: 4})), list(reversed("ab")))
try:
    reversed({1})
except TypeError as e:
    print(e)
print(aiter, type(anext).__name__) if False else print("done")
