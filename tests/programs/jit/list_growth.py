# Appending in hot loops: growth, barriers, the same list seen through several names, changes in between.


class Node:
    def __init__(self, n):
        self.n = n


def build(n):
    out, other = [], []
    for i in range(n):
        out.append(Node(i))
        other.append(i)
        other.append(i / 2)
    return out, other


import gc

for turn in range(5):
    nodes, numbers = build(400)
    gc.collect()
    print(sum(x.n for x in nodes), sum(numbers), len(nodes), len(numbers))


def aliased():
    a = []
    b = a
    t = 0
    for i in range(200):
        a.append(i)
        t += len(b) + b[-1]
        if i % 50 == 49:
            b.clear()
            b.append(0)
        if i % 7 == 3:
            a.pop()
            a.insert(0, i)
    return t, len(a)


print(aliased())


def while_iterating():
    a = [0]
    for x in a:
        if len(a) < 300:
            a.append(x + 1)
    return len(a), a[-1]


print(while_iterating())


def nested(n):
    return [[(i, j) for j in range(i % 5)] for i in range(n)]


for _ in range(4):
    table = nested(60)
print(sum(len(r) for r in table), table[-1], table[3][1])


class Tail(list):
    pass


def kinds():
    out = []
    for make in [list] * 30 + [Tail] * 30:
        l = make()
        l.append(1)
        l.append("x")
        out.append(l)
    return out[29], out[30], type(out[59]).__name__


print(kinds())
