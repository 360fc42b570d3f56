"""What pyperformance's scimark computes."""
# skip: gc-stress
from array import array
from _program import digest, load
bm = load("scimark")
for kind in (bm.Array2D, bm.ArrayList):
    g = kind(20, 20, [[float((x * 7 + y * 3) % 11) for x in range(20)] for y in range(20)])
    bm.SOR_execute(1.25, g, 5, kind)
    print(digest([g[x, y] for y in range(20) for x in range(20)]), repr(g[7, 9]))
n, nz = 50, 250
x, y, val = array("d", [1.0 / (i + 1) for i in range(n)]), array("d", [0]) * n, array("d", [float(i % 9) for i in range(nz)])
row, col = array("i", [i * 5 for i in range(n + 1)]), array("i", [(i * 13) % n for i in range(nz)])
bm.SparseCompRow_matmult(n, y, val, row, col, x, 3)
print(digest(list(y)), repr(sum(y)), repr(bm.MonteCarlo(5000)))
rnd = bm.Random(7)
a = rnd.RandomMatrix(bm.ArrayList(30, 30))
lu, pivot = bm.ArrayList(30, 30), array("i", [0]) * 30
bm.LU(lu, a, pivot)
print(list(pivot), digest([list(r) for r in lu.data]))
vector = bm.Random(7).RandomVector(128)
work = bm.copy_vector(vector)
bm.FFT_transform(128, work)
print(digest(list(work)), repr(work[5]))
bm.FFT_inverse(128, work)
print(max(abs(p - q) for p, q in zip(vector, work)) < 1e-12, digest(list(work)))
for name, (func, *args) in sorted(bm.BENCHMARKS.items()):
    small = {"sor": (20, 2, bm.Array2D), "sparse_mat_mult": (50, 250), "monte_carlo": (500,), "lu": (10,), "fft": (64, 2)}[name]
    print(name, func(1, *small) >= 0)
