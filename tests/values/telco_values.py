"""What pyperformance's telco computes."""
# skip: gc-stress
import os
from _program import digest, folder, load
bm = load("telco")
lines = []
bm.print = lambda t, file: lines.append(str(t))
bm.bench_telco(1, os.path.join(folder("telco"), "data", "telco-bench.b"))
print(len(lines), lines[:8], digest(lines), sum(map(bm.Decimal, lines)))
