"""struct and array: formats, byte orders, alignment, errors, array methods."""
import array
import struct
for fmt, args in (("b", (-1,)), ("B", (255,)), ("<h", (-2,)), (">H", (65535,)), ("<i", (-3,)), ("!I", (2 ** 32 - 1,)), ("<q", (-4,)), (">Q", (2 ** 64 - 1,)), ("<f", (1.5,)), (">d", (-2.5,)), ("<e", (0.5,)), ("?", (True,)), ("c", (b"x",)), ("5s", (b"abc",)), ("3s", (b"abcdef",)), ("5p", (b"abc",)), ("2x", ()), ("<3h", (1, 2, 3)), ("<bhiq", (1, 2, 3, 4)), ("@bhiq", (1, 2, 3, 4)), ("=bhiq", (1, 2, 3, 4)), ("<2s2xB", (b"ab", 7)), ("0s", (b"",)), ("n", (-5,)), ("<10s", (b"",)), ("< h 2b ", (1, 2, 3)), ("P", (1,)), ("bxxi", (1, 2)), ("ib0i", (1, 2))):
    packed = struct.pack(fmt, *args)
    print(fmt, packed, struct.unpack(fmt, packed), struct.calcsize(fmt))
for f in (lambda: struct.pack("b", 128), lambda: struct.pack("B", -1), lambda: struct.pack("<h", 40000), lambda: struct.pack("i", "a"), lambda: struct.pack("i", 1.5), lambda: struct.pack("i"), lambda: struct.pack("i", 1, 2), lambda: struct.pack("z", 1), lambda: struct.unpack("i", b"abc"), lambda: struct.pack("c", b"ab"), lambda: struct.pack("s", "str"), lambda: struct.pack("<n", 1), lambda: struct.pack("3", 1), lambda: struct.pack("f", "x"), lambda: struct.pack("<f", 1e100), lambda: struct.pack("e", 1e10),
          lambda: struct.unpack_from("i", b"abcd", 2), lambda: struct.pack_into("i", bytearray(2), 0, 1), lambda: struct.unpack("i", 5), lambda: struct.calcsize(5), lambda: struct.pack("Q", 2 ** 64), lambda: struct.pack("q", 2 ** 63), lambda: struct.pack_into("b", b"x", 0, 1), lambda: list(struct.iter_unpack("h", b"abc")), lambda: struct.unpack_from("b", b"a", -2), lambda: struct.Struct(), lambda: struct.pack("<I", None), lambda: struct.calcsize("99999999999999999999i")):
    try:
        print(f())
    except (struct.error, TypeError, OverflowError, ValueError) as e:
        print(type(e).__name__, e)
s = struct.Struct(">hB")
print(s.format, s.size, s.pack(1, 2), list(s.iter_unpack(b"\0\1\2\0\3\4")), s.unpack_from(b"xx\0\5\6", 2), struct.Struct(b"<i").format)
buf = bytearray(8)
struct.pack_into("<HH", buf, 2, 1, 65535)
print(buf, struct.unpack("<d", struct.pack("<d", float("nan")))[0] != 0, struct.unpack("<f", struct.pack("<f", 0.1))[0], struct.unpack("<e", struct.pack("<e", 65504.0)), struct.pack("<e", 6e-8), struct.unpack("?", b"\x05"))


class I:
    def __index__(self): return 5


print(struct.pack("<i", I()), struct.pack("<f", 3), struct.pack("<d", I()) if False else "")
for code in "bBhHiIlLqQfdu":
    a = array.array(code, "ab" if code == "u" else [1, 2, 3])
    print(a, a.itemsize, len(a), a.typecode, a == a[:], len(a.tobytes()) == a.itemsize * len(a))
a = array.array("i", range(5))
a.append(10)
a.extend([11, 12])
a.insert(1, 99)
a[0] = -1
a[2:4] = array.array("i", [7, 7, 7])
print(a, a.pop(), a.pop(0), a.index(7), a.count(7), a.tolist(), a + a[:1], a * 2 == a + a, 99 in a, a[::-1], a < array.array("i", [100]))
a.remove(7)
a.reverse()
a.byteswap()
a.byteswap()
a.fromlist([1, 2])
a.frombytes(b"\1\0\0\0")
del a[0], a[1:3]
print(a, sum(a), max(a), list(reversed(a)), bytes(a[:1]), a.buffer_info()[1], sorted(a), array.array("d", b"\0" * 8), array.typecodes)
for f in (lambda: array.array("i", [1.5]), lambda: array.array("b", [200]), lambda: array.array("x"), lambda: array.array("i", "ab"), lambda: a.append("x"), lambda: a[100], lambda: a.pop(100), lambda: a.remove(12345), lambda: a.frombytes(b"abc"), lambda: a + [1], lambda: a.extend(array.array("d", [1.0])), lambda: array.array("u", "a") + a, lambda: a.fromlist([1, "a"]), lambda: a.__setitem__(0, 2 ** 40), lambda: hash(a), lambda: array.array(), lambda: array.array("ii"), lambda: a.index(-99999)):
    try:
        print(f())
    except (TypeError, ValueError, OverflowError, IndexError) as e:
        print(type(e).__name__, e)
