"""What pyperformance's richards_super computes."""
# skip: gc-stress
from _program import load
bm = load("richards_super")
for n in (1, 2):
    print(bm.Richards().run(n), bm.taskWorkArea.holdCount, bm.taskWorkArea.qpktCount)
