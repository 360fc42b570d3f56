"""Classes whose instances become descriptors, or cease to be, after code has relied on what they were."""


class Descriptor:
    pass


class Base:
    pass


class Derived(Base):
    pass


class Meta(type):
    attribute = Descriptor()


class ByMeta(metaclass=Meta):
    def attribute():
        return True


class Class:
    attribute = Descriptor()
    derived = Derived()


def attribute():
    return True


shadowed, plain = Class(), Class()
shadowed.attribute = attribute
shadowed.derived = attribute
looks = [lambda: shadowed.attribute(), lambda: shadowed.attribute, lambda: plain.attribute, lambda: Class.attribute, lambda: ByMeta.attribute(),
         lambda: ByMeta.attribute, lambda: shadowed.derived, lambda: plain.derived, lambda: Class.derived]


def look(f):
    seen = []
    for _ in range(60):
        try:
            value = f()
        except TypeError as e:
            value = e
        if not seen or type(value).__name__ != seen[-1]:
            seen.append(type(value).__name__)
    return seen


def show(what):
    print(what, *(",".join(look(f)) for f in looks))


class Getter:
    def __get__(self, instance, owner):
        return lambda: 1.5


class Setter(Getter):
    def __set__(self, instance, value):
        pass


show("plain")
Descriptor.__get__ = lambda self, instance, owner: lambda: 1.5
show("get")
Descriptor.__set__ = lambda self, instance, value: None
show("get and set")
del Descriptor.__get__
show("set")
del Descriptor.__set__
show("none")
Descriptor.__delete__ = lambda self, instance: None
show("delete")
Base.__get__ = lambda self, instance, owner: lambda: 2j
show("derived get")
Base.__set__ = None
show("derived set")
del Base.__get__, Base.__set__, Descriptor.__delete__
show("none")


class Other:
    pass


for bases in ((Getter,), (Setter,), (Other,)):
    class Holder(Other):
        pass

    class Owner:
        held = Holder()
    owner = Owner()
    owner.__dict__["held"] = attribute
    looks = [lambda: owner.held, lambda: Owner.held, lambda: Owner().held]
    show("bases")
    Holder.__bases__ = bases
    show(bases[0].__name__)
