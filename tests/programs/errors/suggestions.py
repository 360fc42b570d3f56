"""What the interpreter suggests for misspelt names, attributes and imports."""
import re
import traceback

completed = 1
some_list = []


class Thing:
    color = "red"
    other_value = 3

    def method(self):
        return colour if False else self.methd()

    def uses_self(self):
        return color


def show(f):
    try:
        f()
    except Exception as e:
        lines = list(traceback.TracebackException.from_exception(e).format_exception_only())
        print(re.sub(r" \(/.*?\)| \(unknown location\)", "", lines[-1].rstrip()))


def local_name():
    counter = 1
    return conter + counter


for f in (lambda: compleated, lambda: Thing().colour, lambda: Thing().method(), lambda: some_lst, lambda: prnt(1), lambda: lenn([]), local_name, lambda: [].appendd(1), lambda: "".joinn([]), lambda: Thing.colr,
          lambda: xyzzy_nothing, lambda: Thing().zzzzzz, lambda: __import__("math").sqr(4), lambda: exec("from math import squrt"), lambda: exec("from collections import ordereddict"), lambda: Thing().uses_self(), lambda: {}.itmes(), lambda: sys.path,
          lambda: time, lambda: flaot("1"), lambda: Thing().othervalue, lambda: True_, lambda: exec("import maths"), lambda: (1).real_, lambda: None.x, lambda: set_, lambda: exec("from os.path import joinn")):
    show(f)
try:
    Thing().colour
except AttributeError as e:
    print(e.name, type(e.obj).__name__, str(e))
try:
    compleated
except NameError as e:
    print(e.name, str(e))
