"""bool, None, Ellipsis, NotImplemented, object: identity, arithmetic, repr, subclass rules."""
print(True + True, True * 5, -True, ~False, True / 2, True // 1, True ** 2, True << 3, True & False, True | False, True ^ True, type(True & 1).__name__, type(True & False).__name__, True == 1, True is True, False < True)
print(bool(), bool(0), bool(""), bool("0"), bool([]), bool([0]), bool(0.0), bool(float("nan")), bool(None), bool(...), bool(object()), bool({}), bool(range(0)), bool(1j), bool(b""), bool(lambda: 0))
print(repr(True), str(False), format(True), f"{True:>6}", f"{False:d}", int(True), float(True), complex(True), hash(True) == hash(1), {True: "a", 1: "b"}, [False, True].index(1), True in [1], sum([True, False, True]), "abc"[True])
print(isinstance(True, int), issubclass(bool, int), bool.__mro__, type(None).__name__, None is None, None == 0, None != False, repr(None), str(None), hash(None) == hash(None), type(...).__name__, repr(...), type(NotImplemented).__name__)
for src in ("bool(1, 2)", "class_()", "None + 1", "None()", "None[0]", "None.x", "None < None", "len(None)", "iter(None)", "-None", "type(None)(1)", "type(...)(1)", "None is not None", "int(None)", "... + 1", "True()", "True.x", "bool('False')", "type(None)() is None", "type(...)() is ...", "True > None", "not None", "max(None, None)", "~True if False else 1", "True[0]", "None in None", "bool(NotImplemented)"):
    try:
        print(src, eval(src, {"class_": type("B", (), {})}) if src != "class_()" else "skipped")
    except (TypeError, AttributeError) as e:
        print(src, type(e).__name__, e)
for src in ("class X(bool): pass", "class X(type(None)): pass", "class X(type(...)): pass", "class X(type(NotImplemented)): pass", "class X(range): pass", "class X(slice): pass", "class X(memoryview): pass", "class X(type(lambda: 0)): pass", "class X(type(i for i in ())): pass"):
    try:
        exec(src)
        print("allowed", src)
    except TypeError as e:
        print(e)
o, p = object(), object()
print(o == o, o == p, o != p, hash(o) == hash(o), o is o, type(o), object.__doc__.split(".")[0], isinstance(o, object), issubclass(type, object))
print(sorted(n for n in dir(object()) if not n.startswith("__") or n in ("__eq__", "__hash__", "__repr__", "__dir__")), object.__eq__(1, 1), object.__eq__(1, 2), object.__ne__(1, 1), object.__lt__(1, 2))
print(None.__class__, None.__bool__(), None.__eq__(None), None.__eq__(1), (None).__repr__(), True.__and__(False), True.__invert__() if False else "", True.real, True.imag, True.numerator, True.bit_length(), True.__index__())
print(all([]), any([]), all([1, 0]), any([0, 0.0, "x"]), not 5, not not "x", 5 and None, None or 0, True if None else False, [x for x in (0, None, False, 1) if x], filter(None, [0, 1]).__next__())
d = {None: 1, True: 2, ...: 3}
print(d, d[None], d[1], len(d), (None, True, ...) == (None, 1, Ellipsis), [None] * 2, None in [None], {None} == {None})
import copy, pickle
for v in (None, True, ..., NotImplemented):
    print(copy.copy(v) is v, copy.deepcopy(v) is v, pickle.loads(pickle.dumps(v)) is v)
