"""Comprehensions: scoping, nesting, conditions, order of evaluation, inlining (PEP 709)."""
print([x * y for x in range(3) for y in range(x, 3) if (x + y) % 2 == 0])
print({x % 3 for x in range(10)}, {k: v for k, v in zip("abc", range(3)) if v})
print([[i * j for j in range(3)] for i in range(3)])
x = "outer"
print([x for x in range(3)], x)
print([y := 5, y ** 2], [last := i for i in range(4)], last)


def order():
    log = []

    def note(v):
        log.append(v)
        return v
    result = {note(f"k{i}"): note(f"v{i}") for i in (note(0), note(1)) if note(True)}
    return log, result


print(order())


class C:
    size = 3
    items = [i for i in range(size)]
    try:
        bad = [size for _ in range(2)]
    except NameError as e:
        message = str(e)


print(C.items, C.__dict__.get("bad"), C.__dict__.get("message"))


def closures():
    return [lambda: i for i in range(3)], [(lambda j: lambda: j)(i) for i in range(3)]


late, early = closures()
print([f() for f in late], [f() for f in early])


def captured(n):
    return [(lambda: (n, i))() for i in range(2)]


print(captured(9))


def local_names():
    a = 1
    r = [sorted(locals()) for a in range(2)]
    return r, a


print(local_names())
g = (i for i in range(3))
print(next(g), list(g))
print(list(i for i in range(5) if i % 2), sum(i for i in range(5)), max((len(w), w) for w in "a bbb cc".split()))
try:
    [1 / v for v in (2, 1, 0)]
except ZeroDivisionError as e:
    print(e, x)


def deep():
    return [[[(a, b, c) for c in range(2)] for b in range(2)] for a in range(2)]


print(deep())
print([v for v in range(20) if v % 2 if v % 3], [a + b for a, b in [(1, 2), (3, 4)]], [first for first, *_ in ["abc", "de"]])
matrix = [[1, 2, 3], [4, 5, 6]]
print([list(row) for row in zip(*matrix)], [v for row in matrix for v in row])
print({(a, b): a * b for a in range(1, 3) for b in range(1, 3)})


def shadowed():
    v = "param"
    lst = [v for v in range(2)]
    dct = {v: v for v in "ab"}
    return v, lst, dct


print(shadowed())
for src in ["[i := 0 for i in range(2)]", "[(j := 0) for i in range(2) for j in range(2)]", "{**d for d in x}",
            "[*a for a in x]", "class C:\n [(y := 1) for x in z]\n", "[x for x in (y := z)]"]:
    try:
        compile(src, "<s>", "exec")
    except SyntaxError as e:
        print(e.msg)
