# os.path.normpath of text, bytes and paths.
import os.path as p, pathlib
for x in ["", ".", "a/..", "/", "//", "///", "//a", "../..", "a//b/", b"", b"a/../b", b"a/..", pathlib.PurePosixPath("a/../b"), "a\0b/../c", b"\xff/./x", "\udcff/..", "./a", "/..", "//../a"]:
    try: print(ascii(x), ascii(p.normpath(x)))
    except Exception as e: print(ascii(x), type(e).__name__, e)
