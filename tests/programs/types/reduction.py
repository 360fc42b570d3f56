"""How objects reduce for pickle and copy."""
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
import copyreg
class P: pass
class S: __slots__='a','b'
class SD(S): pass
class L(list):pass
class D(dict):pass
class G:
    def __init__(s,x): s.x=x
    def __getnewargs__(s): return (s.x,)
    def __getstate__(s): return 'state'
class GE:
    def __getnewargs_ex__(s): return ((1,),{'k':2})
class GB:
    def __getnewargs_ex__(s): return s.v
class R:
    def __reduce__(s): return 'R'
class EX(Exception): pass
p=P()
p.x=1
s=S()
s.a=3
sd=SD()
sd.a=1
sd.z=5
def gb(v):
    o=GB(); o.v=v; return o.__reduce_ex__(2)
for o in [object(), p, P(), s, S(), sd, L([1]), D(a=1), G(4), GE(), R(), EX(1,2), 5, 'a', (1,), 1.5, {1}, frozenset([2]), [1], {1:2}, None, len, P, [].append, b'x', range(3), slice(1,2), iter([1]), iter({1:2}), iter({1}), enumerate([1]), type(sys)('m'), (lambda:1), 3j, True, Ellipsis, NotImplemented, property(), staticmethod(len), p.__class__.__dict__, int.real, list.append, memoryview(b'')]:
    for proto in (0,2,4):
        t(lambda: o.__reduce_ex__(proto))
t(lambda: p.__reduce__())
t(lambda: gb(3))
t(lambda: gb((1,)))
t(lambda: gb((1,2)))
t(lambda: gb(((),2)))
t(lambda: gb(((),{})))
t(lambda: s.__getstate__())
t(lambda: sd.__getstate__())
t(lambda: P().__getstate__())
t(lambda: p.__getstate__())
t(lambda: S.__slotnames__)
t(lambda: L([1]).__getstate__())
t(lambda: (i for i in []).__reduce_ex__(2))
t(lambda: copyreg._reconstructor(P,object,None).__class__)
x=copyreg.__newobj__(L)
x.append(3)
t(lambda: x)
