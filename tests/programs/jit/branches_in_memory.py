"""Branches whose sides meet: one side reads a register of an inlined function that only memory has, the other does not."""
from collections import deque


class Item:
    def __init__(self, value):
        self.value = value
        self.flag = value % 3 == 0


def seen_on_one_side(queue, k):
    item = queue.popleft()
    if k % 3:
        n = item.value + k
    else:
        n = k
    queue.append(item)
    return n


def seen_on_the_other(queue, k):
    item = queue.popleft()
    if k % 3 == 0:
        n = k
    else:
        n = item.value + k
    queue.append(item)
    return n


def seen_deeper(queue, k):
    def inner():
        item = queue.popleft()
        size = len(queue)
        if k & 4 and item.flag:
            n = size
        else:
            n = 2
        queue.append(item)
        return n + size + item.value
    return inner()


def in_an_expression(queue, k):
    return max(queue.popleft().value, 1 if k % 5 else len(queue)), queue.append(Item(k % 7))


def run(f, turns):
    queue = deque(Item(n) for n in range(5))
    total = 0
    for k in range(turns):
        got = f(queue, k)
        total += got if type(got) is int else got[0]
    return total, [i.value for i in queue]


for f in (seen_on_one_side, seen_on_the_other, seen_deeper, in_an_expression):
    print(f.__name__, run(f, 40), run(f, 900))


class Loop:
    """A frame that is older than the trace: the loop's side trace begins within a called method."""

    def __init__(self):
        self.ready = deque()
        self.timers = []
        self.done = 0
        self.stopping = False

    def once(self, now):
        while self.timers:
            if self.timers[0].value >= now:
                break
            item = self.timers.pop(0)
            self.ready.append(item)
        todo = len(self.ready)
        for _ in range(todo):
            item = self.ready.popleft()
            self.done += item.value
        item = None
        if self.done > 5000:
            self.stopping = True

    def forever(self):
        now = 0
        while True:
            now += 1
            if now % 4:
                self.timers.append(Item(now + now % 6))
            self.once(now)
            if self.stopping:
                return now


print([Loop().forever() for _ in range(30)] == [Loop().forever()] * 30, Loop().forever())
