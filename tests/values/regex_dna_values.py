"""What pyperformance's regex_dna computes."""
# skip: gc-stress
from _program import digest, load
bm = load("regex_dna")
seq = bm.init_benchmarks(20000, bm.DEFAULT_RNG_SEED)
print(len(seq), digest(seq), bm.run_benchmarks(seq))
