"""ast, tokenize, symtable, keyword, compileall-free tools: trees, dumps, unparse, visitors."""
import ast
import io
import keyword
import symtable
import tokenize
SOURCE = '''
"""doc"""
from a.b import c as d, e
import f.g
@deco(1)
class C(Base, metaclass=M):
    x: int = 1
    async def m(self, a, /, b=2, *args, k, kd=3, **kw) -> str:
        async with x as y, z: await w
        return [i async for i in j if i]
def g[T: int](p): yield from (lambda q: q)(p)
try:
    del a[1:2, ...], b.c
except (A, B) as e: raise X from e
except: pass
else: nonsense = f"{v!r:>{w}} t" f"{u=}"
finally: global_ = (yes := not no)
for i, *j in k: continue
while a < b <= c is not d not in e: break
match s:
    case [1, -2, {"k": v, **r}, P(x, y=0) | None, *_] if t: assert t, "m"
    case "s" | 1.5j as n: pass
type A[*Ts, **P] = dict[Ts, P]
a += b if c else d and e or f
print(*args, **{**kw, "a": {1, 2}}, x=b"\\x00")
'''
tree = ast.parse(SOURCE)
dump = ast.dump(tree)
print(len(dump), hash(dump) == hash(ast.dump(ast.parse(SOURCE))))
for node in tree.body:
    print(ast.dump(node)[:400])
print(ast.unparse(tree))
print(ast.dump(ast.parse(ast.unparse(tree))) == dump)
print(ast.dump(ast.parse("x = [1, 'a']", mode="exec"), indent=2, include_attributes=True))
print([(type(n).__name__, n.lineno, n.col_offset, n.end_lineno, n.end_col_offset) for n in ast.walk(ast.parse("é = f(1,\n  'b') + c.d")) if hasattr(n, "lineno")])
for text in ("[1, 'a', (2.5, None), {'k': {1}}, -1, 1+2j, b'x', ...]", "f()", "1 + 1", "a", "[x for x in y]", "{**a}", "'a' 'b'", "--1"):
    try:
        print(ast.literal_eval(text))
    except (ValueError, TypeError, SyntaxError) as e:
        print(type(e).__name__, str(e).split(" at 0x")[0].split(" on line")[0])


class Names(ast.NodeVisitor):
    def __init__(self): self.seen = []
    def visit_Name(self, n): self.seen.append((n.id, type(n.ctx).__name__))


class Double(ast.NodeTransformer):
    def visit_Constant(self, n): return ast.copy_location(ast.Constant(n.value * 2), n) if isinstance(n.value, int) else n
    def visit_Pass(self, n): return None


v = Names()
v.visit(ast.parse("a = b + c(d)"))
t = ast.fix_missing_locations(Double().visit(ast.parse("r = [1, 2 + 3, 'x']\nif r: pass; s = 4\n")))
ns = {}
exec(compile(t, "<t>", "exec"), ns)
print(v.seen, ns["r"], ns["s"], ast.get_docstring(tree), ast.get_source_segment("a = b + c", ast.parse("a = b + c").body[0].value), ast.Name("x").id, ast.Name("x")._fields, ast.Constant(5).value, ast.BinOp._fields, isinstance(ast.Add(), ast.operator), ast.iter_child_nodes(tree).__next__().__class__.__name__)
for f in (lambda: ast.Name("x", foo=1) and compile(ast.Expression(ast.Name("x")), "f", "eval"), lambda: compile(ast.Expression(ast.Constant(5)), "f", "eval"), lambda: compile(ast.Module([ast.Expr(ast.Constant(object()))], []), "f", "exec"), lambda: ast.Name(1, 2, 3), lambda: compile(ast.Module([], None), "f", "exec"), lambda: compile(ast.parse("1"), "f", "eval"), lambda: ast.parse("x", mode="bad"), lambda: compile(ast.fix_missing_locations(ast.Expression(ast.Name("x", ast.Store()))), "f", "eval")):
    try:
        print(f() is not None)
    except (TypeError, ValueError, SyntaxError) as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
built = ast.Module([ast.Assign([ast.Name("out", ast.Store())], ast.BinOp(ast.Constant(2), ast.Pow(), ast.Constant(10)))], [])
exec(compile(ast.fix_missing_locations(built), "<built>", "exec"), ns)
print(ns["out"])
for tok in tokenize.generate_tokens(io.StringIO("def f(x):\n    return f'{x!r:>{w}}' + 0x1F  # c\n\n@a\n").readline):
    print(tokenize.tok_name[tok.type], repr(tok.string), tok.start, tok.end)
try:
    list(tokenize.generate_tokens(io.StringIO("(1,\n").readline))
except tokenize.TokenError as e:
    print(e)
print(tokenize.detect_encoding(io.BytesIO(b"# -*- coding: latin-1 -*-\n").readline), tokenize.untokenize([(1, "a"), (54, "+"), (1, "b")]), keyword.iskeyword("match"), keyword.softkwlist, len(keyword.kwlist))
st = symtable.symtable("def f(a):\n  global g\n  b = a\n  def h(): return b + c\nclass K: x = 1\n", "s", "exec")
f = st.get_children()[0]
print(st.get_type(), sorted(st.get_identifiers()), f.get_name(), f.get_parameters(), sorted(f.get_locals()), f.get_globals(), f.lookup("b").is_local(), f.get_children()[0].get_frees(), f.get_children()[0].lookup("c").is_global(), st.get_children()[1].get_type(), f.lookup("a").is_parameter(), f.lookup("g").is_declared_global(), st.lookup("K").is_namespace())
