# Exits that make cells while a collection looks at frames that the trace has left (the frames' memory is older than they).
import math
from array import array


class Grid:
    def __init__(self, w, h):
        self.width = w
        self.height = h
        self.data = array('d', [0]) * (w * h)
        for y in range(h):
            for x in range(w):
                self[x, y] = math.sin(x * 3 + y)

    def index(self, x, y):
        if 0 <= x < self.width and 0 <= y < self.height:
            return y * self.width + x
        raise IndexError

    def __getitem__(self, at):
        (x, y) = at
        return self.data[self.index(x, y)]

    def __setitem__(self, at, value):
        (x, y) = at
        self.data[self.index(x, y)] = value


def relax(omega, g, cycles):
    for _ in range(cycles):
        for y in range(1, g.height - 1):
            for x in range(1, g.width - 1):
                g[x, y] = omega * 0.25 * (g[x, y - 1] + g[x, y + 1] + g[x - 1, y] + g[x + 1, y]) + (1.0 - omega) * g[x, y]


total = 0.0
for n in range(6):
    g = Grid(12 + n, 10)
    relax(1.25, g, 4)
    try:
        g[99, 0]
    except IndexError:
        total += sum(g.data)
print('%.9f' % total)
