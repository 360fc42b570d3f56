"""sys.exit with a number: output is flushed, atexit runs, the status is kept."""
import atexit
import sys

atexit.register(print, "at exit 1")
atexit.register(lambda: print("at exit 2"))
try:
    sys.exit("caught")
except SystemExit as e:
    print("code", e.code)


class Last:
    def __del__(self):
        pass


print("no newline", end="")
try:
    sys.exit(3)
finally:
    print(" finally")
