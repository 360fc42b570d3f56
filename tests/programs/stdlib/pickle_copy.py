"""pickle and copy: protocols, classes, reduce hooks, shared and recursive structure, errors."""
import copy
import copyreg
import io
import pickle
import pickletools
from collections import OrderedDict, deque
from fractions import Fraction


class Plain:
    def __init__(self, v=0): self.v = v
    def __eq__(self, o): return type(o) is type(self) and vars(o) == vars(self)


class Slots:
    __slots__ = ("a", "b")


class State:
    def __init__(self): self.x, self.cache = 1, "not kept"
    def __getstate__(self): return {"x": self.x}
    def __setstate__(self, s): self.__dict__.update(s, restored=True)


class Reduce:
    def __init__(self, *a): self.a = a
    def __reduce__(self): return (Reduce, self.a, {"extra": 1})


class NewArgs(tuple):
    def __new__(cls, a, b): return super().__new__(cls, (a, b))
    def __getnewargs__(self): return tuple(self)


class NewArgsEx:
    def __new__(cls, *, k): self = super().__new__(cls); self.k = k; return self
    def __getnewargs_ex__(self): return (), {"k": self.k}


class SubList(list): pass
class SubDict(dict): pass


def function(): pass


shared = [1, 2]
values = [None, True, False, 0, 255, -1, 65536, 2 ** 40, -(2 ** 70), 10 ** 300, 1.5, float("inf"), "text", "é😀\ud800" if False else "é😀", "x" * 300, b"bytes", b"y" * 300, bytearray(b"ba"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1, [2]], {}, {"a": {"b": 1}}, {1}, frozenset([2]), 1 + 2j, range(3), slice(1, 2), ..., NotImplemented,
          int, len, function, Plain, Plain(5), NewArgs(1, 2), OrderedDict(a=1), deque([1], 3), Fraction(1, 3), ValueError("e", 1), [shared, shared], Exception, list.append if False else str.join, [1].append if False else dict.fromkeys, type(None)]
for protocol in range(6):
    for v in values:
        again = pickle.loads(pickle.dumps(v, protocol))
        assert again == v or repr(again) == repr(v), (protocol, v)
        assert type(again) is type(v)
print("round trips", len(values))
s = Slots()
s.a = 5
s2 = pickle.loads(pickle.dumps(s))
st = pickle.loads(pickle.dumps(State()))
r = pickle.loads(pickle.dumps(Reduce(1, 2)))
n = pickle.loads(pickle.dumps(NewArgsEx(k=3), 2))
sl = SubList([1, 2])
sl.attr = "kept"
sl2 = pickle.loads(pickle.dumps(sl))
print(s2.a, hasattr(s2, "b"), st.__dict__, r.a, r.extra, n.k, sl2, sl2.attr, type(sl2).__name__, pickle.loads(pickle.dumps(SubDict(a=1))))
x = pickle.loads(pickle.dumps([shared, shared]))
print(x[0] is x[1])
rec = [1]
rec.append(rec)
d = {}
d["d"] = d
p = Plain()
p.v = p
r2, d2, p2 = pickle.loads(pickle.dumps((rec, d, p)))
print(r2[1] is r2, d2["d"] is d2, p2.v is p2)
for p_ in (0, 1, 2, 4):
    print(p_, pickle.dumps([1, "a", (2.5, None)], p_), pickle.dumps(Plain(1), p_))
for f in (lambda: pickle.dumps(lambda: 0), lambda: pickle.dumps(x for x in ()), lambda: pickle.loads(b""), lambda: pickle.loads(b"garbage"), lambda: pickle.loads(b"\x80\x05."), lambda: pickle.dumps(open), lambda: pickle.loads(pickle.dumps([1])[:-1]), lambda: pickle.dumps(5, 99), lambda: pickle.loads(5), lambda: pickle.loads(b"cno_such_module\nX\n."), lambda: pickle.dumps(io.StringIO) and pickle.dumps(memoryview(b"")), lambda: pickle.loads(b"c__main__\nNope\n."), lambda: pickle.loads(b"I5\n")):
    try:
        print(len(f()))
    except (pickle.PickleError, EOFError, TypeError, AttributeError, ValueError, ImportError) as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
buf = io.BytesIO()
pk = pickle.Pickler(buf, 4)
pk.dump("first")
pk.dump("first")
buf.seek(0)
up = pickle.Unpickler(buf)
print(up.load(), up.load())


class PersistentPickler(pickle.Pickler):
    def persistent_id(self, o): return ("plain", o.v) if isinstance(o, Plain) else None


class PersistentUnpickler(pickle.Unpickler):
    def persistent_load(self, pid): return f"loaded {pid}"
    def find_class(self, module, name): raise pickle.UnpicklingError(f"forbidden {module}.{name}")


buf = io.BytesIO()
PersistentPickler(buf).dump([Plain(7), 1])
buf.seek(0)
print(PersistentUnpickler(buf).load())
try:
    PersistentUnpickler(io.BytesIO(pickle.dumps(Fraction(1)))).load()
except pickle.UnpicklingError as e:
    print(e)
pickletools.dis(pickle.dumps([1, {"k": (None,)}], 2))
copyreg.pickle(complex, lambda c: (complex, (c.real, c.imag * 10)))
print(pickle.loads(pickle.dumps(1 + 2j)), copy.copy(1 + 2j))
a = [1, [2, 3], {"k": [4]}]
b, c = copy.copy(a), copy.deepcopy(a)
a[1].append("x")
print(b, c, b[1] is a[1], c[1] is a[1], copy.copy(5) == 5, copy.deepcopy((1, 2)) is not None, copy.deepcopy(function) is function)
t = ([1],)
rec_copy = copy.deepcopy(rec)
print(copy.copy(t) is t, copy.deepcopy(t)[0] is t[0], rec_copy[1] is rec_copy, copy.deepcopy(p).v.v is not p, copy.copy(sl).attr, copy.deepcopy({"a": shared, "b": shared})["a"] is shared)


class Own:
    def __copy__(self): return "copied"
    def __deepcopy__(self, memo): return f"deep {type(memo).__name__}"


print(copy.copy(Own()), copy.deepcopy([Own()]), copy.copy(State()).__dict__, copy.deepcopy(Reduce(1)).extra, copy.copy(Slots()).__class__.__name__)
try:
    copy.deepcopy(x for x in ())
except TypeError as e:
    print(e)
