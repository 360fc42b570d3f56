"""Classes: attributes, inheritance, class bodies, __init_subclass__, __set_name__."""


class Base:
    registry = []

    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry.append((cls.__name__, tag))

    def hello(self):
        return f"hello from {type(self).__name__}"


class First(Base, tag="one"):
    pass


class Second(First, tag=2):
    def hello(self):
        return super().hello() + "!"


print(Base.registry)
print(Base().hello(), First().hello(), Second().hello())
print(Second.__mro__ == (Second, First, Base, object), Second.__bases__, Second.__base__.__name__)
print([c.__name__ for c in Base.__subclasses__()])


class Named:
    def __set_name__(self, owner, name):
        self.where = f"{owner.__name__}.{name}"

    def __get__(self, instance, owner=None):
        return self.where if instance is not None else self


class Holder:
    a = Named()
    b = Named()


print(Holder().a, Holder().b, type(Holder.a).__name__)

instance = First()
instance.color = "red"
print(instance.__dict__, vars(instance) is instance.__dict__)
First.color = "class"
print(instance.color, First().color)
del instance.color
print(instance.color)
try:
    del instance.color
except AttributeError as e:
    print(e)
try:
    instance.missing
except AttributeError as e:
    print(e, e.name, e.obj is instance)
try:
    First.missing
except AttributeError as e:
    print(e)


class Order:
    print("in body:", __qualname__, __module__)
    x = 1
    for i in range(3):
        x += i

    class Inner:
        pass


print(Order.x, Order.i, Order.Inner.__qualname__)
print(isinstance(Second(), Base), issubclass(Base, Second), isinstance(1, (str, int)), isinstance(1, int | str))
one = First()
one.__class__ = Second
print(one.hello())
Dynamic = type("Dynamic", (Base,), {"v": 3, "get": lambda self: self.v})
print(Dynamic().get(), Dynamic.__name__, Dynamic.__module__, Base.registry[-1])


class Meth:
    @staticmethod
    def s(a):
        return ("static", a)

    @classmethod
    def c(cls, a):
        return (cls.__name__, a)


class SubMeth(Meth):
    pass


print(Meth.s(1), Meth().s(2), SubMeth.c(3), SubMeth().c(4), Meth.c.__self__.__name__)
try:
    class Bad(int, str):
        pass
except TypeError as e:
    print(e)
try:
    class Bad2(bool):
        pass
except TypeError as e:
    print(e)
