"""Builtin functions that take other things: sum, min, enumerate, zip, map, round, pow, divmod, print, input-free ones."""
print(sum([1, 2.5, True]), sum([], 5), sum([[1], [2]], []), sum((0.1 for _ in range(3))), sum([10 ** 20, 1]), sum([1j, 1]), sum(range(100), start=1))
for src in ("sum(['a'])", "sum(['a'], '')", "sum([b'a'], b'')", "sum(5)", "sum([1], [2])", "enumerate(5)", "list(enumerate('ab', 'x'))", "zip(5)", "map(len)", "map(5, [1]).__next__()", "filter(len)", "abs('a')", "divmod(1)", "pow('a', 2)", "round('a')", "round(1.5, 'a')", "chr('a')", "ord(5)", "bin(1.5)", "id()", "callable()", "iter()", "iter(1, 2)", "next(5)", "isinstance(1, 5)", "issubclass(1, int)", "isinstance(1, (int, 5))", "isinstance('a', (int, (str, 5)))", "print(1, sep=5)", "print(1, end=5)", "print(1, file=5)", "hash()", "vars(5)", "dir(1, 2)", "getattr(1, 'x')", "setattr(1, 'x', 2)", "delattr(1, 'x')", "compile()", "eval()", "format()", "len(5)", "len(x for x in ())", "sorted(1, 2)", "any(5)", "all(None)", "reversed(5)", "range(1)(2)", "slice()", "super(1)", "type('a', 1, 1)", "__import__(5)", "open('/nonexistent/file')", "memoryview()", "staticmethod()", "property(1, 2, 3, 4, 5)"):
    try:
        print(src, eval(src))
    except Exception as e:
        print(src, "->", type(e).__name__, e)
print(list(enumerate("ab", 5)), list(enumerate([], -1)), list(enumerate("xy", start=2 ** 64)), list(map(pow, [2, 3], [3, 2])), list(filter(lambda x: x > 1, [1, 2, 3])), list(map(None.__class__, [])), list(zip("ab", [1, 2], (3.0,))))
print(abs(-5), abs(-2.5), abs(3 + 4j), divmod(-7, 3), divmod(7.5, 2), pow(2, 10), pow(2, -1), pow(2, 5, 7), round(2.567, 2), round(-2.5), round(1e20), chr(8364), ord("€"), callable(print), hash("") == 0)
print(1, "a", None, sep="|", end="!\n")
print(sep="x")
print(*[1, 2], sep="")
print("a", "b", sep=None, end=None)
print("flush", flush=True)
import io
buf = io.StringIO()
print("to file", 5, file=buf, end="")
print(repr(buf.getvalue()))


class W:
    def write(self, s):
        print("write", repr(s)) if s != "stop" else None


print("x", "y", file=W())
print(isinstance(5, int), isinstance(5, (str, (float, int))), isinstance(True, int | None), issubclass(bool, (str, int)), isinstance(type, type), isinstance(None, type(None)), issubclass(int, object), isinstance([], list | dict))
m = map(lambda x, y: (x, y), "abc", "de")
print(next(m), next(m), next(m, "end"), next(iter([]), None), list(map(str, range(3))), max("abc", default=1) if False else "", min(5, 3, 4), max([1, 2], [1, 3]), max("b", "abc", key=len))
print(all(x for x in [1, 1]), any(x for x in []), sorted([3, 1, 2], reverse=True), list(reversed([1, 2])), repr("a"), ascii("é"), bin(5), oct(8), hex(255), format(255, "x"), len("abc"), id(1) == id(1), globals() is globals(), vars() is locals(), __name__)
gen = (print("side effect", i) or i for i in range(3))
print(any(gen), next(gen, "done"))
z = zip(a := iter([1, 2, 3]), [1])
print(list(z), list(a))
it = iter([1, 2, 3, 4])
print(list(zip(it, it)), [*zip()], list(zip([], [1])), dict(zip("ab", range(5))), list(zip(*[(1, "a"), (2, "b")])), tuple(map(int, "123")), set(map(len, ["a", "bb"])) == {1, 2})
class Obj:
    def __dir__(self): return ["z", "a"]
    x = 1
print(dir(Obj()), getattr(Obj, "x"), getattr(Obj(), "y", "default"), hasattr(Obj, "x"), sorted(vars(Obj).keys() & {"x", "__dir__"}), [n for n in dir([]) if n.startswith("a")], type(Obj()).__name__, delattr(Obj, "x"), hasattr(Obj, "x"))
breakpointhook = __import__("sys").breakpointhook
print(callable(breakpointhook), __build_class__.__name__, __debug__, copyright.__class__.__name__, NotImplemented, ..., aiter.__name__, anext.__name__)
