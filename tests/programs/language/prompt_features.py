# The prompt remembers what `from __future__` asked for.
import subprocess
import sys

lines = """from __future__ import barry_as_FLUFL
2 <> 3
from __future__ import annotations
def f(x: missing): pass

f.__annotations__
exec("def g(y: missing): pass")
g.__annotations__
"""
done = subprocess.run([sys.executable, "-i", "-q"], input=lines, capture_output=True, text=True)
print(done.stdout)
