"""Nine independent branches on random arguments: 512 ways through one function.

A tree of traces has one trace for every way. A region in which the sides of a branch meet again has all of
them in the order of nine. Prints the seconds of the fastest of five rounds and a checksum.
"""

import random
import time


def choose(a, b, c, d, e, f, g, h, i):
    n = 0
    if a is None:
        n += 1
    if b is None:
        n += 2
    if c is None:
        n += 4
    if d is None:
        n += 8
    if e is None:
        n += 16
    if f is None:
        n += 32
    if g is None:
        n += 64
    if h is None:
        n += 128
    if i is None:
        n += 256
    return n


def run(rows):
    total = 0
    for a, b, c, d, e, f, g, h, i in rows:
        total += choose(a, b, c, d, e, f, g, h, i)
    return total


def main():
    source = random.Random(9)
    rows = [tuple(source.choice((None, 1)) for _ in range(9)) for _ in range(20000)]
    best = None
    for _ in range(5):
        begin = time.perf_counter()
        total = 0
        for _ in range(20):
            total += run(rows)
        spent = time.perf_counter() - begin
        if best is None or spent < best:
            best = spent
    print(f"branches: {best:.3f} s, checksum {total}")


main()
