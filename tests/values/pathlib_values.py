"""What pyperformance's pathlib computes."""
# skip: gc-stress
import pathlib
import shutil
from _program import digest, load
bm = load("pathlib")
bm.NUM_FILES = 200
path = bm.setup(200)
try:
    base = pathlib.Path(path)
    print(digest(sorted(p.name for p in base.iterdir())), digest(sorted(p.name for p in base.glob("*.py"))), sum(p.stat().st_size for p in base.iterdir()), bm.bench_pathlib(1, path) > 0)
finally:
    shutil.rmtree(path)
