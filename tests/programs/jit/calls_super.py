# super() in traces, and recursion up to its limit.
import sys


class A:
    def __init__(self, x):
        self.x = x

    def value(self, k=1):
        return self.x * k

    @property
    def area(self):
        return self.x + 1


class B(A):
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y

    def value(self, k=2):
        return super().value(k) + self.y

    @property
    def area(self):
        return super().area * 2


class C(B):
    def __init__(self):
        super().__init__(3, y=4)

    def value(self):
        return super().value() + super(B, self).value()


class D(C):
    pass


class Other(A):
    def __init__(self):
        super().__init__(10)
        super(A, self).__init__()


def objects():
    n = 0
    for i in range(60):
        b, c, o = B(i, 1), C(), Other()
        n += b.value() + b.value(3) + c.value() + b.area + o.x
        n += D().value() if i > 30 else 0
    return n


def changes():
    out = []
    b = B(1, 2)
    old = A.value
    for i in range(60):
        if i == 20:
            A.value = lambda self, k: 1000
        if i == 40:
            del A.value
        try:
            out.append(b.value())
        except AttributeError as e:
            out.append(str(e))
    A.value = old
    return out[0], out[30], out[50]


def bases():
    class X:
        def f(self):
            return "X"

    class Y:
        def f(self):
            return "Y"

    class Z(X):
        def f(self):
            return "Z" + super().f()

    z = Z()
    out = []
    for i in range(40):
        if i == 20:
            Z.__bases__ = (Y,)
        out.append(z.f())
    return out[0], out[30]


def down(n):
    if n == 0:
        return 0
    return down(n - 1) + 1


class Node:
    def __init__(self, children):
        self.children = children

    def size(self):
        n = 1
        for c in self.children:
            n += c.size()
        return n

    def __add__(self, n):
        if n == 0:
            return 0
        return (self + (n - 1)) + 1


def chain(depth):
    node = Node([])
    for _ in range(depth):
        node = Node([node])
    return node


def deepest(f):
    low, high = 1, 400
    while low < high:
        middle = (low + high + 1) // 2
        try:
            f(middle)
            low = middle
        except RecursionError:
            high = middle - 1
    return low


def limits():
    small = chain(20)
    for _ in range(60):
        down(30)
        small.size()
        small + 10
    chains = {}

    def sizes(n):
        if n not in chains:
            chains[n] = chain(n)
        return chains[n].size()

    old = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        results = [deepest(down), deepest(sizes), deepest(lambda n: small + n)]
    finally:
        sys.setrecursionlimit(old)
    return results


for f in [objects, changes, bases, limits]:
    print(f.__name__, f())
