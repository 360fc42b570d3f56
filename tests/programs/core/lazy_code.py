"""Code objects are loaded when they are run or looked at: whatever comes first has to find them whole."""
import marshal
import sys
import types

SOURCE = '''
"""The module."""
def plain(a, b=2, /, c=3, *rest, d, **more):
    """Doc of plain."""
    local = a + b
    return local, c, rest, d, more

def outer(x):
    def inner(y):
        nonlocal x
        x += y
        return x
    return inner

def counter(n):
    try:
        while n:
            yield n
            n -= 1
    finally:
        print("closed", n)

async def waits():
    return 5

class Thing:
    """Doc of Thing."""
    def method(self, *, key=None):
        return __class__.__name__, key

def raises():
    x = 1
    raise ValueError("from " + raises.__name__)

CONSTANT = frozenset
def consts():
    return (1, (2.5, 3j), b"x", "text", -(10 ** 30), None, ..., 7 in {1, 7, 9})
'''


def fresh():
    ns = {"__name__": "made"}
    exec(compile(SOURCE, "made.py", "exec"), ns)
    return ns


# Each first use on code that nothing has touched.
print(fresh()["plain"](1, d=4))
print(fresh()["plain"](1, 5, 6, 7, d=4, e=8))
try:
    fresh()["plain"](1, bad=2)
except TypeError as e:
    print(e)
print(fresh()["plain"].__doc__, fresh()["Thing"].__doc__, fresh()["raises"].__doc__)
print(fresh()["plain"].__code__.co_varnames, fresh()["outer"].__code__.co_cellvars)
print(fresh()["plain"].__code__.co_argcount, fresh()["plain"].__code__.co_firstlineno)
print(fresh()["outer"].__code__.co_consts[-1].co_freevars, fresh()["Thing"]().method.__code__.co_freevars)
print(fresh()["plain"].__code__ == fresh()["plain"].__code__, fresh()["plain"].__code__ == fresh()["outer"].__code__)
print(hash(fresh()["plain"].__code__) == hash(fresh()["plain"].__code__))
print(fresh()["consts"]())
print(fresh()["outer"](3)(4), fresh()["Thing"]().method(key=2))
print(list(fresh()["counter"](3)))
g = fresh()["counter"](2)
print(next(g), g.gi_frame.f_lineno, g.close())
c = fresh()["waits"]()
try:
    c.send(None)
except StopIteration as e:
    print("returned", e.value)
print(sorted({line - 1 for _, _, line in fresh()["plain"].__code__.co_lines() if line})[0])
try:
    fresh()["raises"]()
except ValueError as e:
    t = e.__traceback__.tb_next
    print(e, t.tb_lineno, t.tb_frame.f_code.co_name, t.tb_frame.f_locals)

# Copies and files.
ns = fresh()
renamed = ns["raises"].__code__.replace(co_name="other", co_filename="elsewhere.py", co_firstlineno=100)
print(renamed.co_name, renamed.co_filename, renamed.co_firstlineno, renamed.co_varnames)
for code in (compile(SOURCE, "made.py", "exec"), renamed, fresh()["outer"].__code__):
    again = marshal.loads(marshal.dumps(code))
    print(again == code, again.co_name, again.co_filename, again.co_consts == code.co_consts)
again = marshal.loads(marshal.dumps(fresh()["outer"].__code__))
print(types.FunctionType(again, {})(1)(2), again.co_consts[-1].co_filename)
swapped = fresh()["plain"]
swapped.__code__ = fresh()["outer"].__code__
print(swapped(1)(1))

# Observed from the first instruction on.
seen = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename == "made.py":
        seen.append((event, frame.f_code.co_name, frame.f_lineno))
        return tracer


ns = fresh()
sys.settrace(tracer)
ns["plain"](1, d=2)
ns["outer"](1)(2)
list(ns["counter"](1))
sys.settrace(None)
print([e for e in seen if e[1] == "inner"])


# A function that changes while it runs: the frame keeps its code.
def changes():
    changes.__code__ = other.__code__
    return sys._getframe().f_code.co_name


def other():
    return "other"


print(changes(), changes())


def deep(n):
    def again(m):
        return deep(m)
    return 0 if n == 0 else 1 + again(n - 1)


print(deep(100))


# One string of each character, whether it is a name or a constant.
class K:
    k = 1


print([n for n in vars(K) if n == "k"][0] is chr(107), [*{"k": 1}][0] is chr(107))
