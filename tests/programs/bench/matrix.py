"""Nested lists and floats: products, elimination, determinants with Fractions, power iteration."""
from fractions import Fraction
import math


class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]
        self.n, self.m = len(self.rows), len(self.rows[0])

    def __getitem__(self, ij):
        i, j = ij
        return self.rows[i][j]

    def __setitem__(self, ij, v):
        self.rows[ij[0]][ij[1]] = v

    def __matmul__(self, other):
        if self.m != other.n:
            return NotImplemented
        columns = list(zip(*other.rows))
        return Matrix([[sum(a * b for a, b in zip(row, col)) for col in columns] for row in self.rows])

    def __mul__(self, k):
        return Matrix([[v * k for v in row] for row in self.rows])

    __rmul__ = __mul__

    def __add__(self, other):
        return Matrix([[a + b for a, b in zip(r, s)] for r, s in zip(self.rows, other.rows)])

    def __eq__(self, other):
        return self.rows == other.rows

    def transpose(self):
        return Matrix(zip(*self.rows))

    def determinant(self):
        rows = [[Fraction(v) for v in row] for row in self.rows]
        det = Fraction(1)
        for i in range(self.n):
            pivot = next((r for r in range(i, self.n) if rows[r][i]), None)
            if pivot is None:
                return Fraction(0)
            if pivot != i:
                rows[i], rows[pivot] = rows[pivot], rows[i]
                det = -det
            det *= rows[i][i]
            for r in range(i + 1, self.n):
                f = rows[r][i] / rows[i][i]
                for c in range(i, self.n):
                    rows[r][c] -= f * rows[i][c]
        return det


def triple_loop(a, b):
    n = len(a)
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        ci = c[i]
        for k in range(n):
            aik, bk = a[i][k], b[k]
            for j in range(n):
                ci[j] += aik * bk[j]
    return c


n = 24
a = Matrix([[1.0 / (i + j + 1) for j in range(n)] for i in range(n)])
b = Matrix([[float((i * j) % 7 - 3) for j in range(n)] for i in range(n)])
c = a @ b
flat = triple_loop(a.rows, b.rows)
print(f"{c[3, 5]:.12f} {sum(map(sum, c.rows)):.10f}", max(abs(c[i, j] - flat[i][j]) for i in range(n) for j in range(n)) < 1e-12)
print((a + a) == 2 * a, (a @ b).transpose().n, a.transpose() == a)
small = Matrix([[(i * 3 + j * j) % 5 + (i == j) * 4 for j in range(7)] for i in range(7)])
print(small.determinant(), (small @ small).determinant() == small.determinant() ** 2, Matrix([[1, 2], [2, 4]]).determinant())
vector = [1.0] * n
for _ in range(30):
    vector = [sum(x * y for x, y in zip(row, vector)) for row in a.rows]
    norm = math.sqrt(sum(x * x for x in vector))
    vector = [x / norm for x in vector]
print(f"{norm:.12f} {vector[0]:.12f}")


def lu(m):
    n = len(m)
    m = [row[:] for row in m]
    for k in range(n):
        for i in range(k + 1, n):
            m[i][k] /= m[k][k]
            f = m[i][k]
            for j in range(k + 1, n):
                m[i][j] -= f * m[k][j]
    return m


shifted = [[(i == j) * 10 + math.sin(i * 3 + j) for j in range(n)] for i in range(n)]
print(f"{math.prod(lu(shifted)[i][i] for i in range(n)):.6e}")
