# Metaclasses whose mro() changes bases, hierarchies and itself.
class Ready(type):
    ready = False

    def mro(cls):
        if Ready.ready:
            other = {"B1": "B2", "B2": "B1"}.get(cls.__name__)
            if other:
                globals()[other].__bases__ = (cls,)
        return type.mro(cls)


class A(metaclass=Ready):
    pass


class B1(A):
    pass


class B2(A):
    pass


Ready.ready = True
try:
    B1.__bases__ += ()
except TypeError as e:
    print(e)
Ready.ready = False
print(B1.__mro__, B2.__mro__)


class Cyclic(type):
    ready = False

    def mro(cls):
        if Cyclic.ready and cls.__name__ == "C":
            Cyclic.ready = False
            C.__bases__ = (E,)
        return type.mro(cls)


class Base(metaclass=Cyclic):
    pass


class C(Base):
    pass


class D(Base):
    pass


class E(D):
    pass


Cyclic.ready = True
C.__bases__ = (D,)
print(C.__bases__, C.__mro__, D.__subclasses__(), E.__subclasses__())


class Left(type):
    def mro(cls):
        return (Base,)


try:
    class F(metaclass=Left):
        pass
except TypeError as e:
    print(e)



class HasDict:
    pass


setter = HasDict.__dict__["__dict__"]


class Meta(type, HasDict):
    pass


class G(metaclass=Meta):
    pass


try:
    setter.__set__(G, {})
except AttributeError as e:
    print(e)
print(type(setter.__get__(G)).__name__)


class C0:
    __class_getitem__ = None


try:
    C0[int]
except TypeError as e:
    print(e)


class Property:
    @property
    def __eq__(self):
        raise AttributeError("booh")

    @property
    def __lt__(self):
        raise ZeroDivisionError


print(Property() == Property())
try:
    Property() < Property()
except TypeError as e:
    print(e)

import collections
import collections.abc


def kind(x):
    match x:
        case [*_]:
            return "seq"
        case {}:
            return "map"


class S(collections.UserList, collections.abc.Mapping):
    pass


class M(collections.UserDict, collections.abc.Sequence):
    pass


print(kind(S()), kind(M()))

import operator
import warnings


class MyInt(int):
    pass


class Index:
    def __index__(self):
        return MyInt(7)


with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    print(type(operator.index(Index())).__name__, [str(w.message)[:45] for w in seen])
