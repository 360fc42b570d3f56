"""Dicts: order, methods, views, equality, keys that compare equal, errors."""
d = {"b": 1, "a": 2}
d["c"] = 3
d["b"] = 10
del d["a"]
d["a"] = 4
print(d, list(d), list(d.items()), d.get("x"), d.get("x", 5), d.setdefault("new", []), d.setdefault("b", 0), d.pop("c"), d.pop("zz", None), d.popitem(), d)
print(dict(a=1), dict([("x", 1), ["y", 2]]), dict({"k": 1}, k=2, z=3), dict(zip("ab", range(2))), dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), {**{"a": 1}, "b": 2}, dict(d) == d, dict([]))
for src in ("{}['k']", "{}[()]", "{}.pop('k')", "{}.popitem()", "{[]: 1}", "{{}: 1}", "dict(5)", "dict([1])", "dict([(1, 2, 3)])", "{}.update(5)", "{} + {}", "{} < {}", "{}['a':]", "dict(**{1: 2})", "{}.fromkeys(5)", "hash({})", "{}.get([])", "[] in {}", "{1: 2}.update([(1,)])", "{} | 5", "dict(a=1, **{'a': 2})", "del {}['x']", "{1.5: 2}[2]"):
    try:
        print(src, eval(src) if not src.startswith("del") else exec(src))
    except (KeyError, TypeError, ValueError, SyntaxError) as e:
        print(src, type(e).__name__, e)
e = {1: "int"}
e[1.0] = "float"
e[True] = "bool"
print(e, e[1 + 0j], {0: 1, False: 2, 0.0: 3}, {"a": 1, b"a": 2}, len({(1, 2): 1, (1.0, 2.0): 2}), {None: 1, ...: 2, int: 3}[int])
f = {"x": 1, "y": 2, "z": 3}
keys, values, items = f.keys(), f.values(), f.items()
f["w"] = 4
print(keys, values, items, len(keys), "w" in keys, 4 in values, ("w", 4) in items, ("w", 5) in items, list(reversed(keys)), list(reversed(f)), list(reversed(items)))
print(sorted(keys & {"x", "q"}), sorted(keys | ["q"]), sorted(keys - {"x"}), sorted(keys ^ {"x", "n"}), keys == {"x", "y", "z", "w"}, keys >= {"x"}, keys.isdisjoint(["q"]), sorted(items & {("x", 1)}), keys.mapping["x"], type(keys).__name__, {"x", "zz"} - keys)
f.update({"x": 100}, new=5)
f.update([("p", 1)])
f |= {"q": 2}
print(f, f | {"x": 0}, {"x": 0} | f, f.copy() == f, f.copy() is f)
f.clear()
print(f, bool(f), keys)
print({"a": 1, "b": 2} == {"b": 2, "a": 1}, {"a": 1} == {"a": 1.0}, {} != {1: 1}, {"a": 1} == {"a": 2}, {1: 2} == [(1, 2)])
big = {i: i * i for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
for i in range(2000, 2010):
    big[i] = i
print(len(big), list(big)[:5], list(big)[-3:], sum(big), 4 in big, big[999])
g = {}
for i in range(100):
    g[str(i)] = i
    if i >= 5:
        del g[str(i - 5)]
print(g)


class Key:
    def __init__(self, v): self.v = v
    def __hash__(self): return self.v % 2
    def __eq__(self, o): return isinstance(o, Key) and self.v == o.v
    def __repr__(self): return f"K{self.v}"


h = {Key(i): i for i in range(8)}
print(h, h[Key(3)], Key(9) in h, h.pop(Key(0)), len(h), list(h))


class BadHash:
    def __hash__(self): return "x"


class HashError:
    def __hash__(self): raise RuntimeError("no hash")


for k in (BadHash(), HashError()):
    try:
        {k: 1}
    except (TypeError, RuntimeError) as err:
        print(err)


class EqError:
    def __hash__(self): return 1
    def __eq__(self, o): raise ValueError("no eq")


t = {EqError(): 1}
for action in (lambda: t[1], lambda: t.get(EqError()), lambda: 1 in t, lambda: t.setdefault(1, 2)):
    try:
        print(action())
    except ValueError as err:
        print(err)


class Missing(dict):
    def __missing__(self, k):
        return f"missing {k}"


m = Missing(a=1)
print(m["a"], m["b"], m.get("b"), "b" in m, len(m), m, type(m | {}).__name__, type(m.copy()).__name__)


class SubKey(str):
    def __hash__(self): return 5
    def __eq__(self, o): return True


print({SubKey("a"): 1, SubKey("b"): 2}, "a" in {SubKey("a"): 1})
r = {}
r["self"] = r
print(r, [r], len(r))
i = iter({1: 2, 3: 4})
print(next(i), i.__length_hint__(), list(i), next(iter({}.items()), "empty"))
print({k: v for k, v in sorted({"z": 1, "a": 2}.items())}, max({"a": 3, "b": 1}.items(), key=lambda kv: kv[1]), dict(sorted({"b": 1, "a": 0}.items())), list(map(str.upper, {"q": 1})), *{"s": 1, "t": 2})
