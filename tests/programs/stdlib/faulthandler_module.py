"""faulthandler: stacks on request, after a time, on signals; crashes show where they were."""
import faulthandler
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

out = tempfile.TemporaryFile()


def shown():
    out.seek(0)
    text = out.read().decode()
    out.seek(0)
    out.truncate()
    text = text.replace(os.path.dirname(threading.__file__), "LIB").replace(__file__, "FILE")
    print(re.sub(r"0x[0-9a-f]+", "IDENT", text), end="")


def attempt(f, *args, **kw):
    try:
        print(f.__name__, f(*args, **kw))
    except Exception as e:
        print(f.__name__, type(e).__name__, e)


def inner():
    faulthandler.dump_traceback(out)
    faulthandler.dump_traceback(out.fileno(), all_threads=False)


def outer():
    inner()


outer()
shown()
attempt(faulthandler.dump_traceback, "x")
attempt(faulthandler.dump_traceback, -1)
attempt(faulthandler.is_enabled)
attempt(faulthandler.enable, file=out)
attempt(faulthandler.is_enabled)
attempt(faulthandler.disable)
attempt(faulthandler.disable)
for timeout in "x", -1, 0, 1e300, float("nan"):
    attempt(faulthandler.dump_traceback_later, timeout)
for number in 11, 100, 0, "a":
    attempt(faulthandler.register, number)
attempt(faulthandler.unregister, signal.SIGUSR1)

attempt(faulthandler.register, signal.SIGUSR1, out)
os.kill(os.getpid(), signal.SIGUSR1)
shown()
attempt(faulthandler.unregister, signal.SIGUSR1)
attempt(faulthandler.unregister, signal.SIGUSR1)

calls = []
signal.signal(signal.SIGUSR2, lambda *a: calls.append(a[0]))
faulthandler.register(signal.SIGUSR2, out, chain=True)
os.kill(os.getpid(), signal.SIGUSR2)
time.sleep(0.001)
shown()
print(calls)
faulthandler.unregister(signal.SIGUSR2)

faulthandler.dump_traceback_later(0.02, file=out)
time.sleep(0.1)
shown()
faulthandler.dump_traceback_later(60, file=out)
attempt(faulthandler.cancel_dump_traceback_later)

exec(compile("def f\u00e9\U00010000():\n inner()\nf\u00e9\U00010000()", 'a"b\\c\u20ac' + "x" * 600, "exec"))
shown()


def deep(n):
    if n:
        deep(n - 1)
    else:
        faulthandler.dump_traceback(out)


deep(120)
out.seek(0)
lines = out.read().decode().splitlines()
print(len(lines), lines[-1])

for code in "_sigsegv()", "_sigabrt()", "dump_traceback_later(0.01, exit=True); import time; time.sleep(5)":
    program = f"import faulthandler\nfaulthandler.enable()\nfaulthandler.{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    print(done.returncode, re.sub("0x[0-9a-f]+", "IDENT", done.stderr))
