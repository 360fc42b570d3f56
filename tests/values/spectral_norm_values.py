"""What pyperformance's spectral_norm computes."""
# skip: gc-stress
from _program import digest, load
bm = load("spectral_norm")
u = [1] * 40
for _ in range(6):
    v = bm.eval_AtA_times_u(u)
    u = bm.eval_AtA_times_u(v)
vbv = vv = 0
for ue, ve in zip(u, v):
    vbv += ue * ve
    vv += ve * ve
print(repr((vbv / vv) ** 0.5), digest(u), bm.bench_spectral_norm(1) > 0)
