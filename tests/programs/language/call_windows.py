# flags: -X gc-stress=1
# Arguments that allocate while outer call windows are only partly filled.


def pair(a, b):
    return [a, b]


def build(depth):
    if depth == 0:
        return (str(depth), {depth: [depth]})
    return pair(build(depth - 1), pair(build(depth - 1), lambda: depth))


def count(x):
    if isinstance(x, list):
        return sum(count(y) for y in x)
    return 1


def values():
    got = pair((yield 1), pair((yield 2), (yield 3)))
    yield got


class Base:
    def first(self, x=pair("a", pair("b", "c"))):
        return x

    second = property(lambda self: pair(self.first(), self.first(pair(1, 2))))


print(count(build(6)))
print(Base().second)
g = values()
print(next(g), g.send("x"), g.send("y"), g.send("z"))
print(pair(*[pair(i, str(i)) for i in range(2)]))
