"""An uncaught exception: traceback with carets, exit status 1, output before it is kept."""
print("before")


def inner(x):
    return 10 / x


def outer(values):
    total = 0
    for v in values:
        total += inner(v) + inner(v - 1)
    return total


outer([3, 2, 1])
print("never")
