"""Generators: lazy evaluation, send, throw, close, return values, state."""
import inspect


def simple(n):
    print("start")
    for i in range(n):
        got = yield i
        if got is not None:
            print("got", got)
    return "result"


g = simple(3)
print(inspect.getgeneratorstate(g))
print(next(g), inspect.getgeneratorstate(g))
print(g.send("hi"), next(g))
try:
    next(g)
except StopIteration as e:
    print("stop", e.value, inspect.getgeneratorstate(g))
try:
    next(g)
except StopIteration as e:
    print("stop again", e.value)

g = simple(2)
try:
    g.send(1)
except TypeError as e:
    print(e)


def cleaning():
    try:
        while True:
            try:
                v = yield "value"
                print("sent", v)
            except ValueError as e:
                print("caught", e)
                yield "recovered"
    finally:
        print("cleanup")


g = cleaning()
print(next(g))
print(g.throw(ValueError("oops")))
print(next(g))
g.close()
g.close()

g = cleaning()
next(g)
try:
    g.throw(KeyError, KeyError("k"))
except KeyError as e:
    print("out", repr(e))


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)


def stops():
    yield 1
    raise StopIteration("inside")


try:
    list(stops())
except RuntimeError as e:
    print(e, repr(e.__cause__))


def reenter():
    yield next(it)


it = reenter()
try:
    next(it)
except ValueError as e:
    print(e)

print(sum(x * x for x in range(10)), list(zip("abc", (c.upper() for c in "xyz"))))
ge = (print("evaluated", x) or x for x in [1, 2])
print("before")
print(list(ge))


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


from itertools import islice
print(list(islice(fib(), 12)))
print(type(fib()).__name__, fib.__name__, fib().__name__, fib().gi_code.co_name, fib().gi_running)


def unused():
    print("never runs")
    yield


unused().close()


def gen_with_default(x=[]):
    x.append(len(x))
    yield from x


print(list(gen_with_default()), list(gen_with_default()))
print(inspect.isgeneratorfunction(fib), inspect.isgenerator(fib()))


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


print(list(tree(4)))
