# Attributes of objects of builtin layouts that have a dict of their own: the dict goes before the class.
import operator


class Items(list):
    kind = "items"

    def first(self):
        return self[0]

    @property
    def last(self):
        return self[-1]


class Text(str):
    pass


class Problem(Exception):
    level = 1

    def describe(self):
        return ("problem", self.args, self.level)


def methods():
    out = []
    items = Items([1, 2, 3])
    for i in range(60):
        if i == 20:
            items.first = lambda: "own"
        if i == 30:
            items.kind = "own kind"
        if i == 40:
            del items.first
        if i == 50:
            Items.first = lambda self: "changed"
        items.append(i)
        bound = items.first
        out.append((items.first(), bound(), items.kind, items.last, len(items)))
    return out[0], out[25], out[35], out[45], out[55]


def exceptions():
    out = []
    for i in range(40):
        e = Problem(i)
        if i > 20:
            e.level = i
        try:
            raise e
        except Problem as caught:
            out.append(caught.describe())
        if i == 35:
            e.describe = lambda: "own"
            out.append(e.describe())
    return out[3], out[30], out[-5:]


def functions():
    def f():
        return f.count

    f.count = 0
    n = 0
    for i in range(50):
        f.count += 1
        n += f()
        f.__name__ = "g"
    try:
        for i in range(40):
            if i == 30:
                del f.count
            n += f.count
    except AttributeError as e:
        return n, str(e)


def numbers():
    n = 0
    for v in [5] * 30 + [True, 2**70, 2.5, -3]:
        n += v.is_integer()
        if not isinstance(v, float):
            n += v.bit_length() + operator.index(v) % 7
            size = v.bit_length
            n += size()
    errors = []
    for v in [1] * 30 + [1.5, "s", None]:
        try:
            operator.index(v)
        except TypeError as e:
            errors.append(str(e))
    return n, errors


def texts():
    t = Text("abc")
    out = []
    for i in range(40):
        if i == 20:
            t.upper = lambda: "own"
        out.append((t.upper(), t.lower()))
    return out[0], out[30]


for f in [methods, exceptions, functions, numbers, texts]:
    print(f.__name__, f())
