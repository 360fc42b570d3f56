"""What pyperformance's 2to3 computes."""
# skip: gc-stress
import os
import subprocess
import sys
from _program import digest, folder
source = os.path.join(folder("2to3"), "data", "2to3")
names = sorted(n for n in os.listdir(source) if n.endswith(".py.txt"))
env = dict(os.environ, PYTHONPATH=os.path.join(folder("2to3"), "vendor", "src"))
for name in names:
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", "lib2to3", "-f", "all", name], cwd=source, env=env, capture_output=True)
    print(name, done.returncode, len(done.stdout.splitlines()), digest(done.stdout))
