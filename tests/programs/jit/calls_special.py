# Special methods of Python classes called from traces.
import traceback


class V:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if not isinstance(other, V):
            return NotImplemented
        return V(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return V(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return V(self.x * k, self.y * k)

    def __rmul__(self, k):
        return V(k * self.x, k * self.y)

    def __radd__(self, other):
        if other == 0:
            return self
        return NotImplemented

    def __eq__(self, other):
        if isinstance(other, V):
            return self.x == other.x and self.y == other.y
        return NotImplemented

    def __lt__(self, other):
        if isinstance(other, V):
            return self.x < other.x
        return NotImplemented

    def __repr__(self):
        return f"V({self.x}, {self.y})"


class W(V):
    def __radd__(self, other):
        return ("W.radd", other.x, self.x)


class R:
    def __radd__(self, other):
        return ("R.radd", type(other).__name__)

    def __gt__(self, other):
        return "reflected"


class Grid:
    def __init__(self, w, h):
        self.w = w
        self.cells = [0] * (w * h)

    def index(self, key):
        x, y = key
        return y * self.w + x

    def __getitem__(self, key):
        return self.cells[self.index(key)]

    def __setitem__(self, key, v):
        self.cells[self.index(key)] = v

    def __len__(self):
        return len(self.cells)


class Plain:
    pass


def vectors():
    a, total = V(1, 2), V(0, 0)
    for i in range(80):
        total = total + a * 2 - 0.5 * a
        total = total + 3 * V(i, 1)
        total += a
    return total


def right_operands():
    out = []
    right = [V(1, 1)] * 30 + [W(2, 2)] * 10 + [R()] * 10
    for v in right:
        out.append(V(5, 5) + v)
    return out[0], out[29], out[35], out[45]


def refused():
    texts = []
    values = [V(1, 1)] * 30 + [3, 2.5, "s", None]
    for v in values:
        try:
            V(0, 0) + v
        except TypeError as e:
            texts.append(str(e))
    for v in [0] * 30 + [1, 1.5]:
        try:
            v + V(0, 0)
        except TypeError as e:
            texts.append(str(e))
    for v in [0] * 30 + [1]:
        try:
            v += V(0, 0)
        except TypeError as e:
            texts.append(str(e))
    return texts


def comparisons():
    n = 0
    a, b = V(1, 2), V(1, 2)
    others = [b] * 40 + [V(2, 2)] * 20 + [3, None, "x", R()]
    for o in others:
        if a == o:
            n += 1
        if a != o:
            n += 100
        n += 10000 * (a == o)
    for o in [b] * 40 + [V(2, 2)] * 20:
        if a < o:
            n += 1000000
        if o > a:
            n += 1
    out = []
    for o in [b] * 20 + [R()] * 5:
        out.append(a < o)
    return n, out[0], out[-1]


def odd_truth():
    class T:
        def __init__(self, v):
            self.v = v

        def __lt__(self, other):
            return self.v

    n = 0
    for v in [1, 0] * 20 + [[], [1], "", "a", None, 1.5, 0.0]:
        if T(v) < 1:
            n += 1
    return n


def bad_truth():
    class B:
        def __bool__(self):
            raise ValueError("no truth")

    class T:
        def __lt__(self, other):
            return other

    n = 0
    try:
        for v in [1] * 30 + [B()]:
            if T() < v:
                n += 1
    except ValueError as e:
        return n, str(e)


def items():
    g = Grid(5, 4)
    n = 0
    for i in range(60):
        g[i % 5, i % 4] = g[(i + 1) % 5, i % 4] + i
        n += g[i % 5, i % 4]
    return n, g.cells


def item_errors():
    g = Grid(2, 2)
    out = []
    for i in range(40):
        try:
            g[0, i // 10] = i
        except IndexError as e:
            out.append((i, str(e), len(traceback.extract_tb(e.__traceback__))))
    return len(out), out[0]


def identity():
    a, b = Plain(), Plain()
    n = 0
    for i in range(60):
        if a == (a if i % 2 else b):
            n += 1
        if a != b:
            n += 10
        if a == None:
            n += 1000
        if not a:
            n += 10000
        n += 100 if a else 0
        if i == 40:
            Plain.__eq__ = lambda self, other: True
        if i == 50:
            Plain.__bool__ = lambda self: False
    return n


def changes():
    a = V(1, 1)
    old = V.__add__
    out = []
    for i in range(60):
        if i == 30:
            V.__add__ = lambda self, other: "changed"
        if i == 40:
            V.__add__ = old
        if i == 50:
            del V.__add__
        try:
            out.append(a + a)
        except TypeError as e:
            out.append(str(e))
    V.__add__ = old
    return out[0], out[35], out[45], out[55]


def raising():
    class E:
        def __init__(self, k):
            self.k = k

        def __add__(self, other):
            return 100 // (self.k - other)

    n = 0
    lines = []
    for i in range(60):
        try:
            n += E(30) + i
        except ZeroDivisionError as e:
            lines = [f.name for f in traceback.extract_tb(e.__traceback__)]
    return n, lines


def subclass_of_builtin():
    class L(list):
        def __getitem__(self, i):
            return ("own", i)

        def __add__(self, other):
            return "sum"

    n = 0
    for v in [[1, 2]] * 30 + [L([1, 2])] * 10 + [(5, 6)] * 5:
        n += v[1] if type(v) is not L else v[1][1]
    return n, L() + []


def closures():
    def make(k):
        class C:
            def __add__(self, other):
                return k + other
        return C()
    n = 0
    objects = [make(1), make(2)] * 20
    for o in objects:
        n += o + 1
    return n


for f in [vectors, right_operands, refused, comparisons, odd_truth, bad_truth, items, item_errors, identity, changes,
          raising, subclass_of_builtin, closures]:
    print(f.__name__, f())
