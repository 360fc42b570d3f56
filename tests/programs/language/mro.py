"""The method resolution order and cooperative super()."""


class Root:
    def visit(self):
        return ["Root"]


class A(Root):
    def visit(self):
        return ["A"] + super().visit()


class B(Root):
    def visit(self):
        return ["B"] + super().visit()


class C(A, B):
    def visit(self):
        return ["C"] + super().visit()


class D(B):
    def visit(self):
        return ["D"] + super().visit()


class E(C, D):
    def visit(self):
        return ["E"] + super().visit()


print(C().visit())
print(E().visit())
print([c.__name__ for c in E.__mro__])
try:
    class X(A, Root, B):
        pass
except TypeError as e:
    print(e)
try:
    class Y(Root, A):
        pass
except TypeError as e:
    print(str(e).splitlines()[0])
try:
    class Z(A, A):
        pass
except TypeError as e:
    print(e)

print(super(A, C()).visit(), super(C, E()).visit())
print(super(D, E).__thisclass__.__name__, super(D, E()).__self_class__.__name__)


class Lazy:
    def method(self):
        def inner():
            return super(Lazy, self).__init__
        return inner().__name__

    @classmethod
    def make(cls):
        return super().__new__(cls)

    @property
    def p(self):
        return super().__class__


print(Lazy().method(), type(Lazy.make()).__name__, Lazy().p)

# Changing the bases changes what is found.


class Old:
    name = "old"


class New:
    name = "new"


class Child(Old):
    pass


child = Child()
print(child.name)
Child.__bases__ = (New,)
print(child.name, [c.__name__ for c in Child.__mro__])


class WithMro(type):
    def mro(cls):
        return [*super().mro()[:-1], Old, object]


class Special(metaclass=WithMro):
    pass


print([c.__name__ for c in Special.__mro__], Special.name)


def outside():
    super().x


try:
    outside()
except RuntimeError as e:
    print(e)
try:
    super(A, 3)
except TypeError as e:
    print(e)
