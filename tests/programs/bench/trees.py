"""Allocation: binary trees made and dropped, a red-black-like treap, linked lists, a trie, cycles."""


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left, self.right = left, right


def make(depth):
    return Node(make(depth - 1), make(depth - 1)) if depth else Node(None, None)


def check(node):
    return 1 if node.left is None else 1 + check(node.left) + check(node.right)


keep = make(10)
print([sum(check(make(d)) for _ in range(1 << (9 - d))) for d in range(2, 9, 2)], check(keep))


class Treap:
    class Item:
        def __init__(self, key, value, priority):
            self.key, self.value, self.priority = key, value, priority
            self.left = self.right = None

    def __init__(self):
        self.root, self.seed, self.size = None, 1, 0

    def __setitem__(self, key, value):
        self.root = self._insert(self.root, key, value)

    def _insert(self, t, key, value):
        if t is None:
            self.seed = self.seed * 48271 % 2147483647
            self.size += 1
            return Treap.Item(key, value, self.seed)
        if key == t.key:
            t.value = value
        elif key < t.key:
            t.left = self._insert(t.left, key, value)
            if t.left.priority > t.priority:
                child = t.left
                t.left, child.right = child.right, t
                return child
        else:
            t.right = self._insert(t.right, key, value)
            if t.right.priority > t.priority:
                child = t.right
                t.right, child.left = child.left, t
                return child
        return t

    def __getitem__(self, key):
        t = self.root
        while t is not None:
            if key == t.key:
                return t.value
            t = t.left if key < t.key else t.right
        raise KeyError(key)

    def __iter__(self):
        stack, t = [], self.root
        while stack or t:
            while t:
                stack.append(t)
                t = t.left
            t = stack.pop()
            yield t.key
            t = t.right

    def __len__(self):
        return self.size


t = Treap()
for i in range(2000):
    t[i * 7919 % 2003] = i
print(len(t), list(t) == sorted(t), t[5], sum(t[k] for k in t))
try:
    t[-1]
except KeyError as e:
    print(repr(e))
head = None
for i in range(3000):
    head = (i, head)
total, n = 0, 0
while head:
    v, head = head
    total, n = total + v, n + 1
print(total, n)
trie = {}
for word in ("tea ten to inn in i a ant anteater " * 3).split():
    node = trie
    for ch in word:
        node = node.setdefault(ch, {})
    node["$"] = node.get("$", 0) + 1


def words(node, prefix=""):
    for k in sorted(node):
        if k == "$":
            yield prefix, node[k]
        else:
            yield from words(node[k], prefix + k)


print(list(words(trie)))


class Ring:
    def __init__(self, n):
        self.items = [[i] for i in range(n)]
        for a, b in zip(self.items, self.items[1:] + self.items[:1]):
            a.append(b)
        self.me = self


survivors = [Ring(5) for i in range(300) if i % 100 == 0]
for i in range(300):
    Ring(10)
print(len(survivors), [r.items[4][1] is r.items[0] for r in survivors])
dicts = [{f"k{i}": i, "n": {"deep": [i] * 3}} for i in range(500)]
print(sum(d["n"]["deep"][1] for d in dicts), sum(len(d) for d in dicts))
