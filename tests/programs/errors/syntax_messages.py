"""Messages and positions of syntax errors, one source per line."""
SOURCES = r"""
if True print(1)
if x = 1: pass
x = 
def f(: pass
def f() pass
class C pass
for x in range(3) pass
while True print()
print "hello"
print 1, 2
exec "code"
return 1
yield 1
await x
break
continue
lambda x=: 1
(1, 2
[1, 2
{1: 2
)
]
}
(]
{1: 2)
"abc
'''abc
f"{x"
f"{}"
x + = 1
x +* y
a b
1 = x
f() = 1
(a, 1) = x
x + 1 = 2
None = 1
True += 1
del f()
del 1
for 1 in x: pass
with open(x) as 1: pass
import a.b as c.d
from x import
from . import *
from x import (a, b
import
a = b c
a, b += 1
x: int: str
(x, y): int
try: pass
try: pass
except: pass else: pass
else: pass
elif x: pass
except: pass
finally: pass
f(a=1, a=2)
f(a=1, b)
f(**k, *a)
f(a for a in b, c)
f(1=2)
f(True=1)
class C(a for a in b): pass
def f(a, a): pass
def f(a=1, b): pass
def f(*): pass
def f(**k, a): pass
nonlocal x
x = yield = 1
x := 1
(x := 1) = 2
(a.b := 1)
[x for x in 1, 2]
[x for 1 in y]
{x: y for z}
{a, b: c}
{a: b, c}
{a:}
{**a: b}
*a
*a = 1
print(*)
f(*)
assert
raise x from
global
global x, 
pass pass
not
a not b
a is is b
a if b
a if b else
1 if 2 else = 3
@
@a
async x
async def f(): yield from x
async with a: pass
def f(): async with a: pass
def f(): await x
[await x for y in z]
0777
1__0
0x
1e
12abc
1.2.3
$
a ? b
a ! b
!x
a <> b
a && b
a || b
i++
++i
x = x++
\x
"\x4"
"\N{nope}"
b"é"
u"a" b"b"
match x: case 1: pass
case 1: pass
type X
type X = 
def f[T: pass
a[1:2:3:4]
a[]
a[1 2]
x = (1 for)
lambda: (yield)
class C: return 1
def f(): x = 1; global x
from __future__ import division_
from __future__ import annotations; x = 1
if 1:
  if 2:
def f():
	 x
a = 5 if True
print(a b)
print(a, b c)
foo(x, y for y in z)
d = {1: 2 3: 4}
d = [1 2]
t = (1 2)
else if x: pass
elseif x: pass
for x range(3): pass
def 1f(): pass
class 1C: pass
import 1a
except* A: pass
with a as b, c as: pass
with (a as b, c as d: pass
f(x=)
f(x=1 y=2)
a.1
a..b
a.
.a
-> int
def f() -> : pass
x = 'a' 'b
x = f'{a' 'b'
""".strip("\n").split("\n")
for source in SOURCES:
    source = source.replace("\\n", "\n") if False else source
    try:
        compile(source, "<s>", "exec")
    except SyntaxError as e:
        print(f"{source!r}: {type(e).__name__}: {e.msg} ({e.lineno}, {e.offset}, {e.end_lineno}, {e.end_offset})")
    except ValueError as e:
        print(f"{source!r}: {type(e).__name__}: {e}")
    else:
        print(f"{source!r}: fine")
