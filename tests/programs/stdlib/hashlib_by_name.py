"""_hashlib: digests by name, HMAC, and keys from passwords, as hashlib and hmac show them."""
import _hashlib
import hashlib
import hmac


def attempt(f):
    try:
        r = f()
        print(r.hex() if isinstance(r, bytes) else r)
    except Exception as e:
        print(type(e).__name__, e)


for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512_224", "sha512_256", "sha3_224", "sha3_256",
             "sha3_384", "sha3_512", "blake2b", "blake2s", "ripemd160"):
    h = hashlib.new(name, b"abc", usedforsecurity=False)
    print(name, h.name, h.digest_size, h.block_size, h.hexdigest()[:24])
print(type(hashlib.sha256()), type(hashlib.shake_128()).__mro__, type(hashlib.blake2b()))
print([hashlib.new(n).name for n in ("SHA256", "SHA-512", "sha3-256", "RIPEMD160")])
h = hashlib.sha256(b"one")
c = h.copy()
c.update(b"two")
print(h.hexdigest()[:12], c.hexdigest()[:12], hashlib.sha256(string=b"onetwo").hexdigest()[:12])
print(repr(h).split(" @ ")[0], repr(hashlib.shake_256()).split(" @ ")[0], h.digest_size)
x = hashlib.shake_128(b"x")
print(x.digest(5).hex(), x.hexdigest(length=7), x.digest_size, x.name)
print({"md5", "sha256", "blake2b", "shake_256"} <= hashlib.algorithms_available, "pbkdf2_hmac" in hashlib.__all__)
attempt(lambda: hashlib.new("no-such"))
attempt(lambda: _hashlib.new("no-such"))
attempt(lambda: _hashlib.new(1))
attempt(lambda: hashlib.sha256("text"))
attempt(lambda: hashlib.sha256(5))
attempt(lambda: _hashlib.HASH())
attempt(lambda: _hashlib.HMAC())
attempt(lambda: x.digest())

m = hmac.new(b"key", b"message", "sha256")
print(m.name, m.digest_size, m.block_size, m.hexdigest()[:16], hmac.digest(b"key", b"message", "sha256").hex()[:16])
m.update(b" more")
n = m.copy()
n.update(b" and more")
print(m.hexdigest()[:16], n.hexdigest()[:16], hmac.new(b"key", b"message more and more", hashlib.sha256).hexdigest()[:16])
print(hmac.new(b"k" * 300, digestmod="sha3_256").hexdigest()[:16], hmac.new(b"k", b"m", hashlib.blake2b).hexdigest()[:16])
print(hmac.digest(b"key", bytes(5000), hashlib.sha512).hex()[:16], hmac.HMAC(b"k", b"m", "md5").hexdigest()[:16])
r = _hashlib.hmac_new(b"k", b"m", "sha1")
print(repr(r).split(" @ ")[0], r.name, type(r))
attempt(lambda: _hashlib.hmac_new(b"k", b"m", "no-such"))
attempt(lambda: _hashlib.hmac_new(b"k", b"m", None))
attempt(lambda: _hashlib.hmac_new(b"k", b"m", hashlib.blake2s))
attempt(lambda: _hashlib.hmac_new("k", b"m", "sha1"))
attempt(lambda: hmac.compare_digest("a", "\xe9"))
print(hmac.compare_digest("abc", "abc"), hmac.compare_digest(b"abc", bytearray(b"abd")))
print(issubclass(_hashlib.UnsupportedDigestmodError, ValueError), _hashlib.get_fips_mode())

attempt(lambda: hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 100))
attempt(lambda: hashlib.pbkdf2_hmac("sha512", b"password" * 30, b"salt", 3, 100))
attempt(lambda: hashlib.pbkdf2_hmac("sha1", bytearray(b"p"), memoryview(b"s"), 1, dklen=7))
attempt(lambda: hashlib.pbkdf2_hmac("SHA-256", b"p", b"s", 1, None))
for args in (("no-such", b"p", b"s", 1), ("sha1", b"p", b"s", 0), ("sha1", b"p", b"s", -1), ("sha1", b"p", b"s", 1, 0),
             ("sha1", b"p", b"s", 1, -1), ("sha1", b"p", b"s", 1 << 40), ("sha1", b"p", b"s", 1 << 80),
             ("sha1", b"p", b"s", 1, 1 << 40), ("sha1", "p", b"s", 1), ("sha1", b"p", "s", 1), (b"sha1", b"p", b"s", 1),
             ("sha1", b"p", b"s", 1, 2.5)):
    attempt(lambda: hashlib.pbkdf2_hmac(*args))

attempt(lambda: hashlib.scrypt(b"password", salt=b"NaCl", n=16, r=1, p=1))
attempt(lambda: hashlib.scrypt(b"", salt=b"", n=2, r=8, p=2, dklen=20))
for change in ({"n": 3}, {"n": 1}, {"n": 0}, {"n": -1}, {"n": 1 << 70}, {"n": None}, {"r": 0}, {"r": -1}, {"p": 0},
               {"maxmem": -1}, {"maxmem": 1 << 40}, {"dklen": 0}, {"dklen": -1}, {"dklen": 1 << 40},
               {"n": 1 << 20, "r": 8}, {"salt": "s"}, {"salt": None}, {"n": 2.0}, {"dklen": 2.0}):
    attempt(lambda: hashlib.scrypt(b"p", **{"salt": b"s", "n": 2, "r": 1, "p": 1, "dklen": 8, **change}))
attempt(lambda: hashlib.scrypt("p", salt=b"s", n=2, r=1, p=1))
attempt(lambda: hashlib.scrypt(b"p", salt=b"s"))
attempt(lambda: hashlib.scrypt(b"p", n=2, r=1, p=1))
