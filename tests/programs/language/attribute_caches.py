# Attributes through places that see many shapes, and what must make the caches forget.


class Base:
    kind = "base"

    def who(self):
        return "base " + self.name

    @staticmethod
    def plain(x):
        return x + 1

    @classmethod
    def made(cls):
        return cls.__name__


def make(i):
    space = {"slot%d" % j: j for j in range(i % 5)}
    return type("C%d" % i, (Base,), space)


classes = [make(i) for i in range(100)]
objects = []
for i, c in enumerate(classes):
    o = c()
    for j in range(i % 7):
        setattr(o, "before%d" % j, j)
    o.name = "n%d" % i
    objects.append(o)


def read(o):
    return o.name, o.kind, o.who(), o.plain(1), o.made(), o.__class__.__name__


def class_read(c):
    return c.kind, c.plain(2), c.made(), c.__name__, c.who


def many(rounds=100):
    total = 0
    for _ in range(rounds):
        for o in objects:
            total += len(read(o)[2]) + len(class_read(type(o)))
    return total


print(many())
# A class attribute changes: every place sees it.
Base.kind = "new base"
print(read(objects[3])[1], class_read(classes[3])[0])
classes[3].kind = "own"
print(read(objects[3])[1], class_read(classes[3])[0], read(objects[4])[1])
del classes[3].kind
print(read(objects[3])[1], class_read(classes[3])[0])
# An instance attribute hides a function of the class.
objects[5].who = lambda: "hidden"
print(read(objects[5])[2], read(objects[6])[2])
# A data descriptor on the class hides the instance's attribute.
classes[7].name = property(lambda self: "property")
print(read(objects[7])[0], read(objects[8])[0])
del classes[7].name
print(read(objects[7])[0])
# The class of an object changes.
objects[9].__class__ = classes[10]
print(read(objects[9])[4:])
# Attributes go away.
del objects[11].name
try:
    read(objects[11])
except AttributeError as e:
    print(e)
print(many(2) if not hasattr(objects[11], "name") and not setattr(objects[11], "name", "back") else None)


# Data descriptors of the metaclass go before the class's own attribute.
class Meta(type):
    pass


metas = [Meta("M%d" % i, (), {"attr": i}) for i in range(80)]


def meta_read(c):
    return c.attr


print(sum(meta_read(m) for _ in range(3) for m in metas))
Meta.attr = property(lambda cls: 1000)
print(sum(meta_read(m) for m in metas))
del Meta.attr
print(sum(meta_read(m) for m in metas))


# Assignments of many shapes: slots, new attributes, attributes beyond those the class has room for, descriptors.
class Slots:
    __slots__ = ("value", "other")


class Watched:
    def __setattr__(self, name, value):
        object.__setattr__(self, "seen", (name, value))


class Late:
    pass


def write(o, v):
    o.value = v


targets = [Slots(), Watched(), Late()] + [c() for c in classes]
early = [Late() for _ in range(80)]
for n, o in enumerate(early):
    for j in range(n % 40):
        setattr(o, "a%d" % j, j)
targets += early
for r in range(50):
    for i, o in enumerate(targets):
        write(o, i + r)
print(targets[0].value, targets[1].seen, targets[2].value, sum(o.value for o in targets[3:]))
print([o.a3 for o in early[4:8]], early[39].__dict__["value"], list(early[5].__dict__))


def read_slot(o):
    return o.value


for _ in range(100):
    for o in targets:
        if not isinstance(o, Watched):
            read_slot(o)
del targets[0].value
try:
    read_slot(targets[0])
except AttributeError as e:
    print(e)


# `__getattr__` gets what is not found, also where a cached lookup fails.
class Fallback(Base):
    def __getattr__(self, name):
        return "fallback " + name

    @property
    def broken(self):
        raise AttributeError("inside")


def read_broken(o):
    return o.broken


mixed = [Fallback() for _ in range(3)]
for _ in range(200):
    for o in mixed:
        assert read_broken(o) == "fallback broken"
    for c in objects[:3]:
        try:
            read_broken(c)
        except AttributeError:
            pass
print(read_broken(mixed[0]), mixed[0].nothing)


# Descriptors in the dict of a class that they were not made for.
class Other:
    member = Slots.__dict__["value"]


def read_member(o):
    return o.member


for _ in range(100):
    for o in (Other(), Other()):
        try:
            read_member(o)
            print("read")
        except TypeError as e:
            text = str(e)
print(text)
