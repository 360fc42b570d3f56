# os.path.normpath and what stands on it: text, bytes, path objects, nothing.
import os.path
import pathlib


def t(f, *a):
    try:
        return f(*a)
    except Exception as e:
        return type(e).__name__


for p in ("", ".", "./", "..", "a/..", "a/../..", "/", "//", "///", "//a/../b", "///a", "./.", ".//.", "a//b/./c/..", "/../..",
          "../../a", "é/../ü", "a\0b/..", "...", ".a/b.", "a/.../b"):
    print(repr(p), os.path.normpath(p), os.path.normpath(os.fsencode(p)), os.path.normpath(pathlib.PurePath(p)))
print(os.path.normpath(b"\xff/./\xfe"), ascii(os.path.normpath("\udcff//")))
print(t(os.path.normpath, 5), t(os.path.normpath, None), t(os.path.normpath, [b"x"]))
print(os.path.abspath(b"/a/../b"), os.path.abspath("/a/./b/"), os.path.relpath(b"/a/b", b"/a/c"), os.path.relpath("/a", "/a"))
print(os.path.realpath(b"/") == b"/", os.path.ismount(b"/"))
