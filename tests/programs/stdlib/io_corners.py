# Corners of streams: reads of nothing, names that are no text, locales that change, threads that share a hash.
import hashlib
import io
import locale
import os
import subprocess
import sys
import tempfile
import threading


def t(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


with tempfile.TemporaryFile() as f:
    f.write(b"hello world\n")
    f.flush()
    with open(os.dup(f.fileno()), "rb") as r:
        print(r.seek(-6, 2), r.read(5), r.readinto(bytearray()), r.readinto1(bytearray()), r.tell(), r.seek(-6, 1))
        print(r.read())

w = io.TextIOWrapper(io.BytesIO(), "ascii", "replace", "\r")
print(t(w.reconfigure, encoding="\udcfe"), t(w.reconfigure, errors="\udcfe"), t(w.reconfigure, newline="\udcfe"))
print(t(io.TextIOWrapper, io.BytesIO(), "\udcfe"), t(io.TextIOWrapper, io.BytesIO(), "utf-8", "\udcfe"))
w.detach()
print(repr(w), t(lambda: w.name))

for name in ("LC_ALL", "LANG", "LC_CTYPE"):
    os.environ.pop(name, None)
print(io.TextIOWrapper(io.BytesIO()).encoding == locale.getencoding())

code = """
for f in (lambda: str(b"", "no such"), lambda: str(b"", errors="no such"), lambda: b"".decode("no such"),
          lambda: "".encode(errors="no such"), lambda: "x".encode("utf-8", "no such"),
          lambda: open(__import__("os").devnull, errors="no such")):
    try:
        print(repr(f()))
    except LookupError as e:
        print(e)
"""
for options in ([], ["-X", "dev"]):
    p = subprocess.run([sys.executable, "-W", "ignore", *options, "-c", code], capture_output=True, text=True,
                       env={**os.environ, "LC_ALL": "C.UTF-8"})
    print(p.stdout, end="")

# Long data is hashed while other threads run; none of it gets lost.
small, big = b"x" * 100, b"y" * 100_000
h = hashlib.sha1()


def feed():
    for _ in range(5):
        h.update(big)
        h.copy().digest()


threads = [threading.Thread(target=feed) for _ in range(4)]
[x.start() for x in threads]
[x.join() for x in threads]
print(h.hexdigest() == hashlib.sha1(big * 20).hexdigest())
