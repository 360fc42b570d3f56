"""Floats and complex in tight loops: escape times of a grid, in three styles."""


def escape_float(cr, ci, limit):
    zr = zi = 0.0
    for n in range(limit):
        zr2, zi2 = zr * zr, zi * zi
        if zr2 + zi2 > 4.0:
            return n
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


def escape_complex(c, limit):
    z = 0j
    n = 0
    while n < limit and abs(z) <= 2.0:
        z = z * z + c
        n += 1
    return n


def escape_int(cr, ci, limit, shift=24):
    one = 1 << shift
    cr, ci = int(cr * one), int(ci * one)
    zr = zi = 0
    for n in range(limit):
        zr2, zi2 = zr * zr >> shift, zi * zi >> shift
        if zr2 + zi2 > 4 << shift:
            return n
        zi = (2 * zr * zi >> shift) + ci
        zr = zr2 - zi2 + cr
    return limit


rows, cols, limit = 24, 48, 40
shades = " .:-=+*#%@"
total = [0, 0, 0]
for r in range(rows):
    line = ""
    for c in range(cols):
        x, y = c / cols * 3 - 2.1, r / rows * 2.4 - 1.2
        n = escape_float(x, y, limit)
        total[0] += n
        total[1] += escape_complex(complex(x, y), limit)
        total[2] += escape_int(x, y, limit)
        line += shades[n * 9 // limit]
    print(line.rstrip())
print(total)
