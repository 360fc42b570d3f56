"""gc.set_debug: what is kept in gc.garbage and told on standard error; gc.callbacks."""
import gc
import subprocess
import sys


class Node:
    pass


class Last:
    def __del__(self):
        print("del", self.name)


class Back:
    def __del__(self):
        saved.append(self)


saved = []


def cycles():
    for name in "ab":
        n = Node()
        n.me = n
        n.name = name
    last = Last()
    last.name = "last"
    last.me = last
    back = Back()
    back.me = back
    pair = [Node()]
    pair.append(pair)
    alone = Node()
    alone.name = "never in a cycle"


def ours():
    return sorted(type(x).__name__ + getattr(x, "name", "") for x in gc.garbage if type(x) in (Node, Last, Back))


def deep(n):
    # Overwrites what the calls before left on the stacks.
    return deep(n - 1) if n else None


gc.collect()
print(gc.garbage, gc.get_debug())
gc.set_debug(gc.DEBUG_SAVEALL)
cycles()
deep(50)
gc.collect()
gc.set_debug(0)
print(ours(), [type(x).__name__ for x in saved], saved[0].me is saved[0])
gc.garbage.clear()
saved.clear()
deep(50)
gc.collect()
print(gc.garbage)

told = []
gc.callbacks.append(lambda phase, info: told.append((phase, info["generation"], sorted(info))))
gc.collect()
gc.callbacks.clear()
print([t for t in told if t[1] == 2][-2:])

# An automatic collection is told, too: it comes between the two calls.
phases = []
gc.callbacks.append(lambda phase, info: phases.append(phase))
keep = []
while len(phases) < 2 and len(keep) < 1_000_000:
    keep.append([len(keep)])
gc.callbacks.clear()
print(len(phases) >= 2, phases.count("start") == phases.count("stop"))


def failing(phase, info):
    raise ValueError(phase)


hooked = []
sys.unraisablehook = lambda u: hooked.append(str(u.exc_value))
gc.callbacks.append(failing)
gc.collect()
gc.callbacks.clear()
sys.unraisablehook = sys.__unraisablehook__
print(sorted(set(hooked)))

code = """
import gc
class Node: pass
gc.collect()
gc.set_debug(gc.DEBUG_COLLECTABLE | gc.DEBUG_STATS)
n = Node(); n.me = n; del n
def deep(n): return deep(n - 1) if n else None
deep(50)
gc.collect()
gc.set_debug(0)
"""
r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
lines = r.stderr.splitlines()
for line in lines:
    if "<Node" in line or "collecting generation 2" in line:
        print(line.split(" 0x")[0])
print(any(l.startswith("gc: objects in each generation: ") for l in lines))
print(any(l.startswith("gc: done, ") and l.endswith("s elapsed") for l in lines), r.returncode)
