# marshal: every type in every version, damaged data, code objects.
import marshal, io
vals=[None,True,False,...,StopIteration,0,1,-1,2**31-1,2**31,-2**31,2**63,-2**100,1.5,float('inf'),1e300,-0.0,2+3j,b'',b'abc',bytearray(b'q'),memoryview(b'mv'),'','abc','é','\ud800','x'*300,(),(1,),(1,)*300,[],[1,[2]],{},{1:2,'a':(1,)},set(),{1},frozenset(),frozenset('b')]
for ver in (0,1,2,3,4):
    for v in vals:
        try:
            d=marshal.dumps(v,ver)
            r=marshal.loads(d)
            print(ver, type(r).__name__, repr(r)[:50], r==v or r!=r)
        except Exception as e: print(ver, repr(v)[:40], type(e).__name__, e)
for bad in (b'',b'i',b'i\0\0',b'?',b'r\0\0\0\0',b'l\xff\xff\xff\x7f',b'l\1\0\0\0\0\0',b'l\1\0\0\0\xff\xff',b'(\1\0\0\0',b'(\1\0\0\0'+b'0',b'[\xff\xff\xff\xff',b'0',b's\x05\0\0\0ab',b'f\x03abc',b'{N',b'\xdb\1\0\0\0r\0\0\0\0'):
    try: print(bad, marshal.loads(bad))
    except Exception as e: print(bad, type(e).__name__, e)
for v in (object(), int, lambda:1, [object()], range(3)):
    try: marshal.dumps(v)
    except Exception as e: print(type(e).__name__, e)
l=[]; 
for i in range(3000): l=[l]
try: marshal.dumps(l)
except Exception as e: print(type(e).__name__, e)
f=io.BytesIO(); marshal.dump([1,2],f); marshal.dump('x',f); f.seek(0); print(marshal.load(f), marshal.load(f))
try: marshal.load(f)
except Exception as e: print(type(e).__name__, e)
a=[1]; a2=[a,a]; r=marshal.loads(marshal.dumps(a2)); print(r[0] is r[1])
for x in ((1,'a'),('k',)): 
    try: marshal.loads(*x)
    except Exception as e: print(type(e).__name__, e)
print(marshal.version)
def f(a,b=1,*c,d,**e):
    "doc"
    x=lambda: a+b
    return [y for y in c]
c=marshal.loads(marshal.dumps(f.__code__)); print(c==f.__code__, c.co_name, c.co_varnames, c.co_freevars, c.co_cellvars, c.co_flags, c.co_firstlineno)
print(list(c.co_lines())==list(f.__code__.co_lines()), list(c.co_positions())==list(f.__code__.co_positions()))
