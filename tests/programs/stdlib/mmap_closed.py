# A map that is closed or shrunk by the conversion of an argument.
import mmap


def t(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class X:
    def __init__(self, m, n=10):
        self.m = m
        self.n = n

    def __index__(self):
        self.m.close()
        return self.n


class Buffer:
    def __init__(self, m):
        self.m = m

    def __buffer__(self, flags):
        self.m.close()
        return memoryview(b"0123456789")


def setitem(m, key, value):
    m[key] = value


print([t(lambda m, f=f: f(m), mmap.mmap(-1, 100)) for f in (
    lambda m: m[X(m)],
    lambda m: m[X(m):20],
    lambda m: m[20:X(m):-2],
    lambda m: m.read(X(m)),
    lambda m: m.find(b"1", 1, X(m)),
    lambda m: m.rfind(b"1", X(m)),
    lambda m: setitem(m, slice(X(m), 20), b"1" * 10),
    lambda m: setitem(m, X(m), 5),
    lambda m: setitem(m, 3, X(m)),
    lambda m: m.write_byte(X(m)),
    lambda m: m.move(X(m), 1, 2),
    lambda m: m.seek(X(m)),
)])
print([t(lambda m, f=f: f(m), mmap.mmap(-1, 100)) for f in (
    lambda m: m.write(Buffer(m)),
    lambda m: setitem(m, slice(0, 10), Buffer(m)),
)])
