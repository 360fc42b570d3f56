# Nobody takes what goes to standard error (a full disk): the program goes on, with the status it would have had.
import gc
import os
import subprocess
import sys


# Without buffers, so that the status does not depend on which texts go through sys.stderr.
def status(name, *args, **env):
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, *args], stderr=full, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1", **env})
    print(name, done.returncode, done.stdout.decode().strip())


status("collector", "-c", "import gc; gc.set_debug(gc.DEBUG_STATS | gc.DEBUG_COLLECTABLE)\na = []; a.append(a); del a\ngc.collect(); print('on')")
status("locale", "-c", "print('on')", LC_ALL="C", PYTHONCOERCECLOCALE="warn")
status("imports", "-X", "importtime", "-c", "import bisect; print('on')")
status("option", "--no-such-option")
status("file", "/no/such/file.py")
status("folder", "/")
status("seed", "-c", "print('on')", PYTHONHASHSEED="bad")
status("uncaught", "-c", "print('on'); 1 / 0")
status("exit text", "-c", "raise SystemExit('text')")
status("bytes", "-c", b"print('\xff')")

# One collection at a time: from a callback, and from what a collection finalizes, another one does nothing.


def told(phase, info):
    seen.append((phase, gc.collect()))


class Finalized:
    def __init__(self):
        self.me = self

    def __del__(self):
        seen.append(gc.collect())


gc.collect()
gc.disable()
seen = []
gc.callbacks.append(told)
gc.collect()
gc.callbacks.remove(told)
print(seen)
seen = []
Finalized()
gc.collect()
print(seen)

# What is switched off while a collection waits to be told stays off.
seen = []
gc.callbacks.append(lambda phase, info: seen.append(phase))
for i in range(100_000):
    cycle = [i]
    cycle.append(cycle)
print(seen)
gc.callbacks.clear()
