"""Closures: cells shared between functions, rebinding, deletion, introspection."""


def counter(start=0):
    n = start

    def step(by=1):
        nonlocal n
        n += by
        return n

    def peek():
        return n

    return step, peek


step, peek = counter(10)
print(step(), step(5), peek())
other_step, other_peek = counter()
print(other_step(), peek(), other_peek())

# One variable, not one value: all three see the last.
late = [lambda: i for i in range(3)]
print([f() for f in late])
early = [lambda i=i: i for i in range(3)]
print([f() for f in early])


def three():
    a = "outer"

    def middle():
        b = a + "/middle"

        def inner():
            nonlocal a
            a = b + "/inner"
            return lambda: (a, b)
        return inner()
    return middle()()


print(three())
print(step.__closure__[0].cell_contents, step.__code__.co_freevars)


def unbound(delete):
    x = 1

    def get():
        return x
    if delete:
        del x
    return get


print(unbound(False)())
try:
    unbound(True)()
except NameError as e:
    print(type(e).__name__, e)


def use_before():
    def inner():
        return later
    try:
        inner()
    except NameError as e:
        print(e)
    later = 5
    return inner()


print(use_before())


def make_adders():
    return {name: (lambda k: lambda v: v + k)(k) for name, k in [("one", 1), ("ten", 10)]}


adders = make_adders()
print(adders["one"](1), adders["ten"](1))


class InClass:
    factor = 3

    def method(self):
        def inner(v):
            return v * self.factor
        return inner


print(InClass().method()(7))
cell = (lambda v: lambda: v)(4).__closure__[0]
cell.cell_contents = "replaced"
print(cell.cell_contents, cell == (lambda v: lambda: v)("replaced").__closure__[0])
