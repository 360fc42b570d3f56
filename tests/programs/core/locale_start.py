"""UTF-8 mode and the locale at start (PEP 538, PEP 540), PYTHONPLATLIBDIR."""
import os
import subprocess
import sys

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
