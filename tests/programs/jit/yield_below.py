# A generator whose own loop is hot yields to a loop in its caller: the trace goes on there.


def numbers(n, limit):
    total = 0
    while n:
        for i in range(limit):
            total += i
        yield total + n
        n -= 1


def consume(n, limit):
    s = 0
    for x in numbers(n, limit):
        s = (s * 3 + x) % 1000003
    return s


print(consume(300, 40), consume(5, 3000), [consume(9, 50) for _ in range(30)][-1])


def two_consumers(n):
    a = b = 0
    g = numbers(n, 30)
    for x in g:
        a += x
        if a % 7 == 3:
            break
    for x in g:
        b += x
        if b % 11 == 5:
            next(g, None)
    return a, b


print([two_consumers(k) for k in range(40, 60)])


def permutations(pool):
    pool = tuple(pool)
    n = len(pool)
    indices = list(range(n))
    cycles = list(range(n, 0, -1))
    yield tuple(pool[i] for i in indices)
    while n:
        for i in reversed(range(n)):
            cycles[i] -= 1
            if cycles[i] == 0:
                indices[i:] = indices[i + 1:] + indices[i:i + 1]
                cycles[i] = n - i
            else:
                j = cycles[i]
                indices[i], indices[-j] = indices[-j], indices[i]
                yield tuple(pool[i] for i in indices)
                break
        else:
            return


def queens(n):
    cols = range(n)
    for vec in permutations(cols):
        if n == len(set(vec[i] + i for i in cols)) == len(set(vec[i] - i for i in cols)):
            yield vec


print(len(list(queens(6))), list(queens(5))[:3])


def handling(n):
    out = []
    for k in range(n):
        try:
            raise ValueError(k)
        except ValueError:
            for x in numbers(3, 40):
                try:
                    if x % 2 == 1:
                        raise KeyError(x)
                except KeyError as e:
                    out.append((str(e), str(e.__context__)))
    return len(out), out[-1]


print(handling(40))


def raising_inside(n):
    for k in range(n):
        try:
            for i in range(20):
                if i == 15 and k % 3 == 0:
                    raise IndexError(k)
        except IndexError as e:
            for i in range(30):
                pass
            yield str(e)
            continue
        yield k


print([[str(x) for x in raising_inside(60)][-4:] for _ in range(5)][-1])


def closing(n):
    log = []

    def gen():
        try:
            while True:
                s = 0
                for i in range(25):
                    s += i
                yield s
        finally:
            log.append("closed")

    for k in range(n):
        c = 0
        g = gen()
        for x in g:
            c += 1
            if c > k:
                break
        g.close()
    return log.count("closed"), n


print(closing(50))


def outer(n):
    for k in range(n):
        s = 0
        for i in range(30):
            s += i
        yield from inner(k % 3)
        yield s + k


def inner(n):
    for k in range(n):
        s = 0
        for i in range(20):
            s += i * k
        yield s


print([sum(outer(60)) for _ in range(5)], sum(x for x in outer(99)))


def floats_and_big():
    x = 0.5
    y = 2**60
    for k in range(200):
        for i in range(12):
            x += i
            y += 2**55
        yield x if k % 2 else y


def use():
    r = []
    for v in floats_and_big():
        r.append(v)
    return r[-2:], r[3], r[6]


print(use())
