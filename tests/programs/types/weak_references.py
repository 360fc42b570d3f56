"""Weak references, proxies and SimpleNamespace."""
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


def d(o,n): delattr(o,n)
def s(o,n,v): setattr(o,n,v); return getattr(o,n)
import weakref
class A:
    def __init__(self,v=0): self.v=v
    def __add__(self,o): return ('add',o)
    def __radd__(self,o): return ('radd',o)
    def __iadd__(self,o): return self
    def __len__(self): return 7
    def __getitem__(self,k): return k
    def __call__(self,*a,**k): return a,k
    def __eq__(self,o): return 'eq'
    def __hash__(self): return 5
    def __bool__(self): return False
    def __iter__(self): return iter([1,2])
    def __contains__(self,x): return x==3
    def __int__(self): return 9
    def __str__(self): return 'STR'
class B: pass
a=A()
b=B()
R=weakref.ref
t(lambda: R(a)() is a)
t(lambda: R(a) is R(a))
t(lambda: R(a,print) is R(a,print))
t(lambda: R(3))
t(lambda: R([]))
t(lambda: R())
t(lambda: R(a,1,2))
t(lambda: R(a,x=1))
t(lambda: hash(R(a)))
t(lambda: repr(R(a)))
t(lambda: repr(R(A)))
t(lambda: R(a)==R(a))
t(lambda: R(a).__callback__)
t(lambda: R(a,print).__callback__)
t(lambda: s(R(a),'x',3))
t(lambda: s(R(a),'__callback__',3))
t(lambda: R(a)(1))
t(lambda: R[int])
t(lambda: R(b)<R(b))
t(lambda: type(R(len)))
t(lambda: R(int))
t(lambda: type(R({1})))
t(lambda: R((1,)))
t(lambda: R(None))
t(lambda: R(1.5))
t(lambda: R(''))
t(lambda: R({}))
class RS(R):
    __slots__='k',
    def __new__(cls,o,cb,k):
        self=R.__new__(cls,o,cb); self.k=k; return self
    def __init__(self,o,cb,k): super().__init__(o,cb)
t(lambda: RS(a,None,5).k)
t(lambda: RS(a,None,5)() is a)
t(lambda: RS(a,None,5) is RS(a,None,5))
p=weakref.proxy(a)
q=weakref.proxy(b)
t(lambda: type(p))
t(lambda: type(q))
t(lambda: p.v)
t(lambda: s(p,'v',8))
t(lambda: a.v)
t(lambda: d(p,'v'))
t(lambda: p.v)
t(lambda: p+1)
t(lambda: 1+p)
t(lambda: len(p))
t(lambda: p[3])
t(lambda: p(1,x=2))
t(lambda: p==3)
t(lambda: hash(p))
t(lambda: bool(p))
t(lambda: list(p))
t(lambda: 3 in p)
t(lambda: 4 in p)
t(lambda: int(p))
t(lambda: str(p))
t(lambda: repr(p))
t(lambda: q())
t(lambda: q.zz)
t(lambda: q<q)
t(lambda: p is weakref.proxy(a))
t(lambda: weakref.proxy(3))
t(lambda: p.__class__)
t(lambda: isinstance(p,A))
t(lambda: next(q))
t(lambda: -q)
t(lambda: q-1)
t(lambda: q**2)
t(lambda: divmod(q,1))
t(lambda: q[1])
t(lambda: del_(q))
t(lambda: weakref.proxy(a,print) is weakref.proxy(a,print))
def del_(q): del q[1]
t(lambda: del_(q))
import types
SN=types.SimpleNamespace
t(lambda: SN(a=1,b=[2]))
t(lambda: SN(1))
t(lambda: SN())
t(lambda: SN(a=1)==SN(a=1))
t(lambda: SN(a=1)==3)
t(lambda: SN(a=1)<SN(a=1))
t(lambda: SN(a=1).__reduce__())
t(lambda: SN(**{'a b':1}))
t(lambda: SN(a=1).a)
t(lambda: SN(a=1).b)
t(lambda: s(SN(),'q',3))
t(lambda: d(SN(a=1),'a'))
t(lambda: SN(a=1).__dict__)
t(lambda: hash(SN()))
class S2(SN): pass
t(lambda: S2(a=1))
t(lambda: S2(a=1)==SN(a=1))
t(lambda: S2(x=1).__reduce__())
n=SN()
n.n=n
t(lambda: n)
t(lambda: SN(**{}))
