# Calls whose arguments are bound: defaults, names, *args, **kwargs, bound methods, classes.


def default(a, b=2, *, c=3):
    return a * 100 + b * 10 + c


def variadic(a, *rest, key=None, **more):
    return (a, rest, key, sorted(more.items()))


def positional(a, b=5, /, c=6):
    return a + b + c


class Point:
    def __init__(self, x=1, y=2, *, z=0):
        self.x = x
        self.y = y
        self.z = z

    def total(self, times=1):
        return (self.x + self.y + self.z) * times

    def __call__(self, a, b=10):
        return self.x + a + b


class Bare:
    pass


class Derived(Bare):
    kind = "derived"


def defaults_and_names():
    n = 0
    for i in range(60):
        n += default(i)
        n += default(i, 4)
        n += default(i, c=7)
        n += default(b=1, a=i)
        n += default(i, c=1, b=i)
        n += positional(i) + positional(i, 1) + positional(i, 1, c=2)
    return n


def changed_defaults():
    out = []
    for i in range(60):
        if i == 30:
            default.__defaults__ = (20,)
        if i == 40:
            default.__kwdefaults__["c"] = 8
        if i == 50:
            default.__kwdefaults__ = {"c": 9}
        out.append(default(1))
    default.__defaults__ = (2,)
    default.__kwdefaults__ = {"c": 3}
    return out


def missing_default():
    caught = []
    for i in range(40):
        if i == 20:
            del default.__kwdefaults__["c"]
        try:
            default(1)
        except TypeError as e:
            caught.append(str(e))
    default.__kwdefaults__ = {"c": 3}
    return len(caught), caught[0]


def all_kinds():
    out = None
    for i in range(50):
        out = [
            variadic(i),
            variadic(i, 1.5),
            variadic(i, 1, 2, 3, 4, 5),
            variadic(i, key=i),
            variadic(i, 2, other=i, key=3, third=1.25),
        ]
    return out


def unpacked():
    n = 0
    for i in range(60):
        args = (i,) if i % 3 else (i, 2)
        n += default(*args)
        n += len(variadic(*args)[1])
        if i > 40:
            args = [i, 1]
        n += default(*args)
        n += default(*args, **{}) + default(*args, **{"c": 1})
    return n


def errors():
    out = []
    for i in range(40):
        try:
            if i < 30:
                default(i)
            elif i < 33:
                default()
            elif i < 35:
                default(1, 2, 3)
            elif i < 37:
                default(1, a=2)
            else:
                default(1, d=2)
        except TypeError as e:
            out.append(str(e))
    return out


def methods():
    p = Point(3, y=4)
    total = p.total
    n = 0
    for i in range(60):
        if i == 30:
            total = Point(z=100).total
        if i == 50:
            total = default
        n += total(i)
        n += total(i) if i < 50 else 0
        n += p.total(times=2)
        n += p(i) + p(i, b=1) + p(i, 2)
        bound = p.total
        n += bound() + bound(3)
    return n


def classes():
    n = 0
    seen = set()
    for i in range(60):
        p = Point() if i % 2 else Point(i, z=1)
        n += p.x + p.y + p.z
        b = Bare()
        b.value = i
        n += b.value
        seen.add(Derived().kind)
        if i == 40:
            Bare.__init__ = lambda self: setattr(self, "later", 1)
    del Bare.__init__
    return n, seen, Bare().__dict__


def class_call_changes():
    out = []
    p = Point()
    for i in range(40):
        if i == 20:
            Point.__call__ = lambda self, a: ("new", a)
        if i == 30:
            del Point.__call__
        try:
            out.append(p(1))
        except TypeError as e:
            out.append(str(e))
    return out[0], out[25], out[35]


def bad_init():
    class Bad:
        def __init__(self, v):
            if v > 30:
                return v

    n = 0
    try:
        for i in range(40):
            Bad(i)
            n += 1
    except TypeError as e:
        return n, str(e)


def made_again_and_again():
    n = 0
    for i in range(60):
        def inner(a, b=i):
            return a + b
        n += inner(1) + inner(1, 2) + inner(b=3, a=1)
    return n


def evaluation_order():
    log = []

    def note(v):
        log.append(v)
        return v

    for i in range(20):
        default(c=note(1), b=note(2), a=note(3))
    return log[:3], len(log)


for f in [defaults_and_names, changed_defaults, missing_default, all_kinds, unpacked, errors, methods, classes,
          class_call_changes, bad_init, made_again_and_again, evaluation_order]:
    print(f.__name__, f())
