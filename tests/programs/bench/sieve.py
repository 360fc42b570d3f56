"""Integers, lists and bytearrays: primes by several sieves, goldbach pairs, totients."""


def sieve_list(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    for p in range(2, int(n ** 0.5) + 1):
        if flags[p]:
            for m in range(p * p, n + 1, p):
                flags[m] = False
    return [i for i, f in enumerate(flags) if f]


def sieve_bytes(n):
    flags = bytearray([1]) * (n + 1)
    flags[0:2] = b"\0\0"
    for p in range(2, int(n ** 0.5) + 1):
        if flags[p]:
            flags[p * p::p] = bytes(len(range(p * p, n + 1, p)))
    return [i for i in range(n + 1) if flags[i]]


def sieve_gen():
    found = {}
    q = 2
    while True:
        p = found.pop(q, None)
        if p is None:
            yield q
            found[q * q] = q
        else:
            x = q + p
            while x in found:
                x += p
            found[x] = p
        q += 1


def totients(n):
    phi = list(range(n + 1))
    for p in range(2, n + 1):
        if phi[p] == p:
            for m in range(p, n + 1, p):
                phi[m] -= phi[m] // p
    return phi


n = 20000
a, b = sieve_list(n), sieve_bytes(n)
print(len(a), a[-1], sum(a), a == b)
gen = sieve_gen()
c = [next(gen) for _ in range(1000)]
print(c[-1], c == a[:1000])
primes = set(a)
pairs = [sum(1 for p in a if p <= e // 2 and e - p in primes) for e in range(4, 400, 2)]
print(sum(pairs), max(pairs), pairs[:10])
phi = totients(3000)
print(sum(phi[1:]), phi[97], phi[2310])


def collatz(limit):
    cache = {1: 1}
    best = (0, 0)
    for start in range(1, limit):
        n, path = start, []
        while n not in cache:
            path.append(n)
            n = n * 3 + 1 if n & 1 else n >> 1
        length = cache[n]
        for v in reversed(path):
            length += 1
            cache[v] = length
        best = max(best, (cache[start], start))
    return best


print(collatz(5000))
