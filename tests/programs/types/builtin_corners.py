# Corners of builtin types: what is checked once, kept while Python code runs, or left alone.
import inspect
import io
import warnings


def t(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class Key:
    def __init__(self):
        self.hashes = self.compared = 0

    def __hash__(self):
        self.hashes += 1
        return 42

    def __eq__(self, other):
        self.compared += 1
        return self is other


# setdefault looks a key up once.
a, b = Key(), Key()
d = {a: 5}
d.setdefault(b, [])
print(a.hashes, b.hashes, a.compared + b.compared, d[a], d[b])
print(d.setdefault(b, 7), d.setdefault(a), {}.setdefault(1), {}.setdefault(1, 2))


# An iterator notices that its only key was replaced.
def replace(what):
    d = {0: 0}
    for i in getattr(d, what)():
        del d[0]
        d[0] = 0


print([t(replace, w) for w in ("keys", "values", "items")])
d = {}
for i in range(1000):
    d[i] = i
    del d[i]
d["x"] = 1
print(d, list(d), len(d))


# A class may define what instances get anyway.
class Own:
    @property
    def __dict__(self):
        return {"a": 2}

    @property
    def __weakref__(self):
        return "none"


print(vars(Own()), Own().__dict__, Own().__weakref__)
print(t(type, "A", (), {"__doc__": "x\udcdcy"}), type("A", (), {"__doc__": 5}).__doc__)


# Strict subclasses of int, float and complex from conversions are deprecated.
class Index:
    def __index__(self):
        return True

    def __float__(self):
        return F()

    def __complex__(self):
        return C()


class F(float):
    pass


class C(complex):
    pass


class Int:
    def __int__(self):
        return False


with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    print(int(Index()), [1, 2][Index()], "a" * Index(), float(Index()), complex(Index()), int(Int()))
for w in seen:
    print(w.category.__name__, w.message)


# The separator of join is held.
def clearing(array):
    array.clear()
    yield b"A"
    yield b"B"


array = bytearray(b",")
print(t(array.join, clearing(array)), array, array.join([b"x", memoryview(b"y")]))
m = io.BytesIO(b"x")
m.close()
print(t(m.__setstate__, (b"closed", 0, None)))
print(inspect.signature(object.__init__.__get__), inspect.signature(len), inspect.signature([].sort))
