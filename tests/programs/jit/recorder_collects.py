# flags: -X gc-stress=1
# The recorder allocates while registers hold what only they refer to.


class Base:
    x = 1

    def f(self, *args, k=2):
        return [self.x, args, {k: k}]


class Other(Base):
    y = [1, 2]

    def f(self, *args):
        return (super().f(*args, k=str(args)), self.y + [len(args)])


def build(n):
    def inner(v=[n]):
        return v, lambda: n

    out = []
    for i in range(n):
        out.append((inner()[1](), Other().f(i, str(i)), Base.f(Other(), *[str(i), i])))
    return out


print(build(3)[2])
print(build(5)[-1])
