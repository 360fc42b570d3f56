"""What pyperformance's nbody computes."""
# skip: gc-stress
from _program import digest, load
bm = load("nbody")
bm.offset_momentum(bm.BODIES["sun"])
print(repr(bm.report_energy()))
for n in (1, 100, 3000):
    bm.advance(0.01, n)
    print(n, repr(bm.report_energy()), digest(bm.SYSTEM))
