"""What gc.collect() counts: cycles and what hangs on them, not what was merely dropped."""
import gc


class Node:
    pass


def dropped():
    for i in range(50):
        a = [i, (i, str(i)), {"k": [i]}]
        b = Node()
        b.a = a
        del b


def ring(n):
    nodes = [Node() for _ in range(n)]
    for a, b in zip(nodes, nodes[1:] + nodes[:1]):
        a.next = b


def itself():
    a = []
    a.append(a)


def both():
    a = {}
    b = [a, [1], [2]]
    a["b"] = b


gc.collect()
print(gc.collect(), gc.collect())
for f in dropped, itself, both:
    f()
    print(f.__name__, gc.collect())
ring(20)
print(gc.collect() >= 20)
dropped()
ring(3)
print(3 <= gc.collect() <= 6, gc.collect())


def traverse(levels):
    current = []
    for n in range(levels):
        current = [current] * n
    return current


kept = traverse(100)
gc.collect()
print(gc.collect())
