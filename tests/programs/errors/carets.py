"""Where the carets go: one traceback line per kind of expression."""
import traceback


class Obj:
    attr = None

    def method(self):
        return None


o, d, lst, n, zero = Obj(), {"k": {}}, [1, [2]], None, 0
CASES = """1 + n
(1 + 2) * 3 / zero
o.attr.missing
o.method().x.y
d["k"]["j"]["i"]
lst[1][5]
n[0] + 1
o.method()()
len(5) + len([])
print(*n)
lst.append(1, 2)
d["k"](1)
-o
not -n
1 < n
lst + d
(lambda: undefined_name)()
[x / zero for x in lst[:1]]
f"{1 / zero} text"
o.attr[1:2]
5 if n.x else 6
n @ n
lst[0] ** o
int("x" + "y")
{**n}
[*zero]
o . attr . spaced
d [ "k" ] [ "no" ]
(1 +
 n)
raise_here()""".split("\n")
joined, buffer = [], ""
for line in CASES:
    buffer = buffer + "\n" + line if buffer else line
    if buffer.count("(") == buffer.count(")"):
        joined.append(buffer)
        buffer = ""
import linecache
for index, source in enumerate(joined):
    name = f"<case {index}>"
    linecache.cache[name] = (len(source), None, [l + "\n" for l in source.split("\n")], name)
    try:
        exec(compile(source, name, "exec"))
    except Exception as e:
        lines = traceback.format_exception(e)
        print("".join(lines[2:]).rstrip())
