"""Modules, mapping proxies, chained exceptions, and dicts that change while they are used."""
def clean(text):
    """The text without addresses."""
    first, *rest = text.split('0x')
    return first + ''.join('0x' + r.lstrip('0123456789abcdef') for r in rest)

def t(f):
    """Shows what f gives or raises."""
    try:
        print(clean(repr(f())))
    except BaseException as e:
        print(type(e).__name__, clean(str(e)))


import sys
def d(o,n): delattr(o,n)
def s(o,n,v): setattr(o,n,v); return getattr(o,n)
MT=type(sys)
m=MT('m','doc')
t(lambda: m)
t(lambda: m.__doc__)
t(lambda: m.__dict__)
t(lambda: MT())
t(lambda: MT(3))
t(lambda: MT('a',doc=3).__doc__)
t(lambda: m.zz)
t(lambda: s(m,'q',3))
t(lambda: d(m,'q'))
t(lambda: d(m,'q'))
t(lambda: m.__annotations__)
t(lambda: d(m,'__annotations__'))
t(lambda: d(m,'__annotations__'))
t(lambda: dir(m))
t(lambda: s(m,'__dict__',{}))
t(lambda: m.__class__)
t(lambda: MT.__new__(MT).__dict__)
t(lambda: MT.__new__(MT))
t(lambda: MT.__new__(MT).x)
class Spec:
    _initializing=True
m.__spec__=Spec()
t(lambda: m.abc)
Spec._initializing=False
t(lambda: m.abc)
m.__getattr__=lambda n: 'GA'+n
t(lambda: m.abc)
m.__dir__=lambda: ['x']
t(lambda: dir(m))
class MS(MT):
    @property
    def p(self): return 5
    def __getattr__(self,n): return 'cls'+n
ms=MS('ms')
t(lambda: ms.p)
t(lambda: ms.foo)
t(lambda: ms.__name__)
ms.y=4
t(lambda: ms.y)
m2=MT('m2')
m2.__class__=MS
t(lambda: m2.p)
del m.__getattr__
t(lambda: MT('x').__name__)
z=MT('z')
del z.__name__
t(lambda: z.foo)
t(lambda: repr(z))
z.__name__='zz'
z.__file__='/a/b.py'
t(lambda: z)
class Ld: pass
z2=MT('z2')
z2.__loader__=Ld
t(lambda: repr(z2)[:20])
MP=type(int.__dict__)
mp=MP({'a':1,'b':2})
t(lambda: mp)
t(lambda: str(mp))
t(lambda: mp['a'])
t(lambda: mp['z'])
t(lambda: mp.get('z',3))
t(lambda: mp|{'c':3})
t(lambda: {'c':3}|mp)
t(lambda: mp=={'a':1,'b':2})
t(lambda: mp==mp)
t(lambda: list(mp))
t(lambda: list(reversed(mp)))
t(lambda: len(mp))
t(lambda: 'a' in mp)
t(lambda: mp.keys())
t(lambda: mp.items())
t(lambda: mp.copy())
t(lambda: hash(mp))
t(lambda: MP(3))
t(lambda: MP([1]))
t(lambda: MP())
t(lambda: mp.__class_getitem__(int))
t(lambda: s(mp,'x',1))
def sd(): mp['a']=3
t(sd)
def sd(): del mp['a']
t(sd)
def sd():
    x=mp; x|={}
t(sd)
t(lambda: mp<mp)
t(lambda: MP(mp))
t(lambda: isinstance(int.__dict__,MP))
t(lambda: 'real' in int.__dict__)
# exception chaining & misc
def f():
    try: 1/0
    except ZeroDivisionError as e:
        raise ValueError('x') from e
try: f()
except ValueError as e:
    t(lambda: (e.__cause__, e.__context__ is e.__cause__, e.__suppress_context__))
def g():
    try: 1/0
    except ZeroDivisionError: {}['k']
try: g()
except KeyError as e: t(lambda: (e.__context__, e.__cause__, e.args, str(e)))
try:
    raise ExceptionGroup('g',[ValueError(1),TypeError(2),OSError(3)])
except* ValueError as eg: print('V',eg.exceptions)
except* (TypeError,OSError) as eg: print('T',eg.exceptions)
try:
    try: raise ExceptionGroup('g',[ValueError(1),TypeError(2)])
    except* ValueError as eg: pass
except ExceptionGroup as e: print(repr(e))
try:
    try: raise ExceptionGroup('g',[ValueError(1),TypeError(2)])
    except* ValueError as eg: raise KeyError('n')
except ExceptionGroup as e: print(repr(e))
def h():
    try: raise
    except RuntimeError as e: return e.args
t(h)
def h():
    try: raise 3
    except TypeError as e: return e.args
t(h)
def h():
    try: raise ValueError from 3
    except TypeError as e: return e.args
t(h)
try: undefined_name
except NameError as e: t(lambda: (e.name,e.args))
try: (5).foo
except AttributeError as e: t(lambda: (e.name,e.obj,e.args))
def fu():
    try: print(xx); xx=1
    except UnboundLocalError as e: return e.args,e.name
t(fu)
d1={}
for i in range(100): d1[i]=i
for i in range(90): del d1[i]
t(lambda: d1)
t(lambda: list(reversed(d1))[:3])
t(lambda: [d1.popitem() for _ in range(3)])
d1[5]=1
t(lambda: d1)
t(lambda: d1.pop(5))
t(lambda: len(d1))
class K:
    def __init__(s,n): s.n=n
    def __hash__(s): return 1
    def __eq__(s,o): return isinstance(o,K) and s.n==o.n
    def __repr__(s): return f'K{s.n}'
dd={K(i):i for i in range(10)}
t(lambda: dd[K(3)])
t(lambda: dd.pop(K(4)))
t(lambda: K(4) in dd)
t(lambda: dd)
t(lambda: {K(1),K(1),K(2)})
class Mut:
    def __hash__(s): return 1
    def __eq__(s,o): md.clear(); return False
md={}
md[Mut()]=1
try: md[Mut()]=2
except BaseException as e: print(type(e))
print(len(md))
t(lambda: {**{'a':1},**{'b':2}})
t(lambda: dict([('a',1)],b=2))
t(lambda: dict({'a':1},a=2))
t(lambda: {}.fromkeys('ab'))
t(lambda: dict(zip('ab',[1,2])))
a={1:{}}
a[1]['self']=a
t(lambda: a)
t(lambda: {1}&{1,2}|{3}^{4}-{5})
t(lambda: frozenset('ab')==set('ba'))
t(lambda: {1,2}<={1,2,3})
t(lambda: {1:2}=={1:2.0})
t(lambda: {1:[]}=={1:()})
b={}
b['b']=b
c={}
c['b']=c
