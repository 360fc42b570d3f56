"""Exception groups, property, staticmethod, classmethod and super."""
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
G=ExceptionGroup
B=BaseExceptionGroup
t(lambda: G())
t(lambda: G('a'))
t(lambda: G('a',3))
t(lambda: G('a',[]))
t(lambda: G('a',[3]))
t(lambda: G(3,[ValueError()]))
t(lambda: G('a',[ValueError()],3))
t(lambda: B('a',[ValueError()]))
t(lambda: B('a',[KeyboardInterrupt()]))
t(lambda: G('a',[KeyboardInterrupt()]))
t(lambda: G('a',{ValueError()}))
t(lambda: str(G('a',[ValueError()])))
t(lambda: str(G('a',(ValueError(),OSError()))))
t(lambda: G('a',(ValueError(),)).args)
class EG(G): pass
class BG(B): pass
class BE(B,ValueError): pass
t(lambda: EG('a',[KeyboardInterrupt()]))
t(lambda: BG('a',[ValueError()]))
t(lambda: BE('a',[KeyboardInterrupt()]))
t(lambda: G('a',[ValueError()],x=1))
t(lambda: G.__new__(G,'a',[ValueError()],x=1))
g=G('a',[ValueError(1),G('n',[TypeError(2),ValueError(3)])])
t(lambda: g.split(ValueError))
t(lambda: g.split(TypeError))
t(lambda: g.split(OSError))
t(lambda: g.subgroup(TypeError))
t(lambda: g.subgroup((TypeError,ValueError)))
t(lambda: g.split(lambda e: isinstance(e,TypeError)))
t(lambda: g.split(3))
t(lambda: g.split(int))
t(lambda: g.split((ValueError,int)))
t(lambda: g.subgroup())
t(lambda: g.derive([ValueError()]))
t(lambda: g.derive(3))
t(lambda: g.split(G))
t(lambda: s(g,'message',3))
t(lambda: s(g,'exceptions',3))
t(lambda: B[int])
t(lambda: G.__mro__)
t(lambda: g.__class_getitem__)
class EG2(G):
    def derive(self, excs): return EG2(self.message+'!', excs)
g=EG2('a',[ValueError(1),TypeError(2)])
g.add_note('q')
t(lambda: g.split(ValueError))
t(lambda: g.split(ValueError)[0].__notes__)
class EG3(G):
    def derive(self, excs): return 3
t(lambda: EG3('a',[ValueError(1),TypeError(2)]).split(ValueError))
# property etc
class P:
    @property
    def x(self): "doc"; return 1
p=P()
t(lambda: s(p,'x',3))
t(lambda: d(p,'x'))
t(lambda: P.x.__doc__)
t(lambda: P.x.fget)
t(lambda: property(1,2,3,4,5))
t(lambda: property(a=1))
t(lambda: property().__get__(3))
t(lambda: property().__set__(3,4))
t(lambda: property().__delete__(3))
t(lambda: property(doc='d').__doc__)
t(lambda: P.__dict__['x'].__get__(None,P))
t(lambda: P.x.__isabstractmethod__)
t(lambda: s(P.x,'__doc__','q'))
t(lambda: s(P.x,'fget',3))
t(lambda: P.x.setter(3).fset)
t(lambda: P.x.__set_name__(P,'y'))
t(lambda: P.x.__set_name__(P))
t(lambda: s(p,'x',3))
t(lambda: P.x.__name__)
t(lambda: property.__get__.__text_signature__)
class PP(property): pass
t(lambda: PP(lambda s: 1).__doc__)
t(lambda: PP(P.__dict__['x'].fget).__doc__)
t(lambda: PP(P.__dict__['x'].fget).__dict__)
class PS(property): __slots__=()
t(lambda: PS(P.__dict__['x'].fget).__doc__)
t(lambda: PS(doc='a').__doc__)
t(lambda: staticmethod())
t(lambda: staticmethod(1,2))
t(lambda: staticmethod(x=1))
t(lambda: repr(staticmethod(len)))
t(lambda: classmethod(len))
t(lambda: staticmethod(P.x.fget).__name__)
t(lambda: staticmethod(P.x.fget).__dict__.keys())
t(lambda: staticmethod(len)([1]))
t(lambda: classmethod(len).__wrapped__)
t(lambda: classmethod(3).__get__(3,4))
t(lambda: classmethod(3)())
t(lambda: staticmethod(3)())
t(lambda: staticmethod(3).__isabstractmethod__)
t(lambda: staticmethod(len).__get__(None))
t(lambda: staticmethod(len).__get__())
t(lambda: classmethod(lambda c: c).__get__(None,int)())
t(lambda: classmethod(lambda c: c).__get__(3)())
t(lambda: classmethod(lambda c: c).__get__(None,None))
t(lambda: property(lambda s:1).__get__(None,None))
# super
class A:
    def f(self): return 'A.f'
    @classmethod
    def c(cls): return cls
class Bb(A):
    def f(self): return 'B.f'
b=Bb()
t(lambda: super(Bb,b).f())
t(lambda: super(Bb,b))
t(lambda: super(Bb,Bb))
t(lambda: super(Bb))
t(lambda: super(Bb).f)
t(lambda: super(Bb,3))
t(lambda: super(3,3))
t(lambda: super())
t(lambda: super(1,2,3))
t(lambda: super(x=1))
t(lambda: super(Bb,Bb).c())
t(lambda: super(Bb,b).__thisclass__)
t(lambda: super(Bb,b).__self__)
t(lambda: super(Bb,b).__self_class__)
t(lambda: super(Bb).__self__)
t(lambda: list(super.__dict__))
t(lambda: super(Bb).__get__(b,Bb).f())
t(lambda: super(Bb).__get__(3))
t(lambda: super(Bb,b).zz)
t(lambda: super(Bb,b).__class__)
t(lambda: s(super(Bb,b),'f',3))
t(lambda: super(Bb,b).f.__self__ is b)
t(lambda: super(Bb, None).x)
t(lambda: super.__new__(super).x)
def zz():
    super()
t(zz)
def zz(a):
    super()
t(lambda:zz(3))
class Q:
    def f(self):
        del self
        super()
    def g(self):
        __class__=3
t(Q().f)
