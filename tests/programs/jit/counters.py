"""What the recorder does and what it leaves alone, by the counters of `-X jit-stats` in a process of its own. Elsewhere
than on Krait there is nothing to count, and the answers are given."""
import re
import subprocess
import sys

KRAIT = sys.implementation.name == "krait"


def stats(source):
    """The lines about the program: what was left to the interpreter, and the numbers of the first line."""
    command = [sys.executable, "-S", "-X", "jit=on", "-X", "jit-stats", "-c", source]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr)
    lines = [l for l in done.stderr.splitlines() if l.startswith("jit: ")]
    numbers = {what: int(n) for n, what in re.findall(r"(\d+) (root traces|side traces|retyped)", lines[0])}
    left = [l.split("x ")[-1] for l in lines if "left to the interpreter" in l]
    aborts = [l for l in lines if "jit: abort" in l]
    return numbers, left, aborts


def check(name, source, test):
    """Prints whether the counters are as they should be."""
    ok = True
    if KRAIT:
        found = stats(source)
        ok = test(*found)
        if not ok:
            print(found)
    print(name, ok)


def fires(numbers, left, aborts):
    return numbers["root traces"] > 0 and not left


LOOP = """
def f(n):
    total = 0
    {before}
    for i in range(n):
        {body}
    return total
f(3000)
"""


def loop(body, before="pass"):
    return LOOP.format(body=body, before=before)


check("a range in a loop", loop("for j in range(i % 5): total += j"), fires)
check("a list, a tuple and bytes", loop("for j in s: total += len(j)", "s = ([1], (2, 3), b'ab')"), fires)
check("enumerate", loop("for j, x in enumerate(s): total += j * x", "s = [1, 2, 3]"), fires)
check("zip", loop("for x, y in zip(s, t): total += x * y", "s = [1, 2, 3]; t = (4, 5)"), fires)
check("reversed", loop("for x in reversed(range(3)): total += x"), fires)
check("reversed list", loop("for x in reversed(s): total += x", "s = [1, 2, 3]"), fires)
check("sets compared", loop("total += a <= b", "a = {1, 2}; b = frozenset(range(9))"), fires)
check("sets combined", loop("total += len(a - b) + len(a & b) + len(a | b) + len(a ^ b)", "a = {1, 2, 'x'}; b = {1, 3}"), fires)
check(
    "a set changed in place",
    loop("a -= b", "a = {1, 2}; b = {1, 3}"),
    lambda numbers, left, aborts: bool(left) or bool(aborts),
)
check("attributes of integers", loop("total += i.numerator // i.denominator + i.real + i.imag"), fires)
check("tuples with bytes for keys", loop("total += d[i & 1, b'x']", "d = {(0, b'x'): 1, (1, b'x'): 2}"), fires)
CLASS = """
class Base:
    @classmethod
    def make(cls):
        return super().__new__(cls)
class C(Base):
    @classmethod
    def make(cls):
        return super().make()
class L(list): pass
"""
check("class methods and object.__new__", CLASS + loop("C.make().x = i"), fires)
check("methods of a derived list", CLASS + loop("b.append(i); b.append(i); total += b.pop() + len(b)", "b = L()"), fires)
check("a derived list", CLASS + loop("for x in b: total += x", "b = L((1, 2))"), fires)

YIELDS = """
def g(n):
    for i in range(n):
        if i % 3:
            yield i
        else:
            yield -i
def f(n):
    total = 0
    for x in g(n):
        total += x
    return total
for i in range(5):
    f(3000)
"""


def goes_on_below(numbers, left, aborts):
    """The other branch's yield goes on in the loop below, as a side trace."""
    return numbers["side traces"] >= 1 and not any("YIELD" in a for a in aborts) and not left


check("a yield to a loop below", YIELDS, goes_on_below)

TYPED = """
def f(values):
    total = 0
    for x in values:
        total += x * x
    return total
f([1] * 1000)
for i in range(60):
    f([{}] * 1000)
"""
check("a loop recorded anew for other types", TYPED.format(1.5), lambda n, l, a: n["retyped"] >= 1)
check("a loop that is not", TYPED.format(2), lambda n, l, a: n["retyped"] == 0)

KINDS = """
def make(i):
    class C:
        def m(self):
            return i
    return C()
all = [make(i) for i in range({})]
def f(n):
    total = 0
    for i in range(n):
        total += all[i % len(all)].m()
    return total
for i in range(3):
    f(20000)
"""
check("few kinds have a trace each", KINDS.format(4), lambda n, l, a: 3 <= n["side traces"] <= 8)
check("many kinds do not", KINDS.format(60), lambda n, l, a: n["side traces"] <= 14)
