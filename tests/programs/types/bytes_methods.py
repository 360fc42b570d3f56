"""bytes and bytearray: construction, methods, mutation, errors, memory views."""
b = b"Hello, World"
print(bytes(), bytes(3), bytes([65, 66]), bytes("é", "utf-8"), bytes(b"copy"), bytes(range(5)), bytearray(2), bytearray(b"x"), bytes(memoryview(b"mv")), bytes.fromhex("48 65 6C"), b.hex(), b.hex(":"), b.hex("-", 2), b.hex("_", -4))
for src in ("bytes(-1)", "bytes([256])", "bytes('x')", "bytes(1.5)", "bytes([1.5])", "bytes.fromhex('4')", "bytes.fromhex('zz')", "b'a' + 'b'", "'a' + b'b'", "b'abc'[5]", "bytearray([300])", "b'a'.join(['x'])", "bytes(5, 'x')", "b'abc'['a']", "1.5 in b'a'", "300 in b'a'", "b'a' < 'a'", "b'x'.split(b'')", "bytes(None)", "b'a'.find('a')", "b'%d' % 'x'", "b'%s' % 'x'"):
    try:
        print(src, eval(src))
    except (TypeError, ValueError, IndexError) as e:
        print(src, type(e).__name__, e)
print(b[0], b[-1], b[1:4], b[::-1], list(b[:3]), 72 in b, b"ell" in b, b + b"!", b * 2, len(b), b == bytearray(b), b < b"I", hash(b) == hash(bytes(bytearray(b))), b.index(b"o"), b.find(111), b.rfind(b"o"), b.count(b"l"))
print(b.upper(), b.lower(), b.swapcase(), b.title(), b.capitalize(), b.center(16, b"*"), b.ljust(14, b"."), b.zfill(15), b.replace(b"l", b"L", 1), b.split(b", "), b.partition(b","), b.rpartition(b"o"), b.startswith((b"x", b"H")), b.endswith(b"d"), b.strip(b"Hd"))
print(b" a b ".split(), b"a\nb\r\nc".splitlines(), b"a\xffb\x85".splitlines(), b",".join([b"a", bytearray(b"b")]), b"ab".translate(bytes.maketrans(b"a", b"z")), b"abc".translate(None, b"b"), b"a\tb".expandtabs(4), b"pre-x".removeprefix(b"pre-"), b"12".isdigit(), b"\xe9".isalpha(), b"Ab".istitle())
print(repr(b"\x00\t\n\r\\'\"\x7f\xff"), repr(b"it's"), repr(b'"'), str(b"x"), b"%s %d %x %c %r %a %5.1f %%" % (b"s", 5, 255, 65, "r", b"a", 2.5), b"%(k)s" % {b"k": b"v"}, b"%-5d|%05d" % (1, 2), b"%b" % b"x")
ba = bytearray(b"abc")
ba.append(100)
ba.extend([101, 102])
ba.extend(b"gh")
ba += b"ij"
ba[0] = 65
ba[1:3] = b"XYZ"
ba.insert(1, 45)
print(ba, ba.pop(), ba.pop(0), len(ba))
del ba[0], ba[::2]
print(ba)
ba.reverse()
ba.remove(ba[0])
print(ba, ba * 2, ba.copy() is ba, bytes(ba))
ba[2:2] = b"inserted"
ba[::3] = bytes(len(ba[::3]))
print(ba)
for action in ("ba[0] = 256", "ba[0] = 'x'", "ba[100] = 1", "ba.remove(200)", "ba[::2] = b'x'", "ba.append('x')", "bytearray().pop()", "ba[:] = 'str'", "ba.extend(5)", "ba.extend('s')", "hash(ba)", "ba += 'x'", "del ba[99]"):
    try:
        exec(action)
    except (TypeError, ValueError, IndexError) as e:
        print(action, type(e).__name__, e)
ba[:] = 3 * [7]
print(ba)
ba.clear()
print(ba, bool(ba), bytearray(b"x") + b"y", b"x" + bytearray(b"y"), type(b"x" + bytearray(b"y")).__name__, bytearray("é", "latin-1"))
class Sub(bytes): pass
class HasBytes:
    def __bytes__(self): return b"from __bytes__"
print(Sub(b"s"), type(Sub(b"s") + b"").__name__, bytes(HasBytes()), b"".join(bytes([i]) for i in range(65, 70)), sorted(b"cab"), max(b"abc"), [*b"hi"], bytes(reversed(b"abc")), int.from_bytes(b"\x01\x00", "big"))
exported = bytearray(b"locked")
with memoryview(exported) as view:
    try:
        exported.append(1)
    except BufferError as e:
        print(e)
exported.append(33)
print(exported)
