"""What pyperformance's fannkuch computes."""
# skip: gc-stress
from _program import load
bm = load("fannkuch")
print([bm.fannkuch(n) for n in range(3, 9)])
