"""Files: modes, text and binary layers, buffering, seeking, newlines, encodings, errors."""
import io
import os
import tempfile
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "f.txt")
    with open(path, "w", encoding="utf-8") as f:
        print(f.write("line one\nzwei ü\n"), f.writelines(["drei\n", "no end"]), f.tell(), f.name == path, f.mode, f.encoding, f.closed, f.writable(), f.readable())
    print(f.closed, os.path.getsize(path))
    with open(path, encoding="utf-8") as f:
        print(f.read(4), f.readline(), f.readlines(), f.read(), f.seek(0), list(f), f.newlines)
    with open(path, "rb") as f:
        print(f.read(3), f.seek(-3, 2), f.read(), f.tell(), f.seek(2, 1), f.peek(1) if False else "", f.readinto(bytearray(2)), f.seekable())
    with open(path, "a+") as f:
        f.write("\nadded")
        f.seek(0)
        print(len(f.read()), f.read())
    with open(path, "r+b") as f:
        f.write(b"LINE")
        f.seek(0, 2)
        f.truncate(10)
        print(f.tell(), os.path.getsize(path))
    with open(path, "wb", buffering=0) as f:
        print(f.write(b"a\r\nb\rc\nd"), type(f).__name__)
    for newline in (None, "", "\n", "\r\n", "\r"):
        with open(path, newline=newline) as f:
            print(repr(newline), f.readlines(), f.newlines)
    for newline in (None, "", "\r\n"):
        with open(path, "w", newline=newline) as f:
            f.write("x\ny\r\n")
        print(repr(newline), open(path, "rb").read())
    with open(path, "wb") as f:
        f.write(b"ok \xff bad \xc3")
    for errors in ("strict", "ignore", "replace", "surrogateescape", "backslashreplace"):
        try:
            with open(path, encoding="utf-8", errors=errors) as f:
                print(errors, ascii(f.read()))
        except UnicodeDecodeError as e:
            print(errors, e)
    with open(path, "w", encoding="utf-16") as f:
        f.write("héllo")
    print(open(path, "rb").read(4), open(path, encoding="utf-16").read())
    try:
        open(path, "x")
    except FileExistsError as e:
        print(type(e).__name__)
    with open(path, "w") as f:
        for action in (lambda: f.read(), lambda: f.seek(1, 1), lambda: f.write(5), lambda: f.seek(-1), lambda: f.readline()):
            try:
                action()
            except (io.UnsupportedOperation, OSError, TypeError, ValueError) as e:
                print(type(e).__name__, e)
    for action in (lambda: f.write("x"), lambda: f.tell(), lambda: next(f), lambda: f.__enter__(), lambda: f.fileno()):
        try:
            action()
        except ValueError as e:
            print(e)
    big = os.path.join(folder, "big")
    with open(big, "w") as f:
        for i in range(20000):
            f.write(f"{i}\n")
    with open(big) as f:
        print(sum(int(line) for line in f), f.seek(0), f.readline(), f.tell(), sum(1 for _ in f))
    with open(big, "rb") as f:
        chunks = iter(lambda: f.read(4096), b"")
        print(sum(len(c) for c in chunks), f.seek(10), f.readline(), f.readlines(20))
    with open(big, "r+") as f:
        pos = [f.tell() for _ in range(3) if f.readline()]
        f.seek(pos[1])
        print(pos, f.readline())
s = io.StringIO("a\nb\n")
print(s.read(1), s.readline(), s.write("XY"), s.getvalue(), s.seek(0), s.truncate(2), s.getvalue(), io.StringIO("x\r\ny", newline=None).read(), s.tell(), s.readlines())
b = io.BytesIO(b"hello")
print(b.read(2), b.write(b"XX"), b.getvalue(), b.seek(0, 2), b.getbuffer()[0], b.read1(), b.truncate(1), b.getvalue(), b.seek(5), b.write(b"!"), b.getvalue())
try:
    with b.getbuffer() as view:
        b.write(b"longer than before")
except BufferError as e:
    print(e)
raw = io.BytesIO(b"one\ntwo\n\xc3\xa9")
t = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8", newline="\n")
print(t.readline(), t.read(), t.detach().closed, io.BufferedRandom(io.BytesIO(b"abc")).read(1), io.DEFAULT_BUFFER_SIZE, io.open is open, issubclass(io.StringIO, io.TextIOBase))
dec = io.IncrementalNewlineDecoder(None, translate=True)
print(repr(dec.decode("a\r")), repr(dec.decode("\nb")), dec.newlines, io.text_encoding(None) in ("locale", "utf-8"))


class Raw(io.RawIOBase):
    def __init__(self): self.data = [b"par", b"ts\n", b"", b"more"]
    def readable(self): return True
    def readinto(self, buf):
        part = self.data.pop(0)
        buf[:len(part)] = part
        return len(part)


print(io.BufferedReader(Raw()).readline(), Raw().read(4), Raw().readall(), io.BufferedReader(Raw(), 8).read(6))
