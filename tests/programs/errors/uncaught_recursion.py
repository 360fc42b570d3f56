"""A traceback with repeated lines, as deep recursion prints it."""
import sys
sys.setrecursionlimit(150)


def down(n):
    if n == 0:
        raise ValueError("bottom")
    down(n - 1)


def ping(n):
    pong(n)


def pong(n):
    if n:
        ping(n - 1)
    else:
        down(20)


ping(5)
