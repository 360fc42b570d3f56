# Branches whose sides return from a frame that somebody has an object of.
import sys

kept = []
words = {"a": 1, "b": 2}


def look(k, flag):
    here = [k, flag]
    if flag:
        kept.append(sys._getframe())
    if k & 1:
        return here[0] + 1
    return here[0] + 2


def find(k, word):
    # What the branch looks up is looked up once.
    if word in words:
        return k
    return -k


def run(turns, first, every):
    total = 0
    for k in range(turns):
        total += look(k, k >= first and k % every == 0)
        total += find(k, "abc"[k % 3])
        if len(kept) > 6:
            for f in kept:
                total += f.f_locals["k"] + f.f_locals["here"][0]
            kept.clear()
    return total


for first, every in ((20, 1), (5, 1), (100, 2), (300, 7), (0, 1), (50, 1)):
    print(run(400, first, every), [f.f_locals["k"] for f in kept])
    kept.clear()


class Later:
    """A set that changes while a branch asks it."""

    def __init__(self):
        self.words = {"a"}

    def turn(self, k):
        n = 0
        if "a" in self.words:
            n += 1
            if k % 3 == 0:
                self.words.discard("a")
        if "a" in self.words:
            n += 2
        else:
            self.words.add("a")
        if "a" in self.words:
            n += 4
        return n


later = Later()
print(sum(later.turn(k) for k in range(600)))
total = 0
for k in range(600):
    total += later.turn(k)
print(total)
