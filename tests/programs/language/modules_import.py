"""Modules: import forms, __getattr__ of a module, sys.modules, reload, errors."""
import sys
import types
import importlib.util
import os.path
import collections.abc as cabc
from math import pi as PI, floor
from os import path as p, sep

print(os.path is p, cabc.__name__, floor(PI), sep)


def module(name, source):
    m = types.ModuleType(name, "made here")
    exec(source, m.__dict__)
    sys.modules[name] = m
    return m


module("made_a", "x = 1\n_hidden = 2\ndef f(): return x\n__all__ = ['f', '_hidden']\n")
module("made_b", "def __getattr__(name):\n if name == 'dynamic': return 'dyn'\n"
       " raise AttributeError(f'custom {name}')\ndef __dir__(): return ['b', 'a']\nplain = 1\n_private = 2\n")
import made_a
import made_b
from made_b import dynamic
print(made_a.f(), dynamic, made_b.dynamic, dir(made_b), made_a.__doc__, made_a.__name__)
ns = {}
exec("from made_a import *", ns)
exec("from made_b import *", ns)
print(sorted(k for k in ns if k != "__builtins__"))
for src in ("import no_such_module", "from math import nothing", "import math.nothing", "from made_b import absent",
            "from . import x", "from .y import x", "import no.such", "from no_such import *", "import made_a.sub"):
    try:
        exec(src, {"__name__": "__main__"})
    except ImportError as e:
        print(type(e).__name__, str(e).split(" (")[0], e.name)
try:
    made_a.missing
except AttributeError as e:
    print(e)
try:
    made_b.missing
except AttributeError as e:
    print(e)
sys.modules["blocked"] = None
try:
    import blocked
except ModuleNotFoundError as e:
    print(e)
made_a.x = 50
print(made_a.f())
print(type(sys).__name__, repr(sys), sys.__name__, "made_a" in sys.modules, __name__)
print(importlib.import_module("os.path") is p, __import__("os.path").__name__, __import__("os", fromlist=["path"]).path is p)
print(importlib.util.find_spec("json").name, importlib.util.find_spec("no_such_thing"))


class Sub(types.ModuleType):
    @property
    def computed(self):
        return "computed"


made_a.__class__ = Sub
print(made_a.computed)
print(repr(types.ModuleType("bare")), types.ModuleType("bare").__dict__["__loader__"])


class Finder:
    def find_spec(self, name, path, target=None):
        if name == "virtual":
            return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, m):
        m.answer = 42


import importlib.machinery
sys.meta_path.append(Finder())
import virtual
print(virtual.answer, virtual.__spec__.name)
sys.meta_path.pop()


def inside():
    import math
    from math import sqrt as root
    return root(16), sorted(locals())


print(inside())
for src in ("def f():\n from math import *\n", "from __future__ import braces", "from __future__ import nothing",
            "x = 1\nfrom __future__ import annotations", "import a as b.c", "from a import (b, c", "from a import", "import"):
    try:
        compile(src, "<i>", "exec")
        print("fine", src)
    except SyntaxError as e:
        print(e.msg)
