"""Metaclasses: __prepare__, __new__, __init__, __call__, conflicts, __instancecheck__."""
log = []


class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        log.append(("prepare", name, sorted(kw)))
        return {"injected": 42}

    def __new__(mcls, name, bases, ns, **kw):
        log.append(("new", name, [k for k in ns if not k.startswith("__")]))
        return super().__new__(mcls, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        log.append(("init", name))
        super().__init__(name, bases, ns)

    def __call__(cls, *args, **kw):
        log.append(("call", cls.__name__, args))
        return super().__call__(*args, **kw)

    @property
    def shout(cls):
        return cls.__name__.upper()

    def __len__(cls):
        return 7

    def __iter__(cls):
        return iter("abc")

    def __contains__(cls, x):
        return x == "yes"

    def __getitem__(cls, k):
        return (cls.__name__, k)


class Thing(metaclass=Meta, option=1):
    def __init__(self, v=None):
        self.v = v


class Sub(Thing):
    pass


Thing(5)
for entry in log:
    print(entry)
print(Thing.injected, Sub.shout, len(Thing), list(Sub), "yes" in Thing, Thing[3], type(Sub).__name__)
try:
    Sub().shout
except AttributeError as e:
    print(e)


class Other(type):
    pass


try:
    class Conflict(Thing, metaclass=Other):
        pass
except TypeError as e:
    print(e)


class Duck(type):
    def __instancecheck__(cls, obj):
        return hasattr(obj, "quack")

    def __subclasscheck__(cls, sub):
        return sub.__name__.startswith("D")


class IsDuck(metaclass=Duck):
    pass


class Dog:
    quack = 1


print(isinstance(Dog(), IsDuck), isinstance(3, IsDuck), issubclass(Dog, IsDuck), issubclass(int, IsDuck))


def function_as_metaclass(name, bases, ns):
    return (name, bases, sorted(k for k in ns if not k.startswith("__")))


class Tup(metaclass=function_as_metaclass):
    a = 1
    b = 2


print(Tup)


class Singleton(type):
    made = {}

    def __call__(cls, *a):
        if cls not in cls.made:
            cls.made[cls] = super().__call__(*a)
        return cls.made[cls]


class One(metaclass=Singleton):
    def __init__(self, n):
        self.n = n


print(One(1) is One(2), One(3).n)


class Entries:
    def __mro_entries__(self, bases):
        print("bases", len(bases))
        return (dict,)


class FromEntries(Entries()):
    pass


print(FromEntries.__mro__[1], len(FromEntries.__orig_bases__))
print(type.__call__(int, "12"), type(type) is type, isinstance(type, object))
