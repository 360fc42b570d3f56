"""Attributes of classes and of object, assignment to them, and special classes of every kind."""
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


class P: pass
class Q(P): pass
class S: __slots__='a',
class S2: __slots__='a',
class N: __slots__=()
class L(list):pass
def sa(o,n,v): setattr(o,n,v)
def da(o,n): delattr(o,n)
t(lambda: sa(P,'__name__',3))
t(lambda: da(P,'__name__'))
t(lambda: sa(int,'__name__','x'))
t(lambda: da(int,'__name__'))
t(lambda: sa(P,'__name__','a\0'))
t(lambda: sa(P,'__qualname__',3))
t(lambda: da(P,'__qualname__'))
t(lambda: sa(P,'__module__',3))
t(lambda: da(P,'__module__'))
t(lambda: sa(int,'__module__',3))
P.__module__='__main__'
t(lambda: sa(P,'__bases__',3))
t(lambda: sa(P,'__bases__',()))
t(lambda: sa(P,'__bases__',(3,)))
t(lambda: sa(P,'__bases__',(Q,)))
t(lambda: da(P,'__bases__'))
t(lambda: sa(P,'__bases__',(int,)))
t(lambda: sa(Q,'__bases__',(S,)))
t(lambda: sa(int,'__bases__',(S,)))
t(lambda: sa(P,'__mro__',3))
t(lambda: sa(P,'__dict__',3))
t(lambda: sa(P,'__doc__',3))
t(lambda: da(P,'__doc__'))
t(lambda: da(int,'__doc__'))
t(lambda: sa(int,'__doc__',3))
t(lambda: P.__abstractmethods__)
t(lambda: da(P,'__abstractmethods__'))
t(lambda: type.__abstractmethods__)
t(lambda: sa(int,'__abstractmethods__',3))
t(lambda: int.__annotations__)
t(lambda: sa(int,'__annotations__',3))
t(lambda: da(P,'__annotations__'))
t(lambda: P.__annotations__)
t(lambda: da(P,'__annotations__'))
t(lambda: P.__type_params__)
t(lambda: da(P,'__type_params__'))
t(lambda: sa(int,'__type_params__',3))
t(lambda:int.__type_params__)
t(lambda: P.__text_signature__)
t(lambda: int.__text_signature__)
t(lambda: dict.__text_signature__)
t(lambda: object.__text_signature__)
t(lambda: type.__text_signature__)
t(lambda: list.__text_signature__)
t(lambda: type(t).__text_signature__)
t(lambda: sa(P(),'__class__',3))
t(lambda: da(P(),'__class__'))
t(lambda: sa(P(),'__class__',int))
t(lambda: sa(3,'__class__',int))
t(lambda: sa(P(),'__class__',L))
t(lambda: sa(P(),'__class__',N))
t(lambda: sa(P(),'__class__',S))
t(lambda: sa(S(),'__class__',S2))
t(lambda: sa(N(),'__class__',S))
t(lambda: sa(L(),'__class__',list))
t(lambda: sa(P(),'__class__',Q))
t(lambda: sa(L(),'__class__',P))
t(lambda: sa(S(),'__class__',P))
t(lambda: sa(N(),'__class__',P))
t(lambda: P.__basicsize__)
t(lambda: P.__itemsize__)
t(lambda: P.__dictoffset__)
t(lambda: P.__weakrefoffset__)
t(lambda: type('A',(int,),{}).__dictoffset__)
t(lambda: Exception.__dictoffset__)
t(lambda: type.__dict__['__base__'])
t(lambda: type.__dict__['__name__'])
t(lambda: object.__dict__['__class__'])
t(lambda: type.__prepare__(1,2,x=3))
t(lambda: type.__subclasses__(3))
t(lambda: type.mro(int))
t(lambda: int.mro())
t(lambda: '__add__' in type.__dir__(int))
t(lambda: type.__subclasscheck__(int,3))
t(lambda: type.__instancecheck__(3,3))
t(lambda: object.__getstate__(3))
t(lambda: object.__format__(3,'x'))
t(lambda: object().__format__('x'))
t(lambda: format(P(),3))
t(lambda: object().__format__(3))
s=S()
s.a=3
p=P()
p.x=1
t(lambda: (x for x in []).__reduce_ex__(2))
t(lambda: object.__reduce_ex__(3,'x'))
t(lambda: object.__subclasshook__())
t(lambda: object.__subclasshook__(1))
t(lambda: object().__lt__(3))
t(lambda: object().__eq__(3))
t(lambda: object().__ne__(3))
t(lambda: object.__getattribute__(3,4))
t(lambda: object.__setattr__(3,4,5))
t(lambda: object.__setattr__(int,'a',5))
t(lambda: object.__delattr__(int,'a'))
t(lambda: type.__setattr__(int,'a',5))
t(lambda: type.__delattr__(int,'a'))
t(lambda: type.__delattr__(P,'a'))
t(lambda: object.__setattr__(P,'a',5))
t(lambda: object.__getattribute__(int,'__name__'))
class M(type): pass
class MM(metaclass=M):pass
t(lambda: object.__setattr__(MM,'a',5))
t(lambda: sa(object(),'a',5))
t(lambda: sa(3,'a',5))
t(lambda: sa(3,'real',5))
t(lambda: sa([],'append',5))
t(lambda: da([],'append'))
t(lambda: da([],'x'))
t(lambda: da(P(),'x'))
t(lambda: da(S(),'a'))
t(lambda: S().a)
t(lambda: da(P,'x'))
t(lambda: P|int)
t(lambda: P|3)
t(lambda: 3|P)
t(lambda: type.__or__(3,4))
t(lambda: None|P)
t(lambda: type.__or__(int,3))
t(lambda: (5).__module__)
t(lambda: [].__module__)
t(lambda: P().__module__)
t(lambda: P().__doc__)
t(lambda: (5).__doc__ is not None)
class D:
    "doc of D"
    __slots__=('__dict__','x')
t(lambda: D.__doc__)
t(lambda: D().__dict__)
class DD: x: int = 3
t(lambda: DD.__annotations__)
t(lambda: sorted(dir(P()))[:4])
t(lambda: [x for x in dir(p) if not x.startswith('_')])
t(lambda: [x for x in dir(DD) if not x.startswith('_')])
class Meta(type):
    def __call__(cls,*a): return ('meta',a)
    def __new__(m,n,b,d,**k): r=super().__new__(m,n,b,d); r.k=k; return r
    def __init__(c,n,b,d,**k): super().__init__(n,b,d)
    @classmethod
    def __prepare__(m,n,b,**k): return {'prep':k}
class UM(metaclass=Meta, z=1): pass
t(lambda: UM(1,2))
t(lambda: UM.k)
t(lambda: UM.prep)
class Any:
    def __init_subclass__(cls, /, a=None, **k): super().__init_subclass__(**k); cls.a=a
class Sub(Any, a=5): pass
t(lambda: Sub.a)
t(lambda: type('X',(Any,),{},b=3))
class EqOnly:
    def __eq__(s,o): return True
t(lambda: hash(EqOnly()))
t(lambda: EqOnly.__hash__)
t(lambda: EqOnly()!=3)
class New:
    def __new__(cls,*a): o=object.__new__(cls); o.a=a; return o
    def __init__(self,*a): self.b=a
t(lambda: New(1,2).__dict__)
class NewOther:
    def __new__(cls): return 5
    def __init__(self): print('no')
t(lambda: NewOther())
class IntS(int):
    def __new__(cls,x): return super().__new__(cls,x+1)
t(lambda: IntS(4))
t(lambda: IntS(4)+1)
t(lambda: type(IntS(4)))
class TupS(tuple):
    def __new__(cls,*a): return super().__new__(cls,a)
    @property
    def first(self): return self[0]
x=TupS(1,2)
x.z=3
t(lambda: (x,x.first,x.z,x.__dict__))
class StrS(str): pass
y=StrS('abc')
y.q=1
t(lambda: (y,y.q,y.upper(),type(y+'d')))
class DictS(dict):
    def __missing__(self,k): return k*2
t(lambda: DictS(a=1)['zz'])
class Ex(Exception):
    def __init__(self,a,b): super().__init__(a); self.b=b
t(lambda: (Ex(1,2).b, Ex(1,2).args, Ex(1,2)))
class GA:
    def __getattr__(self,n): return n+'!'
t(lambda: GA().foo)
class GAt:
    def __getattribute__(self,n): return n+'?'
t(lambda: GAt().foo)
class Desc:
    def __get__(self,o,c): return (o is None,c.__name__)
    def __set__(self,o,v): print('set',v)
    def __set_name__(self,o,n): self.n=(o.__name__,n)
class HasD: d=Desc()
t(lambda: HasD.d)
t(lambda: HasD().d)
t(lambda: sa(HasD(),'d',4))
t(lambda: HasD.__dict__['d'].n)
t(lambda: da(HasD(),'d'))
class Del:
    def __delattr__(self,n): print('del',n)
    def __setattr__(self,n,v): print('setattr',n,v)
t(lambda: sa(Del(),'a',1))
t(lambda: da(Del(),'a'))
i=P()
i.__dict__['k']=3
t(lambda: i.k)
t(lambda: vars(i))
i.__dict__={'n':4}
t(lambda: i.n)
t(lambda: i.k)
i.__class__=Q
t(lambda: (type(i).__name__, i.n))
t(lambda: isinstance(3,(str,int)))
t(lambda: isinstance(3,3))
t(lambda: issubclass(3,int))
t(lambda: issubclass(int,3))
t(lambda: isinstance(3,int|str))
t(lambda: issubclass(bool,int|str))
class IC(type):
    def __instancecheck__(c,x): return x==4
    def __subclasscheck__(c,x): return x is int
class ICC(metaclass=IC): pass
t(lambda: (isinstance(4,ICC),isinstance(5,ICC),issubclass(int,ICC),issubclass(str,ICC)))
t(lambda: [c.__name__ for c in type.__subclasses__(P)])
