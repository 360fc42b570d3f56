# Traces that begin at an exit take over what the exit knew of shapes. Objects change theirs on one side only.


class P:
    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x


class Q:
    def __init__(self, x):
        self.pad = 0
        self.x = x

    def get(self):
        return -self.x


def grow(objects):
    out = 0
    for i, o in enumerate(objects):
        out += o.x
        if i % 3 == 0:
            o.y = i
            out += o.y
        if i % 5 == 0:
            o.z = out % 7
            out += o.z
        if i % 7 == 0:
            out += o.x * 2
        else:
            out += len(o.__dict__)
    return out


print("grow", grow([P(i) for i in range(300)]), grow([Q(i) for i in range(300)]))
print("mixed", grow([(P, Q)[i % 2](i) for i in range(300)]))


def become(objects):
    out = 0
    for i, o in enumerate(objects):
        out += o.get()
        if i % 4 == 1:
            o.__class__ = Q if o.__class__ is P else P
        if i % 2:
            out += o.get() * 3
        out += o.get()
    return out


print("become", become([P(i) for i in range(200)] * 2))


def lose(objects):
    out = 0
    for i, o in enumerate(objects):
        out += o.x
        if i % 6 == 2:
            del o.x
        try:
            out += o.x
        except AttributeError:
            out += 1000
            o.x = i
        out += o.x
    return out


print("lose", lose([P(i) for i in range(200)]))


def other(pairs):
    # The register holds another object on one side of the branch.
    out = 0
    o = P(1)
    for i, (a, b) in enumerate(pairs):
        o = a
        out += o.x
        if i & 1:
            o = b
        if i % 3:
            out += o.x
        else:
            out -= o.get()
    return out, type(o).__name__


print("other", other([(P(i), Q(i)) for i in range(150)] + [(Q(i), P(i)) for i in range(150)]))


def lists(items):
    out = 0
    for i, a in enumerate(items):
        n = len(a)
        if i % 4 == 0:
            a = tuple(a)
        if n & 1:
            out += a[0]
        else:
            out += a[-1] + len(a)
        if i % 9 == 0:
            a = "text"
            out += len(a)
    return out


print("lists", lists([[1] * (1 + i % 6) for i in range(300)]))


class Node:
    def __init__(self, value, next):
        self.value = value
        self.next = next


def walk(head):
    out = 0
    n = 0
    while head is not None:
        n += 1
        if n % 2:
            out += head.value
        elif n % 3:
            out ^= head.value
            head.mark = n
        else:
            head.value = 1
        head = head.next
    return out, n


head = None
for i in range(300):
    head = Node(i, head)
print("walk", walk(head), walk(head), walk(head))
