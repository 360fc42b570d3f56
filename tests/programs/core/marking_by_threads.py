"""Full collections find the same with helper threads as without (in stress mode every fourth has them), also after a
fork: cells of many kinds, weak references, finalizers, cycles."""
import gc
import os
import weakref
from collections import OrderedDict, defaultdict, deque
from functools import partial


class Node:
    def __init__(self, name, *links):
        self.name = name
        self.links = list(links)


class Slotted:
    __slots__ = ("value", "next", "__weakref__")

    def __init__(self, value, next):
        self.value = value
        self.next = next


class Items(list):
    """A builtin layout with attributes behind it."""


class Text(str):
    __slots__ = ("__dict__",)


class Closing:
    closed = 0

    def __del__(self):
        Closing.closed += 1


def counter(start):
    count = start

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


def numbers(n):
    held = [str(i) for i in range(n)]
    for text in held:
        yield text, len(held)


def tree(depth):
    return (depth,) if depth == 0 else (tree(depth - 1), depth, tree(depth - 1))


def weight(t):
    return 1 if len(t) == 1 else weight(t[0]) + weight(t[2])


def build(n):
    world = {}
    world["chain"] = None
    for i in range(n):
        world["chain"] = Slotted(i, world["chain"])
    world["table"] = {f"key {i}": [i, {"inner": (i, str(i))}] for i in range(n)}
    world["sets"] = [frozenset((f"e{i}", f"e{i + 1}")) for i in range(n)]
    world["nodes"] = [Node(str(i)) for i in range(n)]
    for i, node in enumerate(world["nodes"]):
        node.links += [world["nodes"][i * 7 % n], world["nodes"][i * 3 % n]]
    items = world["items"] = [Items([str(i), i]) for i in range(n)]
    for i, item in enumerate(items):
        item.label = "item %d" % i
        item.peer = items[i - 1]
    text = Text("text")
    text.attribute = ["kept", "by", "a", "string"]
    world["text"] = text
    world["steps"] = [counter(i) for i in range(n)]
    world["generators"] = [numbers(5) for _ in range(20)]
    for g in world["generators"]:
        next(g)
    world["partials"] = [partial(int, str(i)) for i in range(n)]
    world["ordered"] = OrderedDict((str(i), [i]) for i in range(n))
    world["default"] = defaultdict(list, {i: [str(i)] for i in range(n)})
    world["deque"] = deque((str(i) for i in range(n)), maxlen=n)
    world["classes"] = [type("Made%d" % i, (Node,), {"number": i, "own": [i]}) for i in range(10)]
    world["instances"] = [c("x", c) for c in world["classes"]]
    world["tree"] = tree(7)
    return world


def check(world, n):
    link, seen = world["chain"], 0
    while link is not None:
        seen += link.value
        link = link.next
    return (
        seen,
        sum(v[0] + v[1]["inner"][0] + len(v[1]["inner"][1]) for v in world["table"].values()),
        sum(f"e{i}" in s for i, s in enumerate(world["sets"])),
        all(node.links[0].name == str(i * 7 % n) for i, node in enumerate(world["nodes"])),
        all(item.peer[0] == str((i - 1) % n) and item.label == "item %d" % i for i, item in enumerate(world["items"])),
        world["text"].attribute,
        sum(step(0) for step in world["steps"]),
        sum(int(p()) for p in world["partials"]),
        sum(v[0] for v in world["ordered"].values()),
        "".join(v[0] for v in world["default"].values())[-6:],
        "".join(world["deque"])[:6],
        sum(c.number + c.own[0] for c in world["classes"]),
        all(i.links[0] is type(i) for i in world["instances"]),
        weight(world["tree"]),
    )


def garbage(n):
    """Cycles, some with a finalizer; weak references to them."""
    refs = []
    for i in range(n):
        a = Node("a")
        b = Node("b", a)
        a.links.append(b)
        if i % 3 == 0:
            a.closing = Closing()
        refs.append(weakref.ref(a))
    return refs


def rounds(world, n, turns):
    for _ in range(turns):
        refs = garbage(30)
        gc.collect()
        gc.collect()
        assert sum(r() is not None for r in refs) <= 3
    return check(world, n)


def main():
    n = 120
    world = build(n)
    first = check(world, n)
    print(first)
    print(rounds(world, n, 9) == first)
    pid = os.fork()
    if pid == 0:
        same = False
        try:
            same = rounds(world, n, 9) == first
        finally:
            os._exit(0 if same else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    print(rounds(world, n, 9) == first)
    print([next(g) for g in world["generators"]][-1])
    print(Closing.closed >= 17 * 10)


main()
