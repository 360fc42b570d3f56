"""yield from: delegation of send, throw, close and return values."""


def inner():
    total = 0
    while True:
        try:
            v = yield total
        except ValueError as e:
            print("inner caught", e)
            v = 100
        if v is None:
            return total
        total += v


def outer(log):
    while True:
        result = yield from inner()
        log.append(result)


log = []
g = outer(log)
next(g)
for v in (1, 2, 3, None):
    print(g.send(v))
print(log, g.throw(ValueError("x")), g.gi_yieldfrom.__name__)
g.close()


def over_list():
    r = yield from [1, 2, 3]
    print("list gave", r)
    r = yield from "ab"
    return "end"


def wrapper():
    print((yield from over_list()))


print(list(wrapper()))


class WithMethods:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration("done")
        return self.n

    def send(self, v):
        print("send", v)
        return "sent"

    def throw(self, *e):
        print("throw", type(e[0]).__name__)
        return "thrown"

    def close(self):
        print("close")


def delegate():
    r = yield from WithMethods()
    print("r =", r)


g = delegate()
print(next(g), g.send("v"), g.throw(KeyError("e")), next(g))
g.close()
print(list(delegate()))


def no_send():
    yield from iter([1, 2])


g = no_send()
next(g)
try:
    g.send(5)
except AttributeError as e:
    print(e)
g = no_send()
next(g)
try:
    g.throw(ValueError("through"))
except ValueError as e:
    print(e)


def raises():
    yield 1
    raise LookupError("from inside")


def catches():
    try:
        yield from raises()
    except LookupError as e:
        yield f"caught {e}"
    yield "after"


print(list(catches()))


def closing():
    try:
        yield from (x for x in range(3))
    finally:
        print("closing finally")


g = closing()
next(g)
g.close()


def chain(n):
    if n == 0:
        yield "bottom"
        return "value"
    return f"<{(yield from chain(n - 1))}>"


def top():
    print((yield from chain(5)))


print(list(top()))
try:
    list((lambda: (yield from 5))())
except TypeError as e:
    print(e)
