# Ranges whose steps are variables: one trace serves all steps of one sign.


def total(lo, hi, step):
    s = 0
    for i in range(lo, hi, step):
        s += i
    return s


def many(steps):
    return [sum(total(-7, 1000, k) + total(1000, -7, -k) for k in steps), len(steps)]


print(many(range(1, 200)), many([1, 3, 2] * 40), many([1000, 1001, 2000, 5]))


def mixed():
    out = []
    for k in list(range(1, 90)) + list(range(-90, 0)):
        r = range(5, 5 + 40 * (k % 7 - 3), k)
        n = 0
        for i in r:
            n += 1
        out.append((n == len(r), n))
    return sum(a for a, _ in out), sum(b for _, b in out)


print([mixed() for _ in range(5)][-1])


def edges():
    out = []
    for step in [2**40, 2**49, -(2**49), 2**50, 2**55, 2**61, 2**62, -(2**62), -(2**61), 1, -1] * 5:
        r = []
        for i in range(-(2**49), 2**49, step):
            r.append(i)
            if len(r) == 9:
                break
        for i in range(2**49, -(2**49), step):
            r.append(i)
            if len(r) == 14:
                break
        out.append((len(r), r[-1] if r else None))
    return out[-11:]


print(edges())


def zero():
    out = []
    for k in [3, 2, 1] * 20 + [0]:
        try:
            for i in range(0, 10, k):
                out.append(i)
        except ValueError as e:
            out.append(str(e))
    return out[-3:], len(out)


print(zero())


def fft_like(n):
    data = [float(i) for i in range(n)]
    dual = 1
    while dual < n // 2:
        for a in range(1, dual):
            for b in range(0, n // 2, 2 * dual):
                i = 2 * (b + a)
                j = 2 * (b + a + dual)
                x = data[j]
                data[j] = data[i] - x
                data[i] += x / 2
        dual *= 2
    return sum(data)


print(fft_like(4096), [fft_like(64) for _ in range(9)][-1])


def kept():
    out = []
    for k in list(range(1, 60)):
        r = range(k, 3 * k, k)
        s = 0
        for i in r:
            s += i
        out.append((r, s, r.step, r[-1]))
    return out[::20]


print(kept())
