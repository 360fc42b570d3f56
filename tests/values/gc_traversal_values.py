"""What pyperformance's gc_traversal computes."""
# skip: gc-stress
from _program import load
bm = load("gc_traversal")
top = bm.create_recursive_containers(50)
depth = 0
while top:
    top, depth = top[-1], depth + 1
print(depth, bm.benchamark_collection(2, 100) >= 0)
