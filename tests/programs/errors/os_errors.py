"""OSError: which class each errno makes, attributes, texts, files that are not there."""
import errno
import os
for name in "ENOENT EEXIST EACCES EPERM EISDIR ENOTDIR EPIPE EINTR EAGAIN ECHILD ESRCH ETIMEDOUT ECONNREFUSED ECONNRESET ECONNABORTED EALREADY EINPROGRESS ESHUTDOWN EINVAL ENOSPC".split():
    e = OSError(getattr(errno, name), os.strerror(getattr(errno, name)))
    print(name, type(e).__name__, e)
e = OSError(2, "text", "file1", None, "file2")
print(e, e.errno, e.strerror, e.filename, e.filename2, e.args, repr(e))
print(OSError(2, "t").filename, OSError("only").errno, OSError(1, 2, 3, 4, 5, 6).args, FileNotFoundError(13, "x").errno, str(OSError()), OSError(5, None), OSError(None, "x"), repr(OSError(2, "a", "b")))
print(IOError is OSError, EnvironmentError is OSError, issubclass(ConnectionResetError, ConnectionError), BlockingIOError(11, "b").errno, ConnectionRefusedError.__mro__[1].__name__)
for action in (lambda: open("/nonexistent/x"), lambda: open("/"), lambda: os.listdir("/nonexistent"), lambda: os.rename("/nonexistent/a", "/nonexistent/b"), lambda: os.rmdir("/nonexistent"), lambda: open("/dev/null/x"),
               lambda: os.close(9999), lambda: os.stat(""), lambda: open(b"/nonexistent/bytes"), lambda: os.mkdir("/"), lambda: os.kill(2 ** 22 + 5, 0), lambda: os.chdir("/dev/null"), lambda: os.readlink("/"), lambda: open("\0"), lambda: open("x", "q"),
               lambda: open("x", "rw"), lambda: open("x", ""), lambda: open(9999), lambda: open(-1), lambda: open("x", "rb", encoding="utf-8"), lambda: open("x", "r", 0), lambda: open(None), lambda: open(1.5), lambda: os.open("/nonexistent", os.O_RDONLY),
               lambda: os.read(9999, 1), lambda: os.execv("/nonexistent", ["x"]), lambda: os.getenv(5), lambda: os.unlink("/"), lambda: os.environ["NOT_SET_AT_ALL"], lambda: os.scandir("/nonexistent"), lambda: os.access(5.5, 0)):
    try:
        action()
        print("no error")
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "filename", None))


class Mine(OSError):
    def __init__(self, a, b, extra):
        super().__init__(a, b)
        self.extra = extra


m = Mine(2, "mine", "more")
print(m, m.errno, m.extra, type(m).__name__, isinstance(m, FileNotFoundError), m.args)
try:
    with open("/nonexistent") as f:
        pass
except FileNotFoundError as e:
    print(e.strerror, e.filename, e.errno == errno.ENOENT, errno.errorcode[e.errno])
