"""Tracebacks through generators, comprehensions, lambdas, methods, class bodies and decorators."""


class Holder:
    def __getattr__(self, name):
        return self.compute(name)

    def compute(self, name):
        return [self.item(i) for i in range(3)]

    def item(self, i):
        return next(self.generate(i))

    def generate(self, i):
        yield from (apply(lambda v: v[i], {0: 0, 1: 1}) for _ in "x")


def apply(f, v):
    return f(v)


class Body:
    value = Holder().anything
