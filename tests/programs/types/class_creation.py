"""Making classes: bases, layouts, __slots__, metaclasses, and the errors of each step."""
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
class A(int):pass
class B(int):pass
t(lambda: type('C',(A,B),{}))
t(lambda: type('C',(int,str),{}))
t(lambda: type('C',(bool,),{}))
t(lambda: type('C',(OSError,ImportError),{}))
t(lambda: type('C',(KeyError,AttributeError),{}))
t(lambda: type('C',(A,A),{}))
t(lambda: type('C',(object,A),{}))
t(lambda: type('C',(3,),{}))
t(lambda: type('C',[],{}))
t(lambda: type('C',(),3))
t(lambda: type(3,(),3))
t(lambda: type())
t(lambda: type(1,2))
t(lambda: type.__new__())
t(lambda: type.__new__(type))
t(lambda: type.__new__(3))
t(lambda: type.__new__(int))
t(lambda: type.__new__(type,3))
t(lambda: object.__new__())
t(lambda: object.__new__(3))
t(lambda: object.__new__(int))
t(lambda: object.__new__(type))
t(lambda: object.__new__(A))
t(lambda: object())
t(lambda: object(1))
class D:
    def __init__(self): pass
class E_:
    def __new__(cls): return object.__new__(cls)
t(lambda: D(1))
t(lambda: E_(1))
t(lambda: object.__new__(D,1))
t(lambda: object.__new__(E_,1))
t(lambda: object.__init__(D(),1))
t(lambda: object.__init__(E_(),1))
class P: pass
t(lambda: P(1))
t(lambda: P(x=1))
t(lambda: object.__init__(P(),1))
t(lambda: type('C',(P,),{}, x=1))
t(lambda: type.__init__(P,x=1))
t(lambda: type.__init__(P,1,2))
t(lambda: type.__init__(P))
t(lambda: type('C',(P,),{'__slots__':3}))
t(lambda: type('C',(P,),{'__slots__':(3,)}))
t(lambda: type('C',(P,),{'__slots__':'3'}))
t(lambda: type('C',(P,),{'__slots__':'__dict__'}))
t(lambda: type('C',(),{'__slots__':('__dict__','__dict__')}))
t(lambda: type('C',(P,),{'__slots__':'__weakref__'}))
t(lambda: type('C',(P,),{'__slots__':'a', 'a':3}))
t(lambda: type('C',(int,),{'__slots__':'a'}))
t(lambda: type('C',(type,),{'__slots__':'a'}))
t(lambda: type('C',(tuple,),{'__slots__':'a'}))
t(lambda: type('C',(str,),{'__slots__':'a'}))
t(lambda: type('C',(),{'__qualname__':3}))
t(lambda: type('C',(),{'__classcell__':3}))
t(lambda: type('C\0',(),{}))
t(lambda: type('C\ud800',(),{}))
class SN:
    def __set_name__(self,o,n): 1/0
t(lambda: type('C',(),{'x':SN()}))
class M(type):
    def mro(cls): return [3]
t(lambda: M('C',(),{}))
class M(type):
    def mro(cls): return [cls,int,object]
t(lambda: M('C',(),{}))
class M2(type):pass
class MA(metaclass=M2):pass
class M3(type):pass
class MB(metaclass=M3):pass
t(lambda: type('C',(MA,MB),{}))
class types:
    FunctionType=type(lambda:1); GeneratorType=type(i for i in [])
t(lambda: types.GeneratorType())
t(lambda: type(None)(1))
class S: __slots__=('a','b','__x')
t(lambda: list(S.__dict__))
t(lambda: list(P.__dict__))
t(lambda: list(type('Q',(),{'__eq__':1}).__dict__))
t(lambda: P.__dict__['__dict__'])
t(lambda: P.__dict__['__weakref__'])
t(lambda: S.a)
t(lambda: P().__weakref__)
t(lambda: P.__init_subclass__(x=1))
t(lambda: object.__init_subclass__(1))
t(lambda: type.__call__())
t(lambda: type.__call__(3))
class BadI:
    def __init__(self): return 3
t(BadI)
t(lambda: type('C',(type(lambda:1),),{}))
class S1: __slots__='a'
class S2: __slots__='b'
t(lambda: type('C',(S1,S2),{}))
t(lambda: type.__new__(type,'a',(),{},x=1))
t(lambda: type('a',(),{},x=1))
t(lambda: type(name='a'))
t(lambda: type(1,name='a'))
t(lambda: type.__new__(type,1,(),{}))
t(lambda: type.__new__(type,'a',(),[]))
