"""Syntax errors that need several lines: indentation, unclosed brackets, blocks, tabs."""
SOURCES = [
    "if x:\npass\n", "if x:\n", "def f():\n", "class C:\n\n", "for x in y:\n# comment\n", "while x:\nprint(1)\n", "try:\n", "try:\n    pass\n", "try:\n    pass\nprint(1)\n",
    "    x = 1\n", "x = 1\n    y = 2\n", "if x:\n        a\n    b\n", "if x:\n\ta\n        b\n", "if x:\n        a\n\tb\n", "def f():\n    x\n  y\n", "with a:\n", "else:\n    pass\n",
    "if x:\n    pass\nelse\n    pass\n", "if x:\n    pass\nelif\n    pass\n", "match x:\n", "match x:\n    case 1:\n", "match x:\n    case 1:\n    pass\n", "match x:\n    pass\n",
    "x = (1,\n     2\ny = 3\n", "f(1,\n  2\ndef g(): pass\n", "x = [1, 2\n\n\n", "d = {\n  'a': 1\n  'b': 2\n}\n", "x = '''never\nclosed\n", "x = (\n)\n)\n", "foo(a,\n    b=1\n    c=2)\n",
    "def f(\n    a,\n    a,\n): pass\n", "class C:\n    def f(self):\n        pass\n   def g(self): pass\n", "a = \\\n", "a = 1 \\ \nb", "a = 1\\", "x = 5\n\\\n y = 1\n", "try:\n    pass\nexcept A:\npass\n",
    "try:\n    pass\nfinally:\n", "try:\n    pass\nexcept:\n    pass\nexcept A:\n    pass\n", "try:\n    pass\nexcept A as 1:\n    pass\n", "try:\n    pass\nexcept A, B:\n    pass\n", "for x in y:\n    pass\nelse:\n",
    "def f():\n    nonlocal x\n", "def f():\n    global x\n    x = 1\n    def g():\n        nonlocal x\n", "def f(x):\n    global x\n", "def f():\n    x = 1\n    nonlocal x\n", "def f():\n    print(x)\n    global x\n", "x: int\nglobal x\n",
    "async def f():\n    [x async for x in y]\ndef g():\n    [x async for x in y]\n", "def f():\n    return await x\n", "class C:\n    yield 1\n", "class C:\n    await x\n", "def f():\n    yield\n    return 1\nasync def g():\n    yield\n    return 1\n",
    "while 1:\n    def f():\n        break\n", "for x in y:\n    class C:\n        continue\n", "from __future__ import annotations\n'doc'\nfrom __future__ import division\n", "'doc'\nfrom __future__ import nope\n", "x = 1\nfrom __future__ import division\n",
    "@decorator\nx = 1\n", "@decorator\n", "if 1:\n  a\n b\n", "\tx\n", "x = {\n", "f'{\n1\n", "f'''{\n1 +\n}'''\n", "\n\n\n  bad indent\n", "if a:\n  b\n\n\n    c\n", "lambda:\n  x\n", "print(\n", "(" * 300 + ")" * 300, "x = " + "-" * 20 + "1 1\n",
    "def f(a, *, **k): pass\n", "def f():\n    'doc' 5\n", "import a,\n", "from a import b,\n", "from a import (b,,c)\n", "from a import ()\n", "with a as b.c(): pass\n", "with (a, b as c()): pass\n", "x = *a, *b = c\n", "for *a in b: pass\n", "del (a, b()), c\n", "a = b = 1 = c\n",
]
for source in SOURCES:
    shown = source if len(source) < 100 else source[:20] + "..."
    try:
        compile(source, "<s>", "exec")
    except SyntaxError as e:
        print(f"{shown!r}: {type(e).__name__}: {e.msg} ({e.lineno}, {e.offset}, {e.end_lineno}, {e.end_offset}) {(e.text or '')[:30]!r}")
    else:
        print(f"{shown!r}: fine")
