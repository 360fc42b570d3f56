# What compiled code takes for constant changes in the middle: globals, builtins, classes, codes of functions.

def check(label, got):
    print(label, got)


LIMIT = 10
SCALE = 2.5
count = 0


def scaled(n):
    total = 0
    for i in range(n):
        total += i * LIMIT
    return total


check("before", scaled(300))
LIMIT = 7
check("after", scaled(300))
LIMIT = "x"
check("other type", len(scaled.__name__) and sum(len(i * LIMIT) for i in range(300)))
LIMIT = 3
check("again", scaled(300))


def floats(n):
    x = 0.0
    for i in range(n):
        x += SCALE
    return x


check("float", floats(200))
SCALE = -0.5
check("float changed", floats(200))


# Changed from inside the loop, through another function.
STEP = 1


def bump(i):
    global STEP
    if i == 150:
        STEP = 1000


def inside(n):
    total = 0
    for i in range(n):
        bump(i)
        total += STEP
    return total


check("inside", inside(300))
STEP = 1
check("inside again", inside(300))


# Through the dict of the module, by exec, and by deletion.
def through(n):
    total = 0
    for i in range(n):
        if i == 120:
            globals()["STEP"] = 5
        if i == 200:
            exec("STEP = 9", globals())
        total += STEP
    return total


STEP = 1
check("through", through(300))


def deleted(n):
    total = 0
    for i in range(n):
        if i == 200:
            globals().pop("STEP")
        try:
            total += STEP
        except NameError as e:
            return total, str(e)
    return total


check("deleted", deleted(300))


# A global that hides a builtin, and goes again.
def lengths(n):
    total = 0
    for i in range(n):
        total += len((1, 2, 3))
    return total


check("builtin", lengths(200))
len = lambda x: 100
check("hidden", lengths(200))
del len
check("builtin again", lengths(200))


# Hidden in the middle of the loop.
def hiding(n):
    total = 0
    for i in range(n):
        if i == 150:
            globals()["abs"] = lambda x: 7
        total += abs(-1)
    return total


check("hiding", hiding(300))
del abs


# Methods and class attributes.
class A:
    weight = 1

    def value(self):
        return 1

    @property
    def double(self):
        return self.weight * 2


class B(A):
    pass


def methods(a, n, change):
    total = 0
    for i in range(n):
        if i == n // 2:
            change()
        total += a.value() + a.weight + a.double
    return total


def change_base():
    A.value = lambda self: 50


def change_own():
    B.value = lambda self: 500


def change_weight():
    A.weight += 10


def drop_own():
    del B.value


def new_bases():
    B.__bases__ = (C,)


class C:
    weight = 3
    double = 4

    def value(self):
        return 5


b = B()
for change in (int, change_base, change_own, change_weight, drop_own, change_weight, change_weight, change_weight):
    check(change.__name__, methods(b, 200, change))
check("bases", methods(b, 200, new_bases))


# An attribute of the instance that hides the class's.
def own(objects):
    total = 0
    for o in objects:
        total += o.weight
    return total


many = [B() for _ in range(200)]
check("class attribute", own(many))
many[100].weight = 1000
check("own attribute", own(many))


# Class attributes by the class.
class Config:
    factor = 2


def by_class(n):
    total = 0
    for i in range(n):
        if i == 77:
            Config.factor = 20
        total += Config.factor
    return total


check("by class", by_class(200))
check("by class again", by_class(200))


# Code of a function.
def one():
    return 1


def two():
    return 2


def codes(n):
    total = 0
    for i in range(n):
        if i == 130:
            one.__code__ = two.__code__
        total += one()
    return total


check("code", codes(300))


# Many classes that come and go: their shapes' numbers are used again.
def short_lived(n):
    total = 0
    for i in range(n):
        class T:
            k = i

            def __init__(self):
                self.x = i

            def get(self):
                return self.x + self.k

        t = T()
        for _ in range(5):
            total += t.get()
    return total


check("short-lived", short_lived(60))


# Written in every turn: a variable after all.
def counting(n):
    global count
    for i in range(n):
        count += 1
    return count


check("counting", [counting(100) for _ in range(4)])


# Another thread changes it while this one loops.
import threading

STOP = False


def wait():
    turns = 0
    while not STOP:
        turns += 1
    return turns > 0


def stop():
    global STOP
    STOP = True


timer = threading.Timer(0.05, stop)
timer.start()
check("thread", wait())
timer.join()
