# Slices, insert and pop of lists in hot loops: the helpers of compiled code, and what they leave to the interpreter.

def reversals(n):
    out = []
    a = list(range(n))
    for k in range(n):
        a[:k + 1] = a[k::-1]
        out.append(a[0])
    return out, a

print(reversals(40))


def reversal_to_end(n):
    a = list(range(n))
    for k in range(n):
        a[k:] = a[:k - 1:-1] if k else a[::-1]
    return a

print(reversal_to_end(33))


def parts(a, n):
    total = 0
    for i in range(n):
        b = a[i % 7:i % 11]
        c = a[-(i % 5):]
        d = a[:-(i % 4)]
        e = a[i % 9:0:-1]
        f = a[i % 30:i % 3:-1]
        g = a[::-1]
        h = a[::2]
        total += len(b) + 3 * len(c) + 5 * len(d) + 7 * len(e) + 11 * len(f) + 13 * len(g) + 17 * len(h)
        total += sum(b) + sum(c) + sum(d) + sum(e) + sum(f) + sum(g) + sum(h)
    return total

for size in (0, 1, 2, 3, 5, 9, 16, 17, 40):
    print(size, parts(list(range(size)), 200))


class Loud(list):
    def __getitem__(self, k):
        if isinstance(k, slice):
            return [k.start, k.stop, k.step]
        return list.__getitem__(self, k)


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


def cut(objects, stop):
    out = []
    for i in range(120):
        x = objects[i // 40]
        out.append(len(x[:stop]))
        out.append(len(x[stop::-1]))
    return out

print(cut([[1, 2, 3, 4], Loud([5, 6]), (7, 8, 9)], 2))
print(cut([[1, 2, 3, 4], (5, 6), "abcdefg"], 1))
print(cut([[1, 2, 3, 4], [5, 6], [1]], Index(1)))
print(cut([[1, 2, 3, 4], [5, 6], [1]], None))
print(cut([[1, 2, 3, 4], [5, 6], [1]], 1 << 70))


def replaced(n):
    a = list(range(10))
    for i in range(n):
        a[:i % 4] = [i]
        a[i % 5:] = (i, i + 1, i + 2)
        a[2:3] = []
        a[1:1] = a[::-1]
        if len(a) > 30:
            a[:] = a[:5]
        a[:2] = a[:2]
        a[5:2] = [i, i]
    return a

print(replaced(100))


def own(n):
    a = [1, 2, 3]
    for i in range(n):
        a[:1] = a
        a = a[-5:]
    return a

print(own(60))


def queue(n):
    a = list(range(7))
    out = 0
    for i in range(n):
        a.insert(i % 9, a.pop(0))
        a.insert(-1, i)
        out = out * 3 + a.pop(i % len(a)) - a[-1]
        out %= 1000003
        a.insert(100, a.pop(-2))
        a.insert(-100, a.pop(-len(a)))
    return a, out

print(queue(150))


def stack(n):
    a, out = [], 0
    for i in range(n):
        a.append(i)
        a.append([i])
        b = a.pop()
        out += b[0] + len(a)
        if i % 3 == 0:
            out += a.pop()
    while a:
        out -= a.pop()
    return out, a

print(stack(200))


def empty(n, where):
    a, seen = [1] * 90, []
    for i in range(n):
        try:
            a.pop(*where)
        except IndexError as e:
            seen.append((i, str(e)))
            if len(seen) > 3:
                return seen
    return seen

print(empty(150, ()), empty(150, (0,)), empty(150, (-1,)), empty(150, (5,)), empty(150, (-3,)))


def pop_empty(n):
    a, seen = [0] * (n - 2), []
    for i in range(n):
        try:
            a.pop()
        except IndexError as e:
            seen.append((i, str(e), e.__traceback__.tb_lineno))
    b = [0] * (n - 2)
    for i in range(n):
        try:
            b.pop(0)
        except IndexError as e:
            seen.append((i, str(e), e.__traceback__.tb_lineno))
    return seen

print(pop_empty(100))


def wrong(n):
    a, seen = [1, 2, 3], 0
    for i in range(n):
        at = "x" if i > n - 3 else i % 3
        try:
            a.insert(at, a.pop(at))
        except TypeError as e:
            seen += 1
    return a, seen

print(wrong(100))


def popped_while_iterated(n):
    out = []
    for k in range(n):
        a = [1, 2, 3, 4, 5, 6]
        for v in a:
            out.append(v)
            a.pop()
    return sum(out), len(out)

print(popped_while_iterated(60))


class Stack(list):
    pass


def derived(n):
    a = Stack()
    for i in range(n):
        a.append(i)
        a.insert(0, i)
        a.append(a.pop() + a.pop(0))
    return len(a), sum(a)

print(derived(100))
