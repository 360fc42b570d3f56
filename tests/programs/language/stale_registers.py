"""What earlier frames left on the value stack keeps nothing alive while the arguments of a call are evaluated."""
import gc
import weakref


class Thing:
    pass


def fill(n, *things):
    """Leaves references all over the stack above the caller."""
    thing = Thing()
    refs.append(weakref.ref(thing))
    a, b, c, d, e, f, g, h = [thing] * 8
    if n:
        return fill(n - 1, a, b, c, d, e, f, g, h)
    return len([a, b, c, d, e, f, g, h])


def dead():
    gc.collect()
    return sum(r() is None for r in refs)


def six(a, b, c, d, e, f):
    return f


def first(x, *rest, **named):
    return named.get("last", rest[-1] if rest else x)


def generate():
    fill(3)
    yield first(first(1, 2, first(3, 4, dead())))
    fill(3)
    yield first(1, (yield 2), last=dead())


class Base:
    def method(self, *args):
        return args[-1]


class Derived(Base):
    def method(self, *args):
        fill(2)
        return super().method(1, super().method(2, dead()), dead())

    def __enter__(self):
        fill(2)
        return dead()

    def __exit__(self, *exc):
        fill(2)
        self.left = dead()
        return True


def decorated():
    def decorator(f):
        fill(2)
        return f

    fill(2)

    @decorator
    @decorator
    def inner(a=dead()):
        return a

    return inner()


def matched(value):
    fill(2)
    match value:
        case [int(a), {"k": b}] | [str(b), a] if (n := first(1, 2, dead())):
            return n, a, b


refs = []
fill(4)
print(six(1, 2, 3, 4, 5, dead()), len(refs))
fill(4)
print(first(1, 2, last=first(1, [2, [3, first(4, dead())]])), len(refs))
fill(4)
print(first(*[1, 2, dead()], **{"y": 1}), first(1, *(2, 3), last=dead(), **{}), len(refs))
fill(4)
print([first(i, dead()) for i in range(2)], {i: first(1, dead()) for i in range(2)}, len(refs))
print(f"{first(fill(2) and 1, dead())} {first(1, dead()):>4}", len(refs))
g = generate()
print(next(g), next(g), g.send(5), len(refs))
print(Derived().method(), len(refs))
with Derived() as n:
    print(n, len(refs))
d = Derived()
with d:
    fill(3)
    raise ValueError(first(1, dead()))
print(d.left, len(refs))
print(decorated(), len(refs))
print(matched([1, {"k": 2}]), matched(["x", 3]), len(refs))
fill(2)
print(1 < first(1, 3) < first(2, dead()), dead() == len(refs))
print((lambda *a, k=first(1, dead()): k)(), len(refs))


def raising(e):
    log = []
    try:
        try:
            raise e
        except* ValueError as group:
            log.append(str(group))
    except BaseExceptionGroup as group:
        log.append(str(group))
    return log


# `raise` reads one register or two; the words above hold what `fill` left.
for i in range(200):
    fill(2)
    kept = raising(ExceptionGroup("g", [ValueError(i), TypeError()]))
print(kept)
