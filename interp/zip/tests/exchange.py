"""Exchanges compressed data with CPython.

`exchange.py write FILE`: lines of a format, its parameters, data and their compressed form.
`exchange.py check FILE`: reads such lines, and fails unless CPython decompresses each to its data.
"""
import bz2
import lzma
import random
import sys
import zlib

r = random.Random(3)
WORDS = [r.randbytes(r.randint(1, 9)) for _ in range(50)]


def samples():
    yield b""
    yield b"a"
    yield b"hello world " * 20
    yield bytes(5000)
    yield r.randbytes(3000)
    yield b" ".join(r.choice(WORDS) for _ in range(20000))


LZMA1 = {"id": lzma.FILTER_LZMA1, "dict_size": 65536, "lc": 2, "lp": 1, "pb": 1}
CHAINS = {
    "2": [{"id": lzma.FILTER_LZMA2, "preset": 6}],
    "x2": [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 3}],
    "d2": [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 1}],
    "1": [LZMA1],
}
ALONE = [{**LZMA1, "dict_size": 1 << 20}]


def pack(kind, arg, data):
    if kind == "zlib":
        c = zlib.compressobj(wbits=int(arg))
    elif kind == "zdict":
        c = zlib.compressobj(wbits=int(arg), zdict=b"hello world ")
    elif kind == "bz2":
        c = bz2.BZ2Compressor(int(arg))
    elif kind == "xz":
        c = lzma.LZMACompressor(lzma.FORMAT_XZ, filters=CHAINS[arg])
    elif kind == "check":
        c = lzma.LZMACompressor(lzma.FORMAT_XZ, check=int(arg), preset=0)
    elif kind == "alone":
        c = lzma.LZMACompressor(lzma.FORMAT_ALONE, filters=ALONE)
    else:
        c = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=CHAINS[arg])
    return c.compress(data) + c.flush()


def unpack(kind, arg, data):
    if kind == "zlib":
        return zlib.decompress(data, int(arg))
    if kind == "zdict":
        return zlib.decompressobj(int(arg), zdict=b"hello world ").decompress(data)
    if kind == "bz2":
        return bz2.decompress(data)
    if kind == "raw":
        return lzma.decompress(data, lzma.FORMAT_RAW, filters=CHAINS[arg])
    return lzma.decompress(data, lzma.FORMAT_ALONE if kind == "alone" else lzma.FORMAT_XZ)


KINDS = [
    *(("zlib", w) for w in ("15", "9", "-15", "-9", "31", "25")), ("zdict", "15"), ("zdict", "-15"), ("bz2", "1"), ("bz2", "9"),
    ("xz", "2"), ("xz", "x2"), ("xz", "d2"), ("check", "0"), ("check", "1"), ("check", "4"), ("check", "10"), ("alone", "1"),
    ("raw", "2"), ("raw", "x2"), ("raw", "d2"), ("raw", "1"),
]

if sys.argv[1] == "write":
    with open(sys.argv[2], "w") as out:
        for data in samples():
            for kind, arg in KINDS:
                print(kind, arg, data.hex() or "-", pack(kind, arg, data).hex(), file=out)
            print("crc", zlib.crc32(data, 77), data.hex() or "-", zlib.adler32(data, 99), file=out)
else:
    for line in open(sys.argv[2]):
        kind, arg, data, packed = line.split()
        data = bytes.fromhex(data.replace("-", ""))
        assert unpack(kind, arg, bytes.fromhex(packed)) == data, (kind, arg, len(data))
