# Type comments and older versions of the language, as ast.parse() takes them; <> and late __future__ imports.
import __future__
import ast


def show(source, **options):
    try:
        tree = ast.parse(source, type_comments=True, **options)
    except SyntaxError as e:
        print("SyntaxError:", e.msg)
        return
    found = [(type(n).__name__, n.type_comment) for n in ast.walk(tree) if getattr(n, "type_comment", None)]
    print(found, [(i.lineno, i.tag) for i in getattr(tree, "type_ignores", [])])


show("x = 1 # type: int\ny = (2) #type:  str  \nz = 3 # types: no\n")
show("for x in y:  # type: int\n    pass\nwith a as b:\t# type: list[int]\n    pass\n")
show("def f():\n    # type: () -> int\n    pass\n")
show("def f(): # type: () -> int\n    pass\nasync def g(a) -> x:\n\n    # plain\n    # type: () -> 'é'\n    return\n")
show("def f():  # type: () -> int\n    # type: () -> str\n    pass\n")
show("""def f(a,  # type: A
      b=(1),  # type: B
      /, c: int = 2,  # type: C
      *args,  # type: D
      e,  # type: E
      **kw  # type: F
      ):
    pass
""")
show("def f(*, # type: int\n a):\n    pass\n")
show("import a # type: ignore\nx = 1 # type: ignore[b]\ny = 2 # type: ignored\n# type: ignore\nz = [ # type: ignore d\n1]")
for bad in (
    "pass # type: int",
    "x += 1 # type: int",
    "while x: # type: int\n  pass",
    "class C: # type: int\n  pass",
    "def f():\n  pass\n  # type: () -> int\n",
    "x = [ # type: int\n1]",
    "x: int # type: int",
    "# type: int\n",
    "def f(a # type: int\n=1): pass",
):
    show(bad)
show("f(1) # type: int", mode="exec")
show("x = 1 # type: int", mode="single")
for source in (
    "async def f(): pass",
    "def f():\n  x: int = 1",
    "a @ b",
    "a @= b",
    "x = 1_000",
    "f'{x}'",
    "def f(a, /): pass",
    "(x := 1)",
    "with (a as b, c): pass",
    "with (a): pass",
    "with (a), b: pass",
    "match x:\n  case 1: pass",
    "try: pass\nexcept* E: pass",
    "type X = int",
    "def f[T](): pass",
    "class C[T]: pass",
    "async def f():\n  [x async for x in y]\n  await z\n  async with a: pass\n  async for b in c: pass",
):
    for version in range(4, 13):
        try:
            ast.parse(source, feature_version=(3, version))
        except SyntaxError as e:
            print(version, e.msg)
        else:
            print(version, "fine")
            break

barry = __future__.CO_FUTURE_BARRY_AS_BDFL
for source in "2 <> 3", "2 != 3", "f'{a != b}'", "from __future__ import division; import x; from __future__ import division":
    try:
        compile(source, "f", "exec", barry)
        print("fine")
    except SyntaxError as e:
        print(e, e.offset, e.end_offset)
for feature in __future__.all_feature_names:
    compile("", "f", "exec", getattr(__future__, feature).compiler_flag)


def nested(n):
    return "1" if n == 0 else f'f"{{{nested(n - 1)}}}"'


print(eval(nested(100)))
try:
    eval(nested(155))
except SyntaxError as e:
    print(e.msg)
