"""Lists: every method, slice assignment, aliasing, mutation while iterating, errors."""
a = [3, 1, 2]
a.append(5)
a.extend((6, 7))
a.extend(x for x in "ab")
a.insert(0, "first")
a.insert(100, "last")
a.insert(-1, "before last")
print(a, a.pop(), a.pop(0), a.pop(-2), a.index(6), a.index(6, 2), a.count(1), len(a))
a.remove("a")
a.reverse()
print(a, a.copy() == a, a.copy() is a, a + [0], a * 2, 2 * [1], [1] * -1, [[]] * 2)
n = [[0] * 2] * 2
n[0][0] = 1
print(n)
for src in ("[].pop()", "[1].pop(5)", "[1].remove(2)", "[1].index(2)", "[1][5]", "[1]['a']", "[1] + (2,)", "[1] * 1.5", "[1] < ['a']", "[].insert(1)", "[1].index(1, 5)", "[3, 'a'].sort()", "[1].extend(5)", "[1, 2][::0]", "hash([])", "[1].sort(1)", "[1].pop('a')", "[1.5][1.0]", "list(5)"):
    try:
        print(src, eval(src))
    except (IndexError, ValueError, TypeError) as e:
        print(src, type(e).__name__, e)
b = list(range(10))
print(b[2:5], b[:3], b[-3:], b[::3], b[::-2], b[5:2:-1], b[100:], b[-100:2], b[3:3], b[slice(1, None, 4)])
b[2:4] = "xyz"
print(b)
b[::4] = [0, 0, 0]
print(b)
b[1:1] = [-1, -2]
b[-2:] = []
del b[::3]
print(b)
b[:] = range(3)
b[1:2] = b
print(b)
b[5:2] = ["odd"]
print(b)
for action in ("b[::2] = [1]", "b[0:1] = 5", "b[10] = 1", "del b[10]", "b['k'] = 1", "del b['k']", "b += 5"):
    try:
        exec(action)
    except (ValueError, IndexError, TypeError) as e:
        print(action, type(e).__name__, e)
b += "q"
b *= 2
print(b, b == b[:], [1, 2] < [1, 3], [1] < [1, 0], [] < [0], [1, [2]] == [1, [2.0]], 3 in [1, 2, 3.0])
c = d = [1]
c += [2]
c = c + [3]
print(c, d)
c.clear()
print(c, bool(c), list(), list("ab"), list({1: 2}), list(range(3)), [*range(2)])
e = [1, 2, 3, 4]
for v in e:
    if v % 2:
        e.remove(v)
print(e)
e = [1, 2]
it = iter(e)
next(it)
e.clear()
print(list(it))
e.append(9)
print(list(it))
r = reversed([1, 2, 3])
print(next(r), list(r), [3, 1, 2] == sorted([3, 1, 2]), max([[1], [2]]), sum([[1], [2]], []), [1, 2, 3].__contains__(2))
self_ref = [1]
self_ref.append(self_ref)
self_ref.insert(0, (self_ref,))
print(self_ref, len(self_ref))


class Evil:
    def __eq__(self, o):
        lst.clear()
        return False


lst = [Evil(), 1, 2]
print(lst.count(5), lst)
lst = [Evil(), 1, 2]
print(5 in lst, lst)
lst = [Evil(), Evil()]
try:
    lst.remove(5)
except ValueError as err:
    print(err)


class Sub(list):
    def __getitem__(self, i):
        return "sub"


s = Sub([1, 2])
print(s[0], list(s), s + [3], type(s + [3]).__name__, s == [1, 2], type(s[:]).__name__, s, type(s.copy()).__name__)
big = []
for i in range(5000):
    big.append(i)
while len(big) > 10:
    big.pop()
print(big, len(big))
q = [0]
for i in range(1000):
    q.insert(0, i)
    if len(q) > 5:
        q.pop()
print(q)
