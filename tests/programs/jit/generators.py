"""Generators resumed in hot loops: made, suspended, finished, thrown into, nested, shared."""
import gc
import sys


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def total(n):
    t = 0
    for x in count(n):
        t += x
    return t


print([total(n) for n in (0, 1, 2, 3, 50, 400)])


def two(n):
    for i in range(n):
        yield i
        yield -i * 0.5


print(sum(x for x in two(100)), [x for x in two(4)])


def pick(n):
    t = []
    for i, x in enumerate(two(n)):
        if i % 7 == 3:
            t.append(x)
    return t


print(pick(40))


# A generator that is advanced by others while the loop runs.
def shared(n):
    g = count(n)
    t = []
    for x in g:
        if x % 10 == 4:
            t.append((x, next(g, None)))
        if x == 70:
            t.append(list(g)[:3])
    return t


print(shared(100))


# The loop variable's type changes on the way.
def mixed(n):
    for i in range(n):
        if i < n // 2:
            yield i
        elif i % 2:
            yield str(i)
        else:
            yield i * 1.5


def consume(n):
    t = 0
    for x in mixed(n):
        if isinstance(x, str):
            t += len(x)
        else:
            t += x
    return t


print(consume(120), consume(9))


# Exceptions out of the generator, into it, and caught inside.
def fails(n):
    for i in range(n):
        yield 10 // (n - 20 - i)


def caught(n):
    t = 0
    try:
        for x in fails(n):
            t += x
    except ZeroDivisionError as e:
        depth, tb = 0, e.__traceback__
        while tb:
            depth, tb = depth + 1, tb.tb_next
        return t, str(e), depth
    return t


print(caught(60), caught(15))


def guarded(n):
    for i in range(n):
        try:
            yield 7 // (i % 5)
        except ZeroDivisionError:
            yield -1
        finally:
            i = None


def stopped(n):
    t = 0
    for x in guarded(n):
        t = t * 3 % 1000003 + x
    return t


print(stopped(90))


def handler_suspended(n):
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError as e:
            yield e.args[0], str(sys.exception())


def handled(n):
    t = []
    for a, b in handler_suspended(n):
        t.append((a, b, sys.exception()))
    return t[-2:]


print(handled(60))


# Throwing and closing between turns.
def listener():
    got = 0
    while True:
        try:
            x = yield got
        except KeyError as e:
            got = e.args[0]
        else:
            got = x


def talk(n):
    g = listener()
    next(g)
    t = 0
    for i in range(n):
        t += g.throw(KeyError(i)) if i % 11 == 5 else g.send(i * 2)
    g.close()
    return t


print(talk(200))


# yield from: chains and trees.
def inner(n):
    r = 0
    for i in range(n):
        got = yield i
        r += i if got is None else got
    return r


def outer(n):
    a = yield from inner(n)
    b = yield from inner(n // 2)
    yield from (a, b)
    return "end"


def chain(n):
    t = []
    for x in outer(n):
        t.append(x)
    return sum(t), t[-3:]


print(chain(50), chain(3))


class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def tree(low, high):
    if low >= high:
        return None
    mid = (low + high) // 2
    return Node(mid, tree(low, mid), tree(mid + 1, high))


def walk(root):
    t = 0
    for x in root:
        t = t * 31 % 65537 + x
    return t


print(walk(tree(0, 300)), walk(tree(0, 5)))


# The same code with several functions and globals.
def make(step):
    def g(n):
        i = 0
        while i < n:
            yield i
            i += step
    return g


def closures():
    t = []
    for step in (1, 2, 3):
        s = 0
        for x in make(step)(120):
            s += x
        t.append(s)
    return t


print(closures())

other = {"base": 1000}
exec("def gen(n):\n    for i in range(n):\n        yield i + base\n", other)
mine = type(other["gen"])(other["gen"].__code__, {"base": 5, "range": range})


def worlds():
    t = []
    for g in (other["gen"], mine, other["gen"]):
        s = 0
        for x in g(60):
            s += x
        t.append(s)
    return t


print(worlds())


# Generator expressions made in a loop; captured variables.
def squares(n):
    t = 0
    for i in range(n):
        for x in (j * i for j in range(5)):
            t += x
    return t


print(squares(60))


# A generator that ends by an exception or returns a value; one that is resumed in itself.
def again():
    for i in range(40):
        try:
            next(me)
        except ValueError as e:
            yield str(e) if i > 38 else i


me = again()
print([x for x in me][-1])


def frames(n):
    for i in range(n):
        yield i
        if i == 45:
            sys._getframe().f_locals["i"]
            sys._getframe(1).f_locals
            gc.collect()


def looked(n):
    t = 0
    for x in frames(n):
        t += x
    return t


print(looked(80))


# Registers hold the only reference.
class Thing:
    live = 0

    def __init__(self, n):
        self.n = n
        Thing.live += 1

    def __del__(self):
        Thing.live -= 1


def things(n):
    keep = Thing(-1)
    for i in range(n):
        x = Thing(i)
        yield x
        assert x.n == i and keep.n == -1


def use(n):
    t = 0
    for x in things(n):
        t += x.n
        if x.n % 40 == 0:
            gc.collect()
    return t


print(use(120))
gc.collect()


def abandoned(n):
    log = []

    def g(k):
        try:
            for i in range(k):
                yield i
        finally:
            log.append(k)

    for k in range(n):
        for x in g(k):
            if x == 3:
                break
    del x
    gc.collect()
    return sorted(log) == list(range(n))


print(abandoned(40))


# Coroutines.
class Ready:
    def __init__(self, n):
        self.n = n

    def __await__(self):
        yield self.n
        return self.n * 2


async def leaf(n):
    if n % 3 == 0:
        return n
    return await Ready(n)


async def root(n):
    t = 0
    for i in range(n):
        t += await leaf(i)
    return t


def drive(c):
    seen = 0
    while True:
        try:
            seen += c.send(None)
        except StopIteration as e:
            return seen, e.value


print(drive(root(90)))


async def fib(n):
    return n if n < 2 else await fib(n - 1) + await fib(n - 2)


print(drive(fib(11)))


# Rebinding of what the generator uses.
def factor():
    return 1


def scaled(n):
    for i in range(n):
        yield i * factor()


def rebound(n):
    global factor
    t = 0
    for x in scaled(n):
        t += x
        if x == 60:
            factor = lambda: 3
    factor = lambda: 1
    return t


print(rebound(100))


# Lists that grow and shrink under their iterator, at its end too.
def grown(n):
    t = []
    for k in range(n):
        items = [k, k + 1]
        s = 0
        it = iter(items)
        for x in it:
            s += x
            if len(items) < 6:
                items.append(s)
        items.append(99)
        t.append((s, list(it)))
    return t[-2:]


print(grown(60))
