# Powers with small half-integral exponents are computed in line; they must be the C library's to the last bit.
import math
import random

pow_ = math.pow


def numbers(n):
    r = random.Random(5)
    for _ in range(n):
        yield r.uniform(0, 1) * 10.0 ** r.randint(-25, 25)
    yield from (0.25, 1.0, 4.0, 2.0**-60, 2.0**90, 3.0)


def half(values):
    wrong = 0
    for x in values:
        wrong += x**0.5 != pow_(x, 0.5)
        wrong += x**-0.5 != pow_(x, -0.5)
    return wrong


def three_halves(values):
    wrong = 0
    for x in values:
        wrong += x**1.5 != pow_(x, 1.5)
        wrong += x**-1.5 != pow_(x, -1.5)
    return wrong


def squares(values):
    wrong = 0
    for x in values:
        y = -x
        wrong += x**2 != pow_(x, 2.0)
        wrong += y**2.0 != pow_(y, 2.0)
    return wrong


values = list(numbers(12000))
print(half(values), three_halves(values), squares(values))


def one(x, y):
    return x**y


def attempt(f, *arguments):
    try:
        return f(*arguments)
    except Exception as e:
        return type(e).__name__, str(e)


# An exponent that changes, and operands outside of what is computed in line.
for _ in range(600):
    one(2.5, 1.5)
for x in (0.0, -0.0, 5e-324, 1e-310, 1e-200, 1e200, 1.7e308, math.inf, -math.inf, math.nan, -2.0, 4):
    for y in (1.5, -1.5, 0.5, -0.5, 2.0, 2, 3.0, 0.0, math.nan):
        r = attempt(one, x, y)
        print(x, y, r if not isinstance(r, complex) else 'complex', attempt(pow_, x, y) == r or r != r)
