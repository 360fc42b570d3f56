"""Collections while the frame is between two instructions: what a call left in its window, what it returned."""
import gc
import sys


def two(*args):
    return [1]


# A callee's registers are the caller's call window. What it leaves there when it raises is nobody's any more.
def raises(*args):
    x = two([1, 2], [3, 4], [5, 6], [6, 7], [7, 8], [8, 9])
    raise KeyError(len(x))


def window(n):
    try:
        raises([n], [n], [n], [n], [n], [n], [n], [n], [n], [n], [n], [n], [n], [n], [n], [n])
    except KeyError as e:
        return e.args[0]


print(sum(window(n) for n in range(400)))


class Wrong:
    def __init__(self, *args):
        two([1, 2], [3, 4], [5, 6])
        return 5


def created(n):
    try:
        Wrong([n], [n], [n], [n], [n], [n], [n], [n])
    except TypeError as e:
        return len(str(e))


print(sum(created(n) for n in range(100)))

# The result of a native call is told of before the next instruction takes it.
M = sys.monitoring
E = M.events
M.use_tool_id(2, "collects")


def callback(*args):
    gc.collect()
    return [[1], [2], [3]]


class Manager:
    def __init__(self):
        self.names = ["a", "b"]

    def __enter__(self):
        return self.names

    def __exit__(self, *info):
        return True


class Base:
    def method(self):
        return ["method"]


class Derived(Base):
    def method(self):
        return super().method() + ["derived"]

    def attribute(self):
        return super().method


def observed():
    with Manager() as names:
        1 / 0
    found = []
    for x in [[1], [2]]:
        found.append(x)
    d = Derived()
    return names, found, sorted([[3], [1]]), d.method(), d.attribute()(), list(map(str, [5, 6]))


for event in "CALL", "C_RETURN", "BRANCH", "PY_RETURN", "RAISE", "EXCEPTION_HANDLED", "STOP_ITERATION":
    M.register_callback(2, getattr(E, event), callback)
    # C_RETURN comes with CALL.
    wanted = E.CALL if event == "C_RETURN" else getattr(E, event)
    M.set_events(2, wanted)
    for n in range(3):
        result = observed()
    M.set_events(2, 0)
    M.register_callback(2, getattr(E, event), None)
    print(event, result)
M.free_tool_id(2)
sys.setprofile(callback)
result = observed()
sys.setprofile(None)
print(result)
