"""memoryview: slices, casts, formats, release, comparison, errors."""
import array
data = bytearray(b"abcdefgh")
m = memoryview(data)
print(len(m), m[0], m[-1], bytes(m[2:5]), m[::2].tolist(), m.format, m.itemsize, m.ndim, m.shape, m.strides, m.nbytes, m.readonly, m.contiguous, m.obj is data)
m[0] = 65
m[1:3] = b"XY"
print(data, m.tobytes(), m.hex(), m == data, m == b"AXYdefgh", m != b"", m[2:4] == memoryview(b"Yd"), 65 in m, list(m[::-1])[:2], bytes(m[::-1]))
ints = m.cast("I")
print(ints.shape, ints.format, ints[0] == int.from_bytes(data[:4], "little"), ints.itemsize)
ints[1] = 0x41424344
print(data, m.cast("B", (2, 4)).tolist(), m.cast("B", [2, 4])[1, 2], m.cast("b").tolist()[:2], m.cast("c")[0], m.cast("?")[0], m.cast("h").nbytes, m.cast("d").shape)
a = array.array("d", [1.5, 2.5, 3.5])
ma = memoryview(a)
ma[1] = -1.0
print(a, ma.format, ma.tolist(), ma[1:].tolist(), len(ma), ma.nbytes, bytes(ma[:1]))
ro = memoryview(b"read only")
for action in ("ro[0] = 1", "m[0] = 256", "m[0] = 'x'", "m[0:2] = b'xyz'", "m[100]", "m['a']", "m.cast('q')[5]", "memoryview(5)", "memoryview('s')", "m[1:].cast('I')", "m.cast('z')", "hash(m)", "m[::2].cast('B')", "m.cast('B', (3, 3))",
               "m[0, 0]", "del m[0]", "data.extend(b'x')", "ma[0] = 'x'", "m < m", "m[0:2] = 5", "m.cast('I').cast('H')", "m[...]", "ro.toreadonly()[0]"):
    try:
        print(action, eval(action) if "=" not in action and "del" not in action else exec(action))
    except (TypeError, ValueError, IndexError, BufferError, NotImplementedError) as e:
        print(action, type(e).__name__, e)
print(hash(ro) == hash(b"read only"), ro.readonly, m.toreadonly().readonly, ro[5:].tobytes())
m2 = memoryview(bytearray(b"xyz"))
m2.release()
try:
    m2[0]
except ValueError as e:
    print(e)
print(repr(m2)[:17])
with memoryview(b"ctx") as c:
    print(c.tolist())
for v in (ints, ma, m):
    v.release()
sub = memoryview(bytearray(range(20)))[5:15]
print(sub[2:8:3].tolist(), sub[-3:].tolist(), memoryview(sub).tolist()[:3], sub.suboffsets, sub.c_contiguous, sub[::2].f_contiguous, sub[::2].contiguous)
sub[::2] = bytes(5)
print(bytes(sub), sub.obj[:8])
print(b"".join([memoryview(b"a"), b"b"]), bytes(memoryview(b"xyz")[1:]), bytearray(memoryview(b"q")), int.from_bytes(memoryview(b"\x01\x02"), "big"), str(memoryview(b"text"), "ascii"))


class Exporter:
    def __init__(self):
        self.data = bytearray(b"pep688")

    def __buffer__(self, flags):
        print("buffer", flags != 0)
        return memoryview(self.data)

    def __release_buffer__(self, view):
        print("release", bytes(view))


with memoryview(Exporter()) as view:
    print(view[0], bytes(view))
import collections.abc
print(isinstance(Exporter(), collections.abc.Buffer), isinstance(b"", collections.abc.Buffer), isinstance("", collections.abc.Buffer), memoryview(b"ab").tolist() == [97, 98])
