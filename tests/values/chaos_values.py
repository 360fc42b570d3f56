"""What pyperformance's chaos computes."""
# skip: gc-stress
import os
import tempfile
from _program import digest, load
bm = load("chaos")
made = []


class Runner:
    metadata = {}

    def bench_func(self, name, func, *args):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "image.ppm")
            func(bm.DEFAULT_WIDTH, bm.DEFAULT_HEIGHT, bm.DEFAULT_ITERATIONS, path, bm.DEFAULT_RNG_SEED)
            with open(path, "rb") as f:
                made.append(f.read())


class Args:
    thickness, width, height, iterations, filename, rng_seed = bm.DEFAULT_THICKNESS, 256, 256, 5000, None, 1234


bm.main(Runner(), Args())
print(len(made[0]), made[0].count(b"\0"), digest(made[0]), bm.random.random())
