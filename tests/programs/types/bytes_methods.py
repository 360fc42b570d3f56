"""Methods of bytes and bytearray on many values; formatting of both kinds."""


lines = []


def t(f):
    try:
        lines.append(repr(f()))
    except BaseException as e:
        lines.append(f"{type(e).__name__} {e}")


def digest(label):
    """Prints a checksum of the results so far: they are many."""
    h = 0
    for line in lines:
        for c in line:
            h = (h * 1000003 ^ ord(c)) & (1 << 60) - 1
    print(label, len(lines), h)
    lines.clear()


S=[b'', b'a', b'abc', b'aXbXc', b' a b ', b'\xe9', b'a\xe9', b'HELLO World', b"it's", b'"q"', b'tab\t\\', b'a\nb\r\nc\x85d', b'\t x\t\x0b', b'-12', b'+5', b'\x00']
meth0='capitalize isalnum isalpha isascii isdigit islower isspace istitle isupper lower lstrip rstrip split rsplit splitlines strip swapcase title upper expandtabs __repr__ __len__ hex'.split()
for T in (bytes, bytearray):
  for s0 in S:
    s=T(s0)
    for m in meth0:
        t(lambda: getattr(s,m)())
    t(lambda: list(s))
    t(lambda: list(reversed(s)))
    t(lambda: s.decode('latin1'))
    t(lambda: s.decode())
    t(lambda: str(s))
    t(lambda: format(s))
    t(lambda: format(s,'5'))
    t(lambda: s.hex(':'))
    t(lambda: s.hex('-',2))
    t(lambda: s.hex('-',-2))
    t(lambda: s.hex('-',0))
    digest(f'simple {s}')
    for p in S+[bytearray(b'X'), memoryview(b'Q'), 97, 'a']:
        for m in 'find rfind count startswith endswith partition rpartition split rsplit removeprefix removesuffix strip lstrip rstrip __contains__ __lt__ __eq__ __ne__ __ge__ __add__ join'.split():
            t(lambda: getattr(s,m)(p))
        t(lambda: s+p)
        t(lambda: p+s)
        t(lambda: s==p)
        t(lambda: s<p)
    digest(f'with bytes {s}')
    for i in (-3,-1,0,1,2,5):
        t(lambda: s[i])
        t(lambda: s*i)
        t(lambda: i*s)
        t(lambda: s.center(i+5))
        t(lambda:s.zfill(i+4))
        t(lambda: s.ljust(i+4,b'z'))
        t(lambda: s.rjust(i+4,b'z'))
        t(lambda: s.split(None,i))
        t(lambda: s.rsplit(None,i))
        t(lambda: s.split(b'b',i))
        t(lambda: s.rsplit(b'X',i))
        t(lambda: s.replace(b'a',b'bb',i))
        t(lambda:s.replace(b'',b'-',i))
        t(lambda: s.find(b'b',i))
        t(lambda: s.rfind(b'',i,3))
        t(lambda: s.count(b'',i))
        t(lambda: s.startswith(b'',i))
        t(lambda: s.endswith(b'c',i,3))
        t(lambda: s.splitlines(i))
        t(lambda: s.expandtabs(i))
        for j in (-2,0,3,None):
            for k in (-1,1,2,-2):
                t(lambda: s[i:j:k])
                if T is bytearray:
                    def asg(v):
                        c=T(s); c[i:j:k]=v; return c
                    def dele():
                        c=T(s); del c[i:j:k]; return c
                    t(lambda: asg(b''))
                    t(lambda: asg(b'zz'))
                    t(lambda: asg([1,2,3]))
                    t(dele)
    t(lambda: s.translate(bytes(range(255,-1,-1))))
    t(lambda: s.translate(None,b'aX'))
    t(lambda: s.translate(bytes(range(255,-1,-1)),b'a'))
    t(lambda: T.maketrans(b'abc',b'xyz')[97:100])
digest('with numbers')
it=iter(b'ab')
t(lambda: it.__length_hint__())
t(lambda: next(it))
t(lambda: it.__reduce__())
it.__setstate__(0)
t(lambda: list(it))
t(lambda: it.__reduce__())
x=bytearray(b'abc')
it=iter(x)
next(it)
x.append(100)
t(lambda: list(it))
x.extend(b'e')
t(lambda: list(it))
t(lambda: it.__reduce__())
x*=3
t(lambda: x)
x+=b'q'
t(lambda: x)
t(lambda: x.__iadd__(x))
t(lambda: bytearray().__iadd__(bytearray()))
x+=memoryview(b'zz')
t(lambda: x); x[0:2]=x
t(lambda: x)
x.extend(x)
t(lambda: len(x))
x.extend(range(3))
t(lambda: x[-5:])
x.insert(-100,1)
x.insert(100000,2)
t(lambda: x[:2])
t(lambda: x.pop())
t(lambda: x.pop(0))
x.reverse()
t(lambda: x)
x.remove(97)
t(lambda: x.copy() is x)
x.clear()
t(lambda: x)
y=bytearray(b'0123456789')
del y[:3]
y.append(65)
t(lambda: y)
del y[2:4]
t(lambda: y)
del y[::3]
t(lambda:y); y[:0]=b'zz'
t(lambda: y); y[len(y):]=b'end'
t(lambda: y); y[1:1]=[5]
t(lambda:y)
digest('iterators')
F=['%d','%5d','%-5d|','%05d','%+d','% d','%x','%X','%#x','%#o','%o','%i','%u','%.3d','%8.3d','%s','%r','%a','%c','%5c|','%-5c|','%f','%.2f','%e','%g','%G','%#g','%10.3e','%5s|','%-5s|','%.1s|','%5.1s|','%%','%5%','%z','%','%5','%.','%*d','%.*f','%(a)s','%(a)d %(b)s','%ld','%hd','%Ld', '%b','%#X','%+5d','%- 5d|','%+05d','%.0f','%#.0f','%.50f']
V=[1,-1,0,12345678901234567890,1.5,-2.75,float('inf'),float('nan'),'a','ab','é',b'x',None,(),(1,),(1,2),(3,1.5),{'a':1,'b':'z'},True,[1],97,1e100,2j]
for f in F:
    if lines: digest('percent')
    for v in V:
        t(lambda: f % v)
        if v is not None and v is not object:
            t(lambda: f.encode() % v)
            t(lambda: bytearray(f.encode()) % v)
digest('percent')


class Idx:
    def __index__(s): return 65
class Fl:
    def __float__(s): return 2.5
class In:
    def __int__(s): return 7
for f in ('%d','%x','%c','%f','%s'):
    for v in (Idx(),Fl(),In()):
        t(lambda: f % v if f!='%s' else 1)
        t(lambda: f.encode() % v if f!='%s' else 1)
class W(dict):
    def __missing__(s,k): return 'm'+k
t(lambda: '%(q)s %(r)s' % W())
t(lambda: '{q} {r}'.format_map(W()))
t(lambda: '%s %s' % (1,))
t(lambda: '%(a)s %s' % {'a':1})
t(lambda: '%(a(b))s' % {'a(b)':1})
t(lambda: '%s' % {'a':1})
t(lambda: '%s %s' % {'a':1})
t(lambda: b'%(a)s' % {b'a':b'z'})
T=['{}','{0}','{0!r}','{0!s:>5}','{0:5}|','{0:<5}|','{:^7}|','{:05}','{:+}','{:,}','{:_}','{:x}','{:#b}','{:e}','{:.2f}','{:%}','{:n}','{:c}','{:s}','{:d}','{:10.3}','{0.real}','{0.__class__}','{0[0]}','{0[a]}','{0.x}','{a}','{:{}}','{!a}','{:z}','{:=+8}','{:*^9}', '{0:>{1}}', '{:é<4}','{0', '0}', '{}}', '{{{0}}}', '{0:{{}}}', '{:}}', '{0!r:}', '{0!}','{ 0}','{0 }','{-1}','{0.}','{.real}','{[0]}','{[a]}','{0[]}','{0[0}','{0]}','{0:[}']
for f in T:
    if lines: digest('format')
    for v in (1,-1.5,'ab',None,[7,8],{'a':9},(3,),1j,True,10**20, Idx()):
        t(lambda: f.format(v) if 'Idx' not in repr(v) else 0)
        t(lambda: f.format(v,8) if 'Idx' not in repr(v) else 0)
digest('format')


class Fm:
    def __format__(s, spec): return 'F['+spec+']'
t(lambda: '{:abc}{!r:5}'.format(Fm(),1))
t(lambda: f'{Fm():x{1}y}')
t(lambda: '{0:{1}{2}}'.format(Fm(),'p','q'))
class Bf:
    def __format__(s, spec): return 5
t(lambda: '{}'.format(Bf()))
t(lambda: format(Bf()))
t(lambda: '{a.b[c].d}'.format(a=1))
t(lambda: '{a}{b}'.format(a=1,b=2))
t(lambda: '{0}{a}'.format(1,a=2))
t(lambda: '{self}'.format(self=1))
t(lambda: '{}'.format(1, format_spec=2))
t(lambda: '{0[a-b]}'.format({'a-b':1}))
t(lambda: '{0[1]}'.format({1:2}))
t(lambda: '{0[01]}'.format({1:2}))
t(lambda: '{0[1 ]}'.format({'1 ':2}))
for line in lines:
    print(ascii(line))
