"""What pyperformance's pyflate computes."""
# skip: gc-stress
import os
from _program import digest, folder, load
bm = load("pyflate")
path = os.path.join(folder("pyflate"), "data", "interpreter.tar.bz2")
with open(path, "rb") as f:
    field = bm.RBitfield(f)
    magic = field.readbits(16)
    out = bm.bzip2_main(field)
print(hex(magic), len(out), digest(out))
import bz2
with open(path, "rb") as f:
    print(bz2.decompress(f.read()) == out)
