"""collections: deque, Counter, OrderedDict, defaultdict, ChainMap, namedtuple, User classes."""
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple
import copy
import pickle
d = deque("abc", maxlen=4)
d.append("d")
d.append("e")
d.appendleft("z")
print(d, d.maxlen, len(d), d[0], d[-1], "c" in d, d.count("b"), d.index("c"), list(reversed(d)), d == deque("zbcd"), d.copy())
d.rotate(1)
print(d, d.pop(), d.popleft())
d.extend("xyz")
d.extendleft("pq")
print(d)
e = deque(range(6))
e.rotate(-2)
e.insert(2, "i")
e.remove(0)
del e[0]
e[1] = "set"
e.reverse()
print(e, e + deque([1]), deque([1]) * 3, deque([1, 2]) < deque([1, 3]), deque(), bool(deque()))
for src in ("deque().pop()", "deque().popleft()", "deque([1])[5]", "deque([1]).remove(2)", "deque([1]).index(5)", "deque(maxlen=-1)", "deque([1, 2], 2).insert(0, 5)", "deque(5)", "deque() + [1]", "hash(deque())", "deque([1])[0:1]", "deque([1]).rotate('a')"):
    try:
        print(src, eval(src))
    except (IndexError, ValueError, TypeError) as err:
        print(src, type(err).__name__, err)
try:
    for x in e:
        e.append(1)
except RuntimeError as err:
    print(err)
big = deque(range(1000))
for _ in range(300):
    big.append(big.popleft())
print(big[0], big[500], big[-1], len(big), list(pickle.loads(pickle.dumps(big)))[:3], copy.deepcopy(deque([[1]])))
c = Counter("abracadabra")
print(c, c.most_common(2), c["z"], sum(c.values()), c.total(), sorted(c.elements())[:4], dict(c))
c.update("aaz")
c.subtract({"a": 10})
print(c, +c, -c, c + Counter(a=20), c - Counter(b=1), Counter("ab") & Counter("bc"), Counter("ab") | Counter("bbc"), Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2), Counter.__name__)
del c["a"], c["nothing"]
print(c, Counter(x=3, y=1), Counter([1, 1, 2]), Counter({"q": 2}), Counter())
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a")
o.move_to_end("c", last=False)
print(o, o.popitem(), o.popitem(last=False), o, OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == {"b": 2, "a": 1}, list(reversed(OrderedDict(x=1, y=2))), OrderedDict.fromkeys("ab", 0), o | {"n": 1})
try:
    o.move_to_end("zz")
except KeyError as err:
    print(repr(err))
dd = defaultdict(list)
dd["a"].append(1)
dd["b"]
print(dd, dd.get("zz"), "zz" in dd, defaultdict(int, a=1)["a"], defaultdict(None, {1: 2}), dd.copy(), dd.default_factory, defaultdict(lambda: 5)["x"], copy.copy(dd) == dd, dd | {"c": 1})
try:
    defaultdict()["k"]
except KeyError as err:
    print(repr(err))
try:
    defaultdict(5)
except TypeError as err:
    print(err)
cm = ChainMap({"a": 1}, {"a": 2, "b": 3})
cm["c"] = 4
print(cm, cm["a"], cm["b"], len(cm), sorted(cm), cm.new_child({"a": 9})["a"], cm.parents, cm.maps[0], "z" in cm, cm.get("z", 0))
P = namedtuple("P", "x y z", defaults=[3])
p = P(1, 2)
print(p, p.x, p[1], p._asdict(), p._replace(x=5), P._fields, P._field_defaults, P._make([7, 8, 9]), p == (1, 2, 3), *p, P.__doc__, p.__getnewargs__(), pickle.loads(pickle.dumps(p)) == p, hash(p) == hash((1, 2, 3)), P.x.__doc__)
for args in (("T", "a a"), ("T", "class"), ("T", "_a"), ("1T", "a"), ("T", "a b", {"defaults": [1, 2, 3]})):
    try:
        namedtuple(*args[:2], **(args[2] if len(args) > 2 else {}))
    except (ValueError, TypeError) as err:
        print(err)
print(namedtuple("R", "a class a", rename=True)._fields)
try:
    P(1)
except TypeError as err:
    print(err)
try:
    p.x = 5
except AttributeError as err:
    print(err)


class UD(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k.upper(), v)


u = UD(a=1)
u["b"] = 2
print(u, "A" in u, UserList([1, 2]) + [3], UserList("ab")[0], UserString("abc").upper(), UserString("x") + "y", type(UserString("x") * 2).__name__)
