"""os, os.path, pathlib, shutil, glob, tempfile: a small tree of files."""
import glob
import os
import os.path as p
import pathlib
import shutil
import stat
import tempfile
from fnmatch import filter as fnfilter, fnmatch, translate
print(p.join("a", "b", "/c", "d"), p.join("a/", ""), p.split("/a/b/"), p.splitext("x.tar.gz"), p.splitext(".hidden"), p.basename("/a/b"), p.dirname("/a/b"), p.normpath("/a/../b/./c//d"), p.normpath(""), p.isabs("/x"), p.commonpath(["/a/b", "/a/c"]), p.commonprefix(["abc", "abd"]), p.relpath("/a/b/c", "/a/x"), p.expandvars("$NOT_A_VARIABLE_HERE/x"), p.splitdrive("/a"), p.join(b"a", b"b"))
P = pathlib.PurePosixPath
q = P("/a/b.tar.gz")
print(q, repr(q), q.name, q.stem, q.suffix, q.suffixes, q.parent, q.parents[1], q.parts, q / "c", "x" / P("y"), q.with_name("z"), q.with_suffix(".txt"), q.with_stem("new"), q.relative_to("/a"), q.is_relative_to("/x"), q.match("*.gz"), q.anchor, q.as_uri(), P("a//b/./c"), P("a/../b"), P() == P("."), P("a") < P("b"), hash(P("a")) == hash(P("a")), q.joinpath("d", "e"), P("a", "/b"), pathlib.PureWindowsPath("C:\\x\\y").as_posix(), P("x/y").relative_to("x/z", walk_up=True))
for f in (lambda: q.relative_to("/x"), lambda: q.with_suffix("bad"), lambda: P("/").with_name("x"), lambda: q.with_name(""), lambda: P(5), lambda: p.join("a", 5), lambda: p.join("a", b"b"), lambda: p.commonpath([]), lambda: p.relpath(""), lambda: p.commonpath(["a", "/b"])):
    try:
        print(f())
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
root = pathlib.Path(tempfile.mkdtemp())
try:
    (root / "d" / "e").mkdir(parents=True)
    (root / "d" / "one.txt").write_text("one")
    (root / "d" / "e" / "two.py").write_bytes(b"two")
    (root / "three.txt").touch()
    (root / "link").symlink_to("three.txt")
    print(sorted(str(x.relative_to(root)) for x in root.rglob("*")), sorted(x.name for x in root.glob("**/*.txt")), sorted(os.listdir(root)), [(os.path.relpath(d, root), sorted(ds), sorted(fs)) for d, ds, fs in sorted(os.walk(root))])
    print((root / "d/one.txt").read_text(), (root / "d").is_dir(), (root / "nope").exists(), (root / "link").is_symlink(), os.readlink(root / "link"), (root / "link").resolve().name, (root / "d/one.txt").stat().st_size, stat.S_ISDIR(os.stat(root).st_mode), sorted((e.name, e.is_dir(), e.is_symlink()) for e in os.scandir(root)))
    shutil.copy(root / "d/one.txt", root / "copy.txt")
    shutil.copytree(root / "d", root / "d2")
    (root / "copy.txt").rename(root / "renamed.txt")
    os.chmod(root / "renamed.txt", 0o600)
    print(sorted(glob.glob("*.txt", root_dir=root)), sorted(glob.glob("**/*.py", root_dir=root, recursive=True)), oct(os.stat(root / "renamed.txt").st_mode & 0o777), shutil.which("sh") is not None, os.path.samefile(root, str(root) + "/."), p.getsize(root / "renamed.txt"))
    os.utime(root / "three.txt", (1000, 2000))
    print(os.stat(root / "three.txt").st_mtime, p.getmtime(root / "three.txt"), os.stat(root / "three.txt").st_mtime_ns)
    shutil.rmtree(root / "d2")
    os.remove(root / "link")
    for f in (lambda: os.rmdir(root / "d"), lambda: (root / "d").unlink(), lambda: (root / "zz").unlink(), lambda: (root / "d").mkdir(), lambda: os.listdir(root / "three.txt"), lambda: (root / "d").read_text()):
        try:
            f()
        except OSError as e:
            print(type(e).__name__, e.strerror)
    (root / "zz").unlink(missing_ok=True)
    (root / "d").mkdir(exist_ok=True)
    old = os.getcwd()
    os.chdir(root)
    print(sorted(os.listdir()), pathlib.Path("d/one.txt").absolute() == root / "d/one.txt", p.abspath("x") == str(root.resolve() / "x") or p.abspath("x") == str(root / "x"), pathlib.Path.cwd().name == root.name)
    os.chdir(old)
    with tempfile.NamedTemporaryFile("w+", dir=root, suffix=".t", delete=True) as t:
        t.write("temp")
        t.flush()
        print(p.exists(t.name), t.name.endswith(".t"), open(t.name).read())
    print(p.exists(t.name), len(list(root.iterdir())))
    fd = os.open(root / "low", os.O_CREAT | os.O_RDWR, 0o644)
    print(os.write(fd, b"low level"), os.lseek(fd, 0, os.SEEK_SET), os.read(fd, 3), os.fstat(fd).st_size, os.ftruncate(fd, 2), os.close(fd))
    r, w = os.pipe()
    print(os.write(w, b"pipe"), os.read(r, 10), os.close(r), os.close(w))
finally:
    shutil.rmtree(root)
print(root.exists(), fnmatch("a.py", "*.py"), fnfilter(["a", "b"], "[!a]"), translate("*.t?t"), os.sep, os.linesep, os.curdir, os.fspath(P("x")), os.fsencode("é"), os.environ.get("NOT_SET"), os.getpid() > 0, os.cpu_count() > 0, os.path.exists("\0"), os.name)
os.environ["KRAIT_TEST_VALUE"] = "v"
print(os.getenv("KRAIT_TEST_VALUE"), p.expandvars("$KRAIT_TEST_VALUE/${KRAIT_TEST_VALUE}"), os.environ.pop("KRAIT_TEST_VALUE"), os.getenv("KRAIT_TEST_VALUE", 5))
