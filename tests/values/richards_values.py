"""What pyperformance's richards computes."""
# skip: gc-stress
from _program import load
bm = load("richards")
for n in (1, 2):
    print(bm.Richards().run(n), bm.taskWorkArea.holdCount, bm.taskWorkArea.qpktCount)
