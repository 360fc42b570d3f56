"""Building strings: +=, join, many pieces, aliasing; str must stay immutable."""
s = ""
for i in range(1000):
    s += str(i % 10)
print(len(s), s[:15], s[-5:])
a = "start"
b = a
a += "-more"
print(a, b)
parts = []
for w in "the quick brown fox".split():
    parts.append(w.title())
print(" ".join(parts), "".join(parts), ", ".join(reversed(parts)))


class Acc:
    text = "class"

    def add(self, t):
        self.text += t
        return self


acc = Acc().add("-x").add("-y")
print(acc.text, Acc.text)
d = {"k": "a"}
d["k"] += "b"
lst = ["a"]
lst[0] += "b" * 3
print(d, lst)
t = s
t += "x"
print(s == t[:-1], hash(s) == hash(t[:-1]), {s: 1}[t[:-1]])
u = "é" + "日" + "😀" + "a"
print(u, len(u), [hex(ord(c)) for c in u], u[1:3], u[::-1])
big = "ab" * 50000
big += "c"
print(len(big), big.count("ab"), big.find("c"), big[-2:])
grow = ""
seen = []
for ch in "abc":
    seen.append(grow)
    grow += ch
print(seen, grow)
x = "n"
x *= 4
print(x, "=" * 20, 3 * "ab", "x" * 0, "x" * -5)
try:
    "a" + 1
except TypeError as e:
    print(e)
try:
    1 + "a"
except TypeError as e:
    print(e)
try:
    s[0] = "x"
except TypeError as e:
    print(e)
try:
    "".join(["a", 1])
except TypeError as e:
    print(e)


def fib_words(n):
    a, b = "a", "b"
    for _ in range(n):
        a, b = b, b + a
    return a


print(fib_words(10), len(fib_words(20)))
rope = ""
for i in range(200):
    rope = rope + "<" + str(i) + ">"
    if i % 50 == 0:
        print(len(rope), rope[-4:])
out = "prefix"
out = "x" + out
for i in range(3):
    out = f"[{out}]"
print(out)
import io
buf = io.StringIO()
for i in range(5):
    print(i, end=",", file=buf)
print(buf.getvalue())
