"""with: protocol, suppression, several managers, nesting, errors."""
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress


class Manager:
    def __init__(self, name, swallow=False, fail=None):
        self.name, self.swallow, self.fail = name, swallow, fail

    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter":
            raise OSError("in enter")
        return self.name.upper()

    def __exit__(self, exc_type, exc, tb):
        print("exit", self.name, exc_type.__name__ if exc_type else None, exc, tb is not None)
        if self.fail == "exit":
            raise RuntimeError("in exit")
        return self.swallow


with Manager("a") as a, Manager("b") as b:
    print(a, b)
with (
    Manager("c") as c,
    Manager("d"),
):
    print(c)
with Manager("s", swallow=True):
    raise ValueError("swallowed")
print("after")
try:
    with Manager("outer"), Manager("inner", fail="enter"):
        print("unreached")
except OSError as e:
    print(e)
try:
    with Manager("o"), Manager("i", fail="exit"):
        raise ValueError("body")
except RuntimeError as e:
    print(e, repr(e.__context__))


def early():
    with Manager("r"):
        return "returned"


print(early())
for i in range(3):
    with Manager(f"loop{i}"):
        if i == 0:
            continue
        break
with Manager("t") as (x, *y):
    print(x, y)


class NoExit:
    def __enter__(self):
        return self


class NoEnter:
    def __exit__(self, *a):
        pass


for cls in (NoExit, NoEnter):
    try:
        with cls():
            pass
    except TypeError as e:
        print(e)


@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name
    except KeyError as e:
        print("tag swallowed", e)
    finally:
        print(f"</{name}>")


with tag("b") as t, tag("i"):
    print(t)
with tag("k"):
    raise KeyError("key")
try:
    with tag("v"):
        raise ValueError("v")
except ValueError as e:
    print("out", e)


@tag("deco")
def decorated():
    return "from decorated"


print(decorated())


@contextmanager
def yields_twice():
    yield 1
    yield 2


try:
    with yields_twice():
        pass
except RuntimeError as e:
    print(e)
with suppress(ZeroDivisionError, KeyError):
    1 / 0
with ExitStack() as stack:
    for n in "xyz":
        stack.enter_context(Manager(n))
    stack.callback(print, "callback", 1, k=2) if False else stack.callback(print, "callback")
    print("in stack")


class Closes:
    def close(self):
        print("closed")


with closing(Closes()), nullcontext(5) as five:
    print(five)
