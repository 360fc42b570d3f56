"""Start-up, compiling and threads where address space is short: as in plenty, or an error that says so."""
import resource
import subprocess
import sys


def run(kib, source):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (kib << 10, kib << 10))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    p = subprocess.run([sys.executable, "-c", source], preexec_fn=limit, capture_output=True, text=True)
    return p.returncode, p.stdout.strip(), p.stderr.strip().splitlines()[-1:]


for kib in (300_000, 400_000, 500_000, 1_000_000, 2_000_000):
    print(kib, run(kib, "print(sum(eval(compile('[' * 50 + '1' + ']' * 50, 'f', 'eval')) == [] for _ in range(3)))"))
print(run(700_000, "import threading as t; x = t.Thread(target=print, args=['in a thread']); x.start(); x.join()"))
print(run(700_000, "try: b = bytearray(1 << 40)\nexcept MemoryError as e: print(repr(e))"))
print(run(700_000, "def f(n): return n and 1 + f(n - 1)\nprint(f(900))"))
print(run(700_000, "try: [None] * (1 << 32)\nexcept MemoryError as e: print(repr(e))"))
