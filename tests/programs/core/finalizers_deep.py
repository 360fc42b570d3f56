# Finalizers and weak reference callbacks that a collection finds just below the recursion limit have room to run.
import gc
import sys
import weakref

count = [0, 0]
errors = []
sys.unraisablehook = errors.append


def nested(n):
    return 0 if n == 0 else 1 + nested(n - 1)


class Node:
    def __init__(self):
        self.me = self

    def __del__(self):
        count[0] += nested(8) == 8


def called(ref):
    count[1] += nested(8) == 8


refs = []


def deep(n):
    for _ in range(3):
        node = Node()
        refs.append(weakref.ref(node, called))
        node = None
    if n % 100 == 0 or n > 980:
        gc.collect()
    return deep(n + 1)


try:
    deep(0)
except RecursionError as e:
    print(e)
for _ in range(5):
    nested(500)
    gc.collect()
# CPython calls them on top of the recursion.
print(not errors or sys.implementation.name == 'cpython')
print(count[0] > 2500, count[1] > 2500, sys.getrecursionlimit())
