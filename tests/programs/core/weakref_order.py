"""Callbacks of one object run newest first, each before the next begins; what a weak reference shows of a name."""
import gc
import weakref


class Thing:
    pass


def note(log, i):
    log.append(i)


def run(count):
    log = []
    thing = Thing()
    refs = [weakref.ref(thing, lambda r, i=i: note(log, i)) for i in range(count)]
    del thing
    return log, refs


for count in (1, 2, 5, 40):
    log, refs = run(count)
    gc.collect()
    print(log == list(range(count))[::-1], [r() for r in refs] == [None] * count)


class Attributes(dict):
    """Every attribute is an item."""
    def __getattr__(self, name):
        return self[name]


a = Attributes(one=1)
print(repr(weakref.ref(a)).replace(hex(id(a)), "ADDRESS").split("; ")[1])
a["__name__"] = "no"
print(repr(weakref.ref(a)).replace(hex(id(a)), "ADDRESS").split("; ")[1])
for v in (run, Thing):
    print(repr(weakref.ref(v)).replace(hex(id(v)), "ADDRESS").split("; ")[1])

# What objects refer to, numbers included; what cannot refer to anything is not tracked.
print(sorted(gc.get_referents([1, 3, 5], (7, 9), {11: 13.5}, 15)), gc.is_tracked(object()), gc.is_tracked(Thing()))


# The references that are shared come first among those of an object, then the newest.
class Own(weakref.ref):
    pass


thing = Thing()
a, b = Own(thing), weakref.ref(thing, print)
proxy, plain, c = weakref.proxy(thing), weakref.ref(thing), Own(thing)
names = {id(a): "a", id(b): "b", id(c): "c", id(plain): "plain", id(proxy): "proxy"}
print([names[id(r)] for r in weakref.getweakrefs(thing)], weakref.getweakrefcount(thing), thing.__weakref__ is plain)
