"""UTF-8 mode and the locale at start (PEP 538, PEP 540), PYTHONPLATLIBDIR, PYTHONNODEBUGRANGES, PYTHONMALLOC."""
import os
import subprocess
import sys
import tempfile

show = """
import sys, os, locale
print(sys.flags.utf8_mode, sys.stdin.encoding, sys.stdin.errors, sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors)
print(os.environ.get("LC_CTYPE"), locale.setlocale(locale.LC_CTYPE), locale.getpreferredencoding(), locale.getencoding())
print(open(os.devnull).encoding, sys.platlibdir)
"""

base = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
locales = [{}, {"LC_ALL": "C"}, {"LANG": "C"}, {"LC_CTYPE": "POSIX"}, {"LC_ALL": "xx_YY.UTF-8"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "", "LANG": "C.UTF-8"}]
wishes = [
    {},
    {"PYTHONCOERCECLOCALE": "0"},
    {"PYTHONCOERCECLOCALE": "warn"},
    {"PYTHONUTF8": "0"},
    {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONUTF8": "1"},
    {"PYTHONIOENCODING": ":replace"},
]
for place in locales:
    for wish in wishes:
        r = subprocess.run([sys.executable, "-c", show], env=base | place | wish, capture_output=True, text=True)
        print(place, wish, r.returncode)
        print(r.stdout + r.stderr, end="")

# A folder that is not there: no library.
r = subprocess.run([sys.executable, "-c", "pass"], env=base | {"PYTHONPLATLIBDIR": "lib-not-there"}, capture_output=True, text=True)
print(r.returncode, [l for l in r.stderr.splitlines() if "Error" in l])
r = subprocess.run([sys.executable, "-I", "-c", "import sys; print(sys.platlibdir)"], env=base | {"PYTHONPLATLIBDIR": "lib-not-there"}, capture_output=True, text=True)
print(r.returncode, r.stdout)

# Lines without columns.
failing = "def f(a, b):\n    return a.x + b.y\nprint(list(f.__code__.co_positions())[1])\nf(1, 2)\n"
for wish, options in (({}, []), ({"PYTHONNODEBUGRANGES": "1"}, []), ({}, ["-X", "no_debug_ranges"])):
    r = subprocess.run([sys.executable, *options, "-c", "import traceback\n" + failing.replace("f(1, 2)", "try: f(1, 2)\nexcept AttributeError as e: print([(s.lineno, s.colno) for s in traceback.extract_tb(e.__traceback__)])")], env=base | wish, capture_output=True, text=True)
    print(r.returncode, r.stdout.splitlines()[1:], r.stderr)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "failing.py")
        with open(path, "w") as f:
            f.write(failing)
        r = subprocess.run([sys.executable, *options, path], env=base | wish, capture_output=True, text=True)
        print(r.returncode, [line for line in r.stderr.splitlines() if "File" not in line])

for name in ("malloc", "no-such"):
    r = subprocess.run([sys.executable, "-c", "print(1)"], env=base | {"PYTHONMALLOC": name}, capture_output=True, text=True)
    print(r.returncode, r.stdout, r.stderr.splitlines()[:1])
