"""A frame that native code called is left by an exception out of one instruction in which other frames ran and left their traces."""


def inner(x):
    y = x
    if y > 10:
        y = y - 10
    return y + 1


def outer(xs):
    return list(map(inner, xs))


def key(xs):
    return sorted(xs, key=inner)


class Box:
    def __getitem__(self, xs):
        return list(map(inner, xs))

    def __contains__(self, xs):
        return any(map(inner, xs))


def attempt(f, x):
    try:
        return f(x)
    except TypeError as e:
        return str(e)


log = []
for turn in range(400):
    xs = [1, 2.5, turn, 30]
    if turn % 5 == 0:
        xs.append("no number")
    if turn % 7 == 0:
        xs.insert(1, None)
    log.append(attempt(lambda v: list(map(outer, [v, v])), xs))
    log.append(attempt(lambda v: list(map(key, [v])), xs))
    log.append(attempt(lambda v: list(map(Box().__getitem__, [v])), xs))
    log.append(attempt(lambda v: Box()[v], xs))
    log.append(attempt(lambda v: v in Box(), xs))
for i in list(range(12)) + [35, 36, 70, 71, 1750, 1751, 1752, 1753, 1999]:
    print(i, log[i])
print(len(log), sum(isinstance(x, str) for x in log))
