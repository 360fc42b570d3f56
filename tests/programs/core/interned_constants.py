# Constants that could be names are the same objects as attribute names and keyword names of the text.
import sys


class A:
    pass


def fill(o):
    o.k = 1
    o.longer_name = 2
    return o


def constants():
    return {"k": 1, "longer_name": 2}


print([x is y for x, y in zip(fill(A()).__dict__, constants())])
print([sys.intern(x) is x for x in constants()], chr(107) is sys.intern("k"))
print([x is y for x, y in zip((lambda **kw: kw)(k=1, longer_name=2), constants())])
print("".join(["longer", "_name"]) is sys.intern("longer_name"), sys.intern("") is "".join([]))
