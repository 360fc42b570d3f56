# What a program lets go of is found by gc.collect(), whatever compiled code had in its registers and frame.
import gc


class Node:
    def __init__(self):
        self.next = None
        self.prev = None

    def link(self, other):
        self.next = other
        other.prev = self


def ring(node, n):
    current = node
    for _ in range(n):
        other = Node()
        current.link(other)
        current = other
    current.link(node)


def rings(n, links):
    all = []
    for _ in range(n):
        node = Node()
        all.append(node)
        ring(node, links)
    return all


few = 0


def once():
    global few
    for _ in range(1):
        gc.collect()
        a = rings(20, 20)
        del a
        if gc.collect() < 20 * 21:
            few += 1


for i in range(120):
    once()
print(few)
