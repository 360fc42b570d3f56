"""Errors in threads and callbacks do not end the program."""
import atexit
import sys
import threading


def work():
    raise ValueError("in thread")


def hook(args):
    print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)


threading.excepthook = hook
t = threading.Thread(target=work, name="worker")
t.start()
t.join()


def leave():
    sys.exit(5)


t = threading.Thread(target=leave)
t.start()
t.join()
print("still here")


class Bad:
    def __del__(self):
        raise RuntimeError("in del")


def unraisable(args):
    print("unraisable", args.exc_type.__name__, args.exc_value)


sys.unraisablehook = unraisable
b = Bad()
del b
import gc
gc.collect()


def excepthook(kind, value, tb):
    print("excepthook", kind.__name__, value, tb is not None)


sys.excepthook = excepthook
atexit.register(print, "atexit ran")
raise LookupError("last")
