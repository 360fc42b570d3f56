"""What pyperformance's python_startup computes."""
# skip: gc-stress
import subprocess
import sys
import _program
for words in (["-c", "pass"], ["-S", "-c", "pass"], ["-c", "import os; os._exit(0)"], ["-S", "-c", "import os; os._exit(0)"]):
    done = subprocess.run([sys.executable, *words], capture_output=True)
    print(words, done.returncode, done.stdout, done.stderr)
