"""How the program starts: closed files, options, what it says about files that it cannot run."""
import os
import subprocess
import sys
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)
environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
environment["LC_ALL"] = "C.UTF-8"


def shell(line):
    p = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, text=True,
                       errors="backslashreplace", env=environment)
    name = os.path.basename(sys.executable)
    both = (p.stdout + p.stderr).replace(sys.executable, "EXE").replace(folder, "DIR").replace(name, "EXE")
    print(p.returncode, both.rstrip().splitlines())


shell("\"$0\" -c 'import sys; print(sys.stdin, sys.__stdin__)' <&-")
shell("\"$0\" -c 'import sys; print(sys.stderr, open(\"x\", \"w\").fileno())' 2>&-")
shell("\"$0\" -c 'print(1)' >&-")
shell("\"$0\" -c 'print(1)' >/dev/full")
shell("\"$0\" ./nothing/x.py")
shell("\"$0\" nothing.py")
shell("mkdir d; \"$0\" d")
shell("\"$0\" -c 'print(\"\\udcff\")'")
shell("\"$0\" -i -q -c 'print(5)' </dev/null")
shell("printf 'x = (\\n' | \"$0\" -i -q")
shell("\"$0\" --check-hash-based-pycs 2>&1 | head -1")
shell("\"$0\" -X utf8=3 -c 1")
shell("PYTHONIOENCODING=nope \"$0\" -c 1 2>&1 | head -3")
shell("\"$0\" -W ignore -m os.path")
shell("\"$0\" -v -c pass 2>&1 | grep -c '^import .os. # \\|^import .site. # '")
shell("\"$0\" -X frozen_modules=off -c 'import os; print(os.__spec__.origin == os.__file__)'")
with open("app.zip", "wb") as f:
    import zipfile

    with zipfile.ZipFile(f, "w") as z:
        z.writestr("inner/__main__.py", "print('main in', __file__[-25:])")
shell("\"$0\" app.zip/inner")
shell("(ulimit -v 4000000; \"$0\" -c 'print(1)')")
