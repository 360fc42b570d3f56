"""Writes what CPython's hashlib and hmac compute: lines of a kind, hexadecimal arguments and the digest."""
import hashlib
import hmac
import random
import sys

r = random.Random(7)
NAMES = [
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512_224", "sha512_256", "sha3_224", "sha3_256",
    "sha3_384", "sha3_512", "shake_128", "shake_256", "blake2b", "blake2s", "ripemd160",
]


def data(n):
    return r.randbytes(n)


def line(kind, *args):
    print(kind, *(a.hex() or "-" if isinstance(a, bytes) else a for a in args), file=out)


with open(sys.argv[1], "w") as out:
    for name in NAMES:
        for n in [0, 1, 3, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 135, 136, 137, 200, 255, 256, 257, 1000, 5000]:
            d = data(n)
            h = hashlib.new(name, d)
            if name.startswith("shake"):
                for length in 0, 1, 20, 168, 500:
                    line("shake", name, length, d, h.digest(length))
            else:
                line("hash", name, h.digest_size, h.block_size, d, h.digest())
        if not name.startswith("shake"):
            for n in 0, 1, 20, 64, 65, 128, 129, 144, 145, 300:
                k, d = data(n), data(r.randint(0, 300))
                line("hmac", name, k, d, hmac.new(k, d, lambda *a, name=name: hashlib.new(name, *a)).digest())
    for name in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512_256", "sha3_256", "ripemd160"]:
        for iterations, length in (1, 5), (2, 64), (100, 33), (1000, 200):
            p, s = data(r.randint(0, 200)), data(r.randint(0, 40))
            line("pbkdf2", name, iterations, p, s, hashlib.pbkdf2_hmac(name, p, s, iterations, length))
    for n, rr, p, length in (2, 1, 1, 1), (16, 1, 1, 64), (1024, 8, 1, 64), (64, 3, 5, 100), (16, 8, 2, 32):
        pw, s = data(r.randint(0, 40)), data(r.randint(0, 40))
        line("scrypt", n, rr, p, pw, s, hashlib.scrypt(pw, salt=s, n=n, r=rr, p=p, dklen=length))
    for name, f, size, salt in ("blake2b", hashlib.blake2b, 64, 16), ("blake2s", hashlib.blake2s, 32, 8):
        for _ in range(150):
            p = dict(
                digest_size=r.randint(1, size), key=data(r.choice([0, 0, r.randint(1, size)])), salt=data(r.randint(0, salt)),
                person=data(r.randint(0, salt)), fanout=r.choice([0, 1, 2, 255]), depth=r.choice([1, 2, 255]),
                leaf_size=r.choice([0, 5000, 2**32 - 1]), node_offset=r.choice([0, 1, 2**48 - 1]),
                node_depth=r.choice([0, 1, 255]), inner_size=r.choice([0, size, 3]), last_node=r.random() < 0.5,
            )
            d = data(r.choice([0, 1, 63, 64, 65, 128, 129, 500]))
            p["last_node"] = bool(p["last_node"])
            digest = f(d, **p).digest()
            line(name, *(int(v) if isinstance(v, bool) else v for v in p.values()), d, digest)
