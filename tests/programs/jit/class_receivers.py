"""Methods whose receiver is a class, `super()` in them, instances made by `object.__new__`, instances of classes derived
from list, tuple and dict, and numbers as they are read by name."""
from abc import ABCMeta, abstractmethod
from collections import Counter, namedtuple
from fractions import Fraction


class Bag(list):
    pass


class Loud(list):
    def append(self, v):
        list.append(self, v * 2)

    def __len__(self):
        return 1000

    def __iter__(self):
        return iter([7, 8])


def bags(kind, n):
    b = kind()
    for i in range(n):
        b.append(i)
    total = 0
    for i in range(n // 2):
        total += b.pop() + len(b)
    for i in range(40):
        for x in b:
            total += x
    return total, len(b), type(b).__name__, list.__len__(b)


def changes_class(n):
    """The class of the list changes while the loop runs, then the class itself."""
    b = Bag()
    out = []
    for i in range(n):
        b.append(i)
        if i == n // 2:
            b.__class__ = Loud
        if i == n // 2 + 3:
            Loud.append = list.append
        out.append(len(b))
    del Loud.append
    return out[-3:], b[-5:]


class Table(dict):
    pass


class Group(set):
    pass


def made_anew(n):
    """Instances of derived containers; the class learns to make them otherwise, and what becomes of them, meanwhile."""
    out = []
    gone = []
    for i in range(n):
        if i == n - 8:
            Bag.__init__ = lambda self: list.__init__(self, [5])
        if i == n - 6:
            del Bag.__init__
            Bag.__new__ = lambda cls: "new"
        if i == n - 4:
            del Bag.__new__
        if i == n - 2:
            Group.__del__ = lambda self: gone.append(1)
        b, t, g = Bag(), Table(), Group()
        if type(b) is Bag:
            b.append(i)
            b.name = i
            if i % 2:
                b.pop()
        t[i] = g
        g.add(i)
        out.append((type(b).__name__, len(b), type(t).__name__, len(t), type(g).__name__, len(g)))
    return out[:2], out[-9:]


class Base:
    count = 0

    @classmethod
    def make(cls, *args):
        self = super().__new__(cls)
        self.args = args
        return self

    @classmethod
    def named(cls):
        return cls.__name__

    @staticmethod
    def twice(x):
        return 2 * x


class Derived(Base):
    @classmethod
    def named(cls):
        return super().named() + "!"

    @staticmethod
    def plain():
        return "plain"

    @classmethod
    def tripled(cls, x):
        return super().twice(x) + x


class Made:
    def __new__(cls, a, b=2):
        self = super().__new__(cls)
        self.a = a
        self.b = b
        return self


class Sub(Made):
    def __new__(cls, a):
        return super(Sub, cls).__new__(cls, a, 5)


class Shape(metaclass=ABCMeta):
    def __init__(self, n):
        self.n = n


class Abstract(Shape):
    @abstractmethod
    def area(self):
        pass


class Meta(type):
    calls = 0

    def __call__(cls, *args):
        Meta.calls += 1
        return super().__call__(*args)


class Metered(metaclass=Meta):
    def __init__(self, n):
        self.n = n


class Quiet(type):
    pass


class Later(metaclass=Quiet):
    def __init__(self, n):
        self.n = n


def receivers(n):
    total = 0
    names = set()
    for i in range(n):
        d = Derived.make(i)
        b = Base.make(i, i)
        total += len(d.args) + len(b.args)
        names.add(Derived.named())
        names.add(d.named())
        names.add(Base.named())
        m = Derived.tripled
        total += m(i) + Made(i).b + Sub(i).b + Shape(i).n + Metered(i).n
    return total, sorted(names), Meta.calls


def refused(n):
    out = []
    for i in range(n):
        try:
            Shape(i) if i < n - 1 else Abstract(i)
        except TypeError as e:
            out.append(str(e))
        try:
            object.__new__(Shape if i < n - 2 else Abstract)
        except TypeError as e:
            out.append(str(e))
        try:
            object.__new__(Shape if i < n - 1 else int)
        except TypeError as e:
            out.append(str(e))
    return out


def becomes_abstract(n):
    out = []
    for i in range(n):
        if i == n - 2:
            Shape.__abstractmethods__ = frozenset(["area"])
        try:
            Shape(i)
        except TypeError as e:
            out.append(str(e))
    Shape.__abstractmethods__ = frozenset()
    return out


def metaclass_changes(n):
    out = []
    for i in range(n):
        if i == n - 3:
            Quiet.__call__ = lambda cls, v: ("called", v)
        if i == n - 1:
            del Quiet.__call__
        v = Later(i)
        out.append(v if isinstance(v, tuple) else v.n)
    return out[-4:]


def rebound(n):
    """The class method is another one in the middle."""
    out = []
    for i in range(n):
        if i == n - 2:
            Base.named = classmethod(lambda cls: "other " + cls.__name__)
        if i == n - 1:
            Base.named = staticmethod(lambda: "static")
        out.append((Derived.named(), Base.named()))
    return out[-3:]


def by_name(values):
    total = Fraction(0)
    for v in values:
        total += Fraction(v.numerator, v.denominator) + v.real - v.imag
    return total


Pair = namedtuple("Pair", "a b")


class Odd(tuple):
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return "odd"

    def __ne__(self, other):
        return "never"


def keys(all, n):
    c = Counter()
    d = {}
    same = 0
    for i in range(n):
        for k in all:
            c[k] += 1
            d[k, b"x"] = i
            same += (k == all[0]) is True
            same += (k != all[-1]) is True
            if k in d:
                same += 100
    return sorted(map(repr, c.items())), len(d), same


def main():
    for kind in (list, Bag, Loud):
        print(bags(kind, 400))
    print(changes_class(300))
    print(made_anew(300))
    print(receivers(300))
    print(refused(150))
    print(becomes_abstract(150))
    print(metaclass_changes(150))
    print(rebound(150))
    print(by_name([1, 2, -3] * 60 + [Fraction(1, 3), True, 10**20, 2]))
    try:
        by_name([1] * 100 + [1.5])
    except AttributeError as e:
        print(e)
    bs = [(b"a", b"b"), (b"a", b"c"), Pair(b"a", b"b"), (b"a",), (b"a", (b"b", 1, None)), (1, frozenset((1, 2)))]
    print(keys(bs, 60))
    print(keys(bs + [Odd((b"a", b"b"))], 40))
    print(keys([(1, 2), (True, 2.0), Pair(1, 2), (float("nan"), 1)], 40))
    deep = ()
    for i in range(60):
        deep = (deep, b"x")
    print(keys([deep, (deep, 1)], 3)[1:])


main()
