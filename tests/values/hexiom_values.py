"""What pyperformance's hexiom computes."""
# skip: gc-stress
import io
from _program import load
bm = load("hexiom")
for level in sorted(bm.LEVELS):
    if level not in (2, 10, 25):
        continue
    out = io.StringIO()
    bm.solve_file(bm.LEVELS[level][0].strip(), bm.Done.FIRST_STRATEGY, bm.DESCENDING, out)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    print(level, text == bm.LEVELS[level][1].rstrip())
    print(text)
