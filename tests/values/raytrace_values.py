"""What pyperformance's raytrace computes."""
# skip: gc-stress
import os
import tempfile
from _program import digest, load
bm = load("raytrace")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "image.ppm")
    bm.bench_raytrace(1, 60, 40, path)
    with open(path, "rb") as f:
        image = f.read()
print(len(image), image[:12], digest(image))
