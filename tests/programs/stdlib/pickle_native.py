# Pickles byte for byte as CPython's, of every protocol; damaged pickles; what picklers may override.
import pickle,_pickle,io,sys,collections,datetime,functools
def t(f,*a):
    try: print(f(*a))
    except BaseException as e: print(type(e).__name__,e)
class A:
    def __init__(s,x): s.x=x
    def __eq__(s,o): return s.__dict__==o.__dict__
class S:
    __slots__='a','b'
class L(list): pass
class D(dict): pass
class E(Exception): pass
class NE:
    def __new__(cls,*,k): o=object.__new__(cls); o.k=k; return o
    def __getnewargs_ex__(s): return (),{'k':s.k}
s=S(); s.a=1; s.b=[2]
l=L([1,2]); l.q=3; d=D(a=1); d.z=d
rec=[]; rec.append(rec); rt=([],); rt[0].append(rt)
big=[list(range(2500)),dict.fromkeys(range(1000)),set(range(1001)),'x'*70000,b'y'*70000]
shared=['ab',b'ab']; 
objs=[None,True,False,0,1,-1,255,256,65535,65536,2**31-1,2**31,-2**31,-2**31-1,2**63,-2**63,10**100,-10**90,1.5,-0.0,float('inf'),1e300,'','a','\u20ac','\U0001f600','\ud800','a\nb\\\0\x1a\r\xff',b'',b'a',b'\xff'*300,(),(1,),(1,2),(1,2,3),(1,2,3,4),[],[1],[1,2],{},{1:2},{1:2,3:4},set(),{1},frozenset(),frozenset([1,2]),bytearray(),bytearray(b'abc'),A(1),A([A(2)]),s,l,d,E(1,2),NE(k=5),rec,rt,big,[shared,shared],len,print,int,A,type(None),type(...),type(NotImplemented),...,NotImplemented,collections.OrderedDict(a=1),collections.deque([1,2],5),collections.Counter('abc'),datetime.date(2020,1,1),functools.partial(int,base=2),complex(1,2),range(5),slice(1,2),A.__init__,[].append,'abc'.upper,iter([1,2,3]),ValueError('x'),collections.namedtuple, io.BytesIO(b'abc'), memoryview]
import hashlib
for i,o in enumerate(objs):
    for p in range(6):
        try:
            b=pickle.dumps(o,p)
        except BaseException as e:
            print(i,p,type(e).__name__,str(e).split(' at 0x')[0]); continue
        f=io.BytesIO(); pickle.dump(o,f,p); 
        if f.getvalue()!=b: print('DIFF FILE',i,p)
        print(i,p,len(b),hashlib.md5(b).hexdigest(), b if len(b)<150 else '')
        try:
            x=pickle.loads(b); y=pickle.load(io.BytesIO(b))
            class F:
                def __init__(s,b): s.f=io.BytesIO(b)
                def read(s,n): return s.f.read(n)
                def readline(s): return s.f.readline()
            z=pickle.load(F(b+b'extra'))
            for v in x,y,z:
              if v!=o and repr(v).split(' at 0x')[0]!=repr(o).split(' at 0x')[0] and i not in (48,): print('BAD',repr(v)[:100],repr(o)[:100])
        except RecursionError: print("rec")
        except BaseException as e: print('LOAD',i,p,type(e).__name__,str(e)[:200])
def f():
    def g(): pass
    return g
t(pickle.dumps,f());
class R:
    def __init__(self,r): self.r=r
    def __reduce__(self): return self.r
    def __repr__(s): return 'R'
for r in [1,(1,),(1,2),(len,2),(len,(1,),None,3),(len,(1,),None,None,3),(len,(1,),None,None,None,3),'nope',(1,2,3,4,5,6,7),'a.b']: t(pickle.dumps,R(r))
for d in [b'',b'\x80',b'\x80\x06.',b'\x80\x02',b'.',b'(.',b'0.',b'q\x00.',b'h\x00.',b'g1\n.',b'p-1\n.',b'pa\n.',b'I1',b'Ia\n.',b'I\n.',b'La\n.',b'Fa\n.',b"S'a\n.",b'Sa\n.',b'T\xff\xff\xff\xff.',b'\x8a\x01',b'\x8b\xff\xff\xff\xff.',b'cnope\nx\n.',b'\x93.',b'NN\x93.',b'Pa\n.',b'NQ.',b'\x82\x00.',b'\x82\x01.',b'\x97.',b'\x98.',b'N\x98.',b'(Nd.',b'}(Nu.',b'N(Nu.',b'NNs.',b'Nb.',b'NNb.',b'NK\x01b.',b'N)R.',b'NNR.',b')N\x81.',b'N)\x81.',b'cbuiltins\nint\nN\x81.',b'cbuiltins\nint\n)}\x92.',b'N)}\x92.',b'cbuiltins\nint\nN}\x92.',b'cbuiltins\nint\n)N\x92.',b'(N)t.', b'1.',b'2.',b'a.',b'e.',b'(e.',b'N(Ne.',b'N(N\x90.',b'\x95\xff\xff\xff\xff\xff\xff\xff\xff.',b'\x95\x08\0\0\0\0\0\0\0.',b'(i.',b'(o.',b'(Nio.',b'\xff',b'!',b'X\xff\xff\xff\x7f',b'\x8d\xff\xff\xff\xff\xff\xff\xff\xff',b'\x8e\xff\xff\xff\xff\xff\xff\xff\xff',b'\x96\xff\xff\xff\xff\xff\xff\xff\xff',b'V\\u12\n.',b'\x89.',b'cbuiltins\nint.real\n.',b'\x80\x04\x8c\x08builtins\x8c\x08int.real\x93.',b'\x80\x04\x8c\x08builtins\x8c\x0c<locals>.foo\x93.',b'(N\x91.',b'\x85.',b'N(\x85.',b'((t.', b'I01\n.',b'I0x10\n.',b'L12L\n.',b'I 5 \n.',b'S"a\\x41\\n"\n.',b'U\x01\xff.']:
    try: print(d, repr(pickle.loads(d)))
    except BaseException as e: print(d,type(e).__name__,e)
t(_pickle.Pickler); t(_pickle.Pickler,1); t(_pickle.Unpickler,1); t(_pickle.dumps,1,7); t(_pickle.dumps,1,None); t(lambda:_pickle.dumps(1,4,buffer_callback=print))
p=_pickle.Pickler(io.BytesIO()); t(lambda:p.persistent_id); t(lambda:p.dispatch_table); p.dump([1,[2]]); t(lambda:list(p.memo.copy().values())); t(lambda:p.memo.__reduce__()[0]); t(lambda:dir(p.memo)); t(lambda:(p.bin,p.fast)); t(lambda:setattr(p,'memo',1)); t(lambda:setattr(p,'memo',{1:2})); t(lambda:delattr(p,'memo'));t(lambda:delattr(p,'persistent_id'));t(lambda:setattr(p,'persistent_id',1))
u=_pickle.Unpickler(io.BytesIO(b'N.')); t(lambda:u.persistent_load); t(lambda:setattr(u,'memo',1)); t(lambda:setattr(u,'memo',{'a':1})); t(lambda:setattr(u,'memo',{-1:1})); t(lambda:setattr(u,'persistent_load',1)); t(lambda: u.memo.copy()); t(u.find_class,1,2); t(lambda:delattr(u,'persistent_load'))
class P(_pickle.Pickler):
    def __init__(self): pass
class U(_pickle.Unpickler):
    def __init__(self): pass
t(P().dump,1); t(U().load)
b=_pickle.PickleBuffer(b'abc'); t(lambda:bytes(b.raw())); b.release(); t(b.raw); t(memoryview,b); t(_pickle.PickleBuffer,1); t(lambda:pickle.dumps(_pickle.PickleBuffer(b'a'),4)); t(lambda:pickle.dumps(_pickle.PickleBuffer(memoryview(b'abcd')[::2]),5));t(lambda:_pickle.PickleBuffer(memoryview(b'abcd')[::2]).raw())
t(lambda:pickle.loads(b'N.',buffers=3)); t(lambda:pickle.loads('N.'))
l=[];
p=_pickle.Pickler(io.BytesIO()); p.fast=1; l.append(l)
try: p.dump(l)
except ValueError as e: print(str(e)[:70])
bufs=[]; b=pickle.dumps([pickle.PickleBuffer(b'abc'),pickle.PickleBuffer(bytearray(b'xyz'))],5,buffer_callback=bufs.append); t(lambda:b); t(lambda:[bytes(x.raw()) for x in pickle.loads(b,buffers=bufs)]); t(lambda: pickle.loads(b,buffers=bufs[:1])); t(lambda:pickle.loads(pickle.dumps([pickle.PickleBuffer(b'abc'),pickle.PickleBuffer(bytearray(b'xyz'))],5)))
class PP(pickle.Pickler):
    def persistent_id(s,o): return 'pid' if isinstance(o,A) else None
    def reducer_override(s,o): return (int,('7',)) if isinstance(o,S) else NotImplemented
class UU(pickle.Unpickler):
    def persistent_load(s,i): return ('P',i)
    def find_class(s,m,n): print(m,n); return super().find_class(m,n)
for p in range(6):
    f=io.BytesIO(); PP(f,p).dump([A(1),s,D,A(2)]); t(f.getvalue); f.seek(0); t(UU(f).load)
