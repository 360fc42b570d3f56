"""Recursion: deep but allowed, too deep, and through every protocol."""
import sys


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print(depth(500))


def forever():
    return forever()


def message(f, *args):
    try:
        f(*args)
    except RecursionError as e:
        return str(e).split(" while")[0]
    return "no error"


print(message(forever))


class Infinite:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __add__(self, o):
        return self + o

    def __call__(self):
        return self()

    def __eq__(self, o):
        return self == o

    def __getitem__(self, i):
        return self[i]

    def __iter__(self):
        return iter(self)

    def __str__(self):
        return str(self)

    def __len__(self):
        return len(self)

    def __hash__(self):
        return hash(self)

    def __bool__(self):
        return bool(self)


i = Infinite()
for f in (lambda: i + 1, i, lambda: i == 1, lambda: i[0], lambda: str(i), lambda: len(i), lambda: hash(i), lambda: bool(i)):
    print(message(f))
print(issubclass(RecursionError, RuntimeError))

nested = []
for _ in range(100000):
    nested = [nested]
print(message(repr, nested))
try:
    nested == [nested]
    other = []
    for _ in range(100000):
        other = [other]
    nested == other
except RecursionError as e:
    print("comparing:", str(e).split(" in ")[0])
loop = [1]
loop.append(loop)
d = {"self": loop}
d["d"] = d
print(loop, d)
a, b = [], []
a.append(b)
b.append(a)
try:
    a == b
except RecursionError:
    print("cyclic comparison")

old = sys.getrecursionlimit()
print(old)
sys.setrecursionlimit(200)
try:
    depth(300)
except RecursionError as e:
    print(e)
finally:
    sys.setrecursionlimit(old)
for bad in (0, -1):
    try:
        sys.setrecursionlimit(bad)
    except ValueError as e:
        print(e)


def gen(n):
    if n:
        yield from gen(n - 1)
    yield n


print(len(list(gen(200))))


def after():
    """A program goes on after a RecursionError."""
    for _ in range(3):
        try:
            forever()
        except RecursionError:
            pass
    return depth(100)


print(after())


def sort_key(v):
    return sorted([v], key=sort_key)


print(message(sort_key, 1))
print(message(lambda: max([1], key=lambda v: max([v], key=eval("lambda f: (lambda: 1/0)() if False else f")))))
