# Items of arrays, bytes and bytearrays in hot loops.
from array import array


def fill(a, values):
    n = len(a)
    for k in range(60):
        for i, v in enumerate(values):
            a[i % n] = v
        a[-1] = values[0]
    return a


for code in "bBhHiIlLqQ":
    a = fill(array(code, [0] * 4), [1, 2, 100])
    t = 0
    for i in range(100):
        t += a[i % 4] - a[-1]
    print(a, t)

for code, low, high in [("b", -128, 127), ("B", 0, 255), ("h", -(2**15), 2**15 - 1), ("i", -(2**31), 2**31 - 1), ("I", 0, 2**32 - 1)]:
    a = array(code, [0])
    for v in [low, high] * 20:
        a[0] = v
        assert a[0] == v
    for v in [low] * 40 + [high + 1]:
        try:
            a[0] = v
        except OverflowError as e:
            print(code, e)
    for v in [high] * 40 + [low - 1]:
        try:
            a[0] = v
        except OverflowError as e:
            print(code, e)
    print(a)

f, d = array("f", [0.0] * 3), array("d", [0.0] * 3)
for i in range(100):
    f[i % 3] = i / 3
    d[i % 3] = i / 3
    x = f[i % 3]
    y = d[i % 3]
    d[0] = i
print(f, d, x, y)
for v in [1.5] * 40 + ["x"]:
    try:
        d[1] = v
    except TypeError as e:
        print(e)
for i in [0, 1, 2] * 20 + [3, -4]:
    try:
        x = d[i]
    except IndexError as e:
        print(e, i)


def grows():
    a, t = array("l", [1]), 0
    for i in range(100):
        t += a[i // 2]
        a.append(i)
        t += len(a)
    while a:
        t += a[-1]
        a.pop()
    return t


print(grows())


class Counted(array):
    reads = 0

    def __getitem__(self, i):
        Counted.reads += 1
        return array.__getitem__(self, i) + 1


class Quiet(array):
    pass


def total(a):
    t = 0
    for i in range(60):
        t += a[i % 3]
    return t


print(total(Counted("i", [1, 2, 3])), Counted.reads, total(Quiet("i", [1, 2, 3])), total(array("d", [1, 2, 3])))
Quiet.__getitem__ = lambda self, i: 7
print(total(Quiet("i", [1, 2, 3])))

b, m = bytes(range(256)), bytearray(range(256))
h = 0
for i in range(1000):
    h = (h * 31 + b[i & 255] + m[-1 - (i & 255)]) & 0xFFFFFFFF
    m[i & 255] = (m[i & 255] + 7) & 255
    if i == 500:
        del m[:3]
        m += b"xyz"
print(h, m[:5], m[-5:])
view = memoryview(m)
for i in range(60):
    view[0] = i
    h += m[0]
print(h)
for v in [1] * 40 + [256]:
    try:
        m[0] = v
    except ValueError as e:
        print(e)
