"""What pyperformance's gc_collect computes."""
# skip: gc-stress
from _program import load
bm = load("gc_collect")
cycles = bm.create_gc_cycles(10, 20)
node, steps = cycles[3], 0
while True:
    node, steps = node.next, steps + 1
    if node is cycles[3]:
        break
print(len(cycles), steps, cycles[0].prev.next is cycles[0])
print(bm.benchamark_collection(3, bm.CYCLES, bm.LINKS) >= 0)
