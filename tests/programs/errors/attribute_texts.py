"""Texts of attribute, type and index errors that programs meet most."""


class C:
    __slots__ = ("a",)

    @property
    def p(self):
        return 1

    @property
    def failing(self):
        return self.nothing


class D:
    x = 1


c, d = C(), D()
import math
f = lambda: 0
TRIES = """c.a
c.b
c.b = 1
c.p = 2
del c.p
c.failing
d.x.y
d.__dict__.z
D.y
del d.x
del D.zz
math.nope
math.pi.x
f.nope
f.__name__ = 1
(1).x
(1).x = 2
'a'.b
None.c
[].d
{}.e
int.f
int.g = 1
c()
D(1)
d[0]
d[0] = 1
del d[0]
D[0]
d + 1
1 + d
d < d
-d
len(d)
iter(d)
next(d)
d in d
1 in 5
hash([])
{}[[]]
[][0]
[]['a']
()[1.5]
'abc'[10]
{}[1]
{1: 2}['missing']
{(1, 2): 3}[(1, 3)]
range(3)[5]
b'a'[5]
int('x')
int(None)
float('x')
str(b'a', 'ascii', 'x', 1)
list(5)
dict([1])
tuple(None)
set(5)
abs('x')
'%d' % 'x'
'%s %s' % 'x'
'a' + 1
1 + 'a'
[1] + (1,)
(1,) + [1]
'a' * 'b'
[] * 'a'
[1, 2] < 5
max()
max([])
sum(['a'])
open()
print(x=1)
isinstance(1, 1)
issubclass(1, int)
import_nothing
5()
f(1)
f.x.y.z
c.a.b
type(d).missing
super().x
object().x = 1
sorted(5)
sorted([1, 'a'])
''.join([1])
','.join(5)
'x'.encode('bogus')
b'\\xff'.decode()
chr(-1)
ord('')
bytes([256])
[].remove(1)
[].pop()
{}.popitem()
set().pop()
[1].index(2)
'a'.index('b')
(1).bit_length(2)
round(None)
divmod(1, 0)
1 // 0
1 % 0
1.0 / 0
0 ** -1
complex('x')
slice(0).x
del undefined
lambda_
__import__('nope')
assert_(1)
[a for a in 5]
[*5]
{**5}
print(*5)
f(**5)
a, b = 1
a, b = [1]
a, b = 1, 2, 3
(a, b), c = 1, 2
for i in 5: pass
with 5: pass
with d: pass
async_gen
raise 5
raise d
raise None
raise ValueError from 5
assert False, 'text'
assert []
global_thing.x""".split("\n")
for source in TRIES:
    try:
        exec(source)
        print(source, "-> no error")
    except Exception as e:
        print(source, "->", type(e).__name__ + ":", e)
