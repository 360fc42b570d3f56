"""Weak references, finalizers and __del__; every death is provoked by gc.collect()."""
import gc
import weakref


class Obj:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Obj({self.name})"


def make(name, callback=None):
    o = Obj(name)
    return o, weakref.ref(o, callback)


o, r = make("a")
print(r(), r() is o)
del o
gc.collect()
print(r())

o, r = make("b", lambda ref: print("callback", ref() is None))
del o
gc.collect()


def cycle():
    x, y = Obj("x"), Obj("y")
    x.other, y.other = y, x
    return weakref.ref(x), weakref.ref(y)


rx, ry = cycle()
gc.collect()
print(rx(), ry())


class Del:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def temporary():
    Del("temporary")


temporary()
gc.collect()
d = Del("named")
d = None
gc.collect()


class Phoenix:
    saved = []

    def __del__(self):
        print("rising")
        Phoenix.saved.append(self)


p = Phoenix()
del p
gc.collect()
print(len(Phoenix.saved))
Phoenix.saved.clear()
gc.collect()
print(len(Phoenix.saved))

wv = weakref.WeakValueDictionary()
keep = Obj("kept")
wv["k"] = keep
wv["g"] = Obj("gone")
gc.collect()
print(dict(wv), "g" in wv)
wk = weakref.WeakKeyDictionary()
wk[keep] = 1
t = Obj("t")
wk[t] = 2
del t
gc.collect()
print(dict(wk))
ws = weakref.WeakSet([keep, Obj("temp")])
gc.collect()
print(list(ws))


def finalizer():
    f = Obj("fin")
    return weakref.finalize(f, print, "finalized", 1)


fin = finalizer()
gc.collect()
print(fin.alive)
proxy = weakref.proxy(keep)
print(proxy.name, type(proxy).__name__)
proxy.name = "renamed"
print(keep)
del keep
gc.collect()
try:
    proxy.name
except ReferenceError as e:
    print(e)


class Method:
    def m(self):
        return "method"


m = Method()
wm = weakref.WeakMethod(m.m)
print(wm()())
del m
gc.collect()
print(wm())
a, ra = make("same")
print(weakref.ref(a) is weakref.ref(a), weakref.getweakrefcount(a), ra == weakref.ref(a), hash(ra) == hash(a))
for v in (1, "s", (), [], {}, None):
    try:
        weakref.ref(v)
        print("weak", type(v).__name__)
    except TypeError as e:
        print(e)
print(weakref.ref(make)() is make, weakref.ref(Obj)() is Obj, weakref.ref({1})() is None or True)


def generator_cleanup():
    try:
        yield 1
    finally:
        print("generator finalized")


g = generator_cleanup()
next(g)
del g
gc.collect()


class BadDel:
    def __del__(self):
        print("before the error")


b = BadDel()
del b
gc.collect()
print(gc.isenabled(), gc.disable(), gc.isenabled(), gc.enable(), len(gc.get_threshold()), len(gc.get_count()))
print(gc.is_tracked([]), gc.is_tracked(1))
