"""Lists, tuples, ranges, slices, sorting, iterators and the iterator classes, with their errors."""
class L(list): pass
class T(tuple): pass
class T2(tuple):
    def __new__(cls, it, x=1): return tuple.__new__(cls, it)
class T3(tuple):
    def __init__(self, it, x=1): self.x = x
class L2(list):
    def __new__(cls, *a, newarg=None): return list.__new__(cls, *a)
class Idx:
    def __init__(self, n): self.n = n
    def __index__(self): return self.n
class Bad:
    def __index__(self): return 'x'
class Lt:
    def __init__(self, n): self.n = n
    def __lt__(self, o): return self.n < o.n
    def __repr__(self): return 'Lt(%d)' % self.n
class Raises:
    def __lt__(self, o): raise KeyError('boom')
class Seq:
    def __init__(self, n): self.n = n
    def __getitem__(self, i):
        if i >= self.n: raise IndexError(i)
        return i * 10
    def __len__(self): return self.n
class Radd:
    def __radd__(self, o): return ('radd', len(o))
    def __rmul__(self, o): return ('rmul', len(o))
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
def st(f, *a):
    x = a[0]
    r = f(*a)
    return x, r
def mut(l, name, *a):
    r = getattr(l, name)(*a)
    return l, r
def sets(l, k, v):
    l[k] = v
    return l
def dels(l, k):
    del l[k]
    return l
def iadd(l, v):
    l += v
    return l
def imul(l, v):
    l *= v
    return l
def srt(l, **k):
    l.sort(**k)
    return l
def srt_err(l, **k):
    try: l.sort(**k)
    except Exception as e: return type(e).__name__, e.args, len(l)
def modify():
    l = [3,2,1]
    def key(x):
        l.append(1)
        return x
    try: l.sort(key=key)
    except ValueError as e: return e.args, l
def drain(it, n):
    out = []
    for _ in range(n): out.append(next(it))
    return out
def after(it, n):
    drain(it, n)
    return it
rec = [1]
rec.append(rec)
rect = ([],)
rect[0].append(rect)
def gen(n):
    for i in range(n): yield i
calls = []
def counter():
    calls.append(1)
    return len(calls)

for line in r"""
[], [1], [1,2,3], list(), list((1,2)), list([1,2]), list(range(3)), list('abc'), list(gen(3)), list(It()), list(Seq(2)), list({1:2}), list({5})
list(1)
list(1,2)
list(a=1)
type(L([1])) is L, L([1,2]), L([1])+[2], type(L([1])+[2]) is list, L([1])==[1], [1]==L([1])
L2([1,2], newarg=3)
T3([1,2], x=3).x
T2([1,2], x=3)
T2([1,2], 3)
repr(rec), repr(rect)
repr([None,True,1.5,'a',b'b',(1,),[2]])
mut([1],'append',2), mut([1],'extend',(2,3)), mut([1],'extend',gen(2)), mut([1],'insert',0,5), mut([1,2],'insert',-1,5), mut([1],'insert',100,5), mut([1],'insert',-100,5), mut([1,2,3],'pop'), mut([1,2,3],'pop',0), mut([1,2,3],'pop',-2), mut([1,2,1],'remove',1), mut([1,2],'clear'), mut([1,2,3],'reverse'), mut([3,1,2],'sort'), mut([1,2],'copy')
[].append()
[].append(1,2)
[].insert(1)
[].insert('a',1)
[].pop()
[1].pop(5)
[1].pop('a')
[].pop(1,2)
[].index(1)
[1,2,3].index(4)
[1,2,3,2].index(2), [1,2,3,2].index(2,2), [1,2,3,2].index(2,-1), [1,2,3].index(1,-100,100)
[1,2,3].index(3,0,2)
[1,2,3].index(1,1)
[1,2].index(1,'a')
[].remove(1)
[].sort(1)
[].sort(foo=1)
[].extend(1)
[].clear(1)
[].count()
[1,1.0,True,2].count(1)
[1,2,3][0], [1,2,3][-1], [1,2,3][Idx(1)], [1,2,3][True], [1,2,3][1:], [1,2,3][::-1], [1,2,3][::2], [1,2,3][-2:], [1,2,3][5:], [1,2,3][:-1], [1,2,3][2:0:-1], [1,2,3][Idx(1):], [1,2,3][None:None], [1,2,3][10**30:], [1,2,3][-10**30:]
[1][5]
[1][-2]
[1][10**30]
[1].__getitem__('a')
[1].__getitem__(1.0)
[1].__getitem__(Bad())
[1][::0]
[1].__getitem__(slice('a'))
sets([1,2,3],0,9), sets([1,2,3],-1,9), sets([1,2,3],slice(1,2),[7,8]), sets([1,2,3],slice(None,None,2),[7,8]), sets([1,2,3],slice(3,3),'ab'), sets([1,2,3],slice(None),()), sets([1,2,3],slice(1,None),gen(2)), sets([1,2,3,4],slice(None,None,-2),[7,8]), sets([1,2,3],slice(5,2),[9])
sets([1],5,1)
sets([1],'a',1)
sets([1,2,3],slice(0,1),1)
sets([1,2,3],slice(None,None,2),1)
sets([1,2,3],slice(None,None,2),[1])
dels([1,2,3],0), dels([1,2,3],-1), dels([1,2,3],slice(0,2)), dels([1,2,3,4,5],slice(None,None,2)), dels([1,2,3,4,5],slice(None,None,-2)), dels([1,2,3,4,5],slice(3,0,-1)), dels([1,2],slice(5,9))
dels([1],5)
dels([1],'a')
[1]+[2], [1]*3, 3*[1], [1]*0, [1]*-1, [1,2]*2, [1]*True, [1]*Idx(2), []*5
[]+1
[]+()
[1]*1.0
1.0*[1]
[1]*'a'
'a'*[1]
[1]*[1]
[]*(1<<70)
[1]*(1<<62)
[1]+Radd(), [1]*Radd()
iadd([1],[2]), iadd([1],(2,)), iadd([1],'ab'), imul([1,2],2), imul([1],0), imul([1,2],Idx(1))
iadd([1],1)
imul([1],'a')
[1,2]==[1,2], [1,2]!=[1,2], [1,2]<[1,3], [1]<[1,2], [2]>[1,2], [1,2]<=[1,2], [1]>=[1,2], []<[1], [1]==(1,)
[1]<['a']
[1]<(1,)
1 in [1,2], 3 in [1,2], 1.0 in [1], None in [None], 'a' not in ['b']
len([]), len([1,2]), bool([]), bool([0])
hash([])
[1,2].__len__(), [1,2].__contains__(2), [3].__iter__().__next__(), [1].__eq__(1) is NotImplemented, [1].__add__([2]), [1].__mul__(2), [1].__rmul__(2), [1].__reversed__().__next__()
[1].__add__(2)
list.append([],1), list.__len__([1])
list.append()
list.append(1,2)
[].foo
[].__class_getitem__(int)
list[int]
srt([3,1,2]), srt([3,1,2],reverse=True), srt(['b','a','C'],key=str.lower), srt([3,1,2],key=lambda x:-x), srt([(1,'b'),(1,'a'),(0,'z')]), srt([1.5,1,2.5,-1]), srt([True,False,2]), srt(['é','z','a','\U0001f600','zz']), srt([[2],[1],[1,0]]), srt([Lt(3),Lt(1),Lt(2)]), srt([(1,2),(1,),(),(0,5)]), srt(['abcdefghi','abcdefgh','abcdefgha',''])
srt([1,2,3,4],key=lambda x:x%2), srt([1,2,3,4],key=lambda x:x%2,reverse=True), srt(list('hello world'),key=ord), srt([3,1,2],key=None,reverse=0), srt([10**30,1,-10**30,5]), srt([float('inf'),1,float('-inf'),10**400])
srt([1,'a'])
srt([(1,'a'),(1,2)])
srt([None,1])
srt_err([3,2,Raises(),1]), srt_err([1,2,3],key=lambda x:1/0), srt_err([1j,2j])
srt([1,2],key=1)
srt([1,2],reverse='a'), srt([1,2],reverse=[])
modify()
sorted([3,1,2]), sorted('hello'), sorted({3,1,2}), sorted(gen(3),reverse=True), sorted([(i*7)%10 for i in range(50)]), sorted([[(i*7)%10] for i in range(200)], reverse=True)[:3]
sorted(1)
sorted()
sorted([1],[2])
(), (1,), (1,2), tuple(), tuple([1,2]), tuple('ab'), tuple((1,2)), tuple(gen(2)), tuple(It())
tuple(1)
tuple(1,2)
tuple(a=1)
type(T((1,2))) is T, T((1,2)), T((1,2))+(3,), type(T((1,))+()) is tuple, T()==(), (1,)==T((1,)), type(T((1,2))[:]) is tuple
tuple.__new__(list)
tuple.__new__()
(1,2,3)[0], (1,2,3)[-1], (1,2,3)[1:], (1,2,3)[::-1], (1,2,3)[5:], (1,2,3)[Idx(2)], (1,2,3)[::2]
(1,)[5]
(1,).__getitem__('a')
(1,)[::0]
(1,)+(2,), (1,)*3, 3*(1,), (1,2)*0, ()+(), (1,)+Radd()
()+[]
(1,)*1.0
(1,)*(1<<62)
(1,2)==(1,2), (1,2)<(1,3), (1,)<(1,2), (2,)>(1,5), ()<(1,), (1,2)!=(1,), (1,)==[1]
(1,)<('a',)
(1,)<[1]
(1,2).count(1), (1,2,1).index(1,1), (1,2).index(2)
(1,2).index(3)
().count()
hash((1,2))==hash((1,2)), hash(())==hash(()), hash((1,))!=hash((2,))
hash(([],))
1 in (1,2), len((1,2)), bool(()), bool((0,)), max((1,3,2)), (1,2).__getnewargs__(), (1).__class__ is int
range(5), range(1,5), range(1,10,2), range(5,0,-1), range(0), range(True), range(Idx(3)), range(10**30), range(10**30, 10**30+5, 2)
range()
range(1,2,3,4)
range(a=1)
range(1.0)
range('a')
range(1,2,0)
list(range(5)), list(range(5,0,-2)), list(range(10**30,10**30+3)), list(range(0)), list(range(5,1)), len(range(10)), len(range(1,10,3)), len(range(10,1,-3))
len(range(10**30))
range(10)[3], range(10)[-1], range(10)[2:5], range(10)[::-1], range(10)[::-3], range(10**30)[-1], range(10**30)[10**29:], range(5)[Idx(2)], range(10)[20:], range(10)[-3:]
range(5)[7]
range(5)[-6]
range(5)['a']
range(5)[10**30]
3 in range(5), 5 in range(5), -1 in range(5), 3.0 in range(5), 2.5 in range(5), 'a' in range(3), 10**29 in range(10**30), 4 in range(0,10,2), 5 in range(0,10,2), 4 in range(10,0,-2), True in range(2)
range(5).count(3), range(5).count(9), range(5).count(3.0), range(5).index(3), range(0,10,2).index(4), range(5).index(3.0)
range(5).index(9)
range(5).index('a')
range(3)==range(3), range(0)==range(5,5), range(1)==range(0,1,5), range(0,3,2)==range(0,4,2), range(3)!=range(4), range(3)==[0,1,2], hash(range(3))==hash(range(0,3)), hash(range(0))==hash(range(5,5))
range(3)<range(4)
bool(range(0)), bool(range(1)), bool(range(10**30)), list(reversed(range(5))), list(reversed(range(0,10,3))), list(reversed(range(10**30,10**30+3)))
range(1,5,2).start, range(1,5,2).stop, range(1,5,2).step, range(3).__reduce__(), range(3).__len__()
range(3).foo
slice(1), slice(1,2), slice(1,2,3), slice(None), slice('a','b')
slice()
slice(1,2,3,4)
slice(a=1)
slice(1,2,3).start, slice(1,2,3).stop, slice(1,2,3).step, slice(1,5).indices(3), slice(None,None,-1).indices(5), slice(-3,None).indices(10), slice(1,10**30).indices(10**31), slice(None,None,-2).indices(10**31), slice(10,-20,-3).indices(5)
slice(1,2,0).indices(5)
slice(1).indices(-1)
slice(1).indices('a')
slice('a').indices(5)
slice(1)==slice(1), slice(1)<slice(2), slice(1)!=slice(1,2), slice(1)>=slice(1), slice(1)==1, slice(1).__reduce__()
slice(1)<1
slice('a')<slice(1)
hash(slice(1))==hash(slice(None,1,None))
hash(slice([]))
list(slice(1))
after(iter([1,2,3]),1).__length_hint__(), after(iter([1,2,3]),3).__length_hint__(), list(after(iter([1,2,3]),2)), iter([1,2]).__length_hint__(), after(iter([1,2]),1).__reduce__()[1:], list(iter([1,2]))
mut(iter([1,2,3]),'__setstate__',1)[0].__next__(), mut(iter((1,2,3)),'__setstate__',2)[0].__next__(), mut(iter([1,2]),'__setstate__',-5)[0].__next__()
iter([1]).__setstate__('a')
next(iter([]))
next(iter([]),7)
iter([]).__next__(1)
iter(1)
iter(1,2)
iter((1,2)).__length_hint__(), after(iter((1,2)),1).__reduce__()[1:], list(iter((1,2)))
iter(range(5)).__length_hint__(), after(iter(range(5)),2).__length_hint__(), after(iter(range(5)),2).__reduce__()[1:], mut(iter(range(5)),'__setstate__',3)[0].__next__(), after(iter(range(10**30,10**30+5)),2).__length_hint__(), list(after(iter(range(10**30,10**30+5)),2)), mut(iter(range(10**30,10**30+5)),'__setstate__',3)[0].__next__()
type(iter([])).__name__, type(iter(())).__name__, type(iter(range(1))).__name__, type(iter(range(10**30))).__name__, type(reversed([])).__name__, type(reversed(())).__name__, type(iter(Seq(1))).__name__, type(iter(len,1)).__name__, type(reversed(range(1))).__name__
list(reversed([1,2,3])), list(reversed((1,2,3))), list(reversed(Seq(3))), reversed([1,2]).__length_hint__(), after(reversed([1,2,3]),1).__reduce__()[1:], reversed((1,2)).__length_hint__(), after(reversed((1,2,3)),1).__reduce__()[1:], mut(reversed([1,2,3]),'__setstate__',0)[0].__next__(), mut(reversed((1,2,3)),'__setstate__',0)[0].__next__(), list(mut(reversed([1,2]),'__setstate__',-1)[0])
reversed(1)
reversed({1})
reversed()
reversed(1,2)
reversed(a=1)
list(iter(Seq(3))), iter(Seq(3)).__length_hint__(), after(iter(Seq(3)),1).__reduce__()[2], mut(iter(Seq(5)),'__setstate__',3)[0].__next__()
list(iter(counter, 4))
list(enumerate('ab')), list(enumerate('ab',5)), list(enumerate('ab',start=10**30)), list(enumerate(iterable='ab',start=1)), enumerate('ab').__reduce__()[1][1], next(enumerate([1],2**61-1)), list(enumerate([1,2],2**61-1))
enumerate()
enumerate(1)
enumerate([],'a')
enumerate(1,2,3)
enumerate([],foo=1)
enumerate[int]
list(zip()), list(zip([1,2])), list(zip([1,2],'ab')), list(zip([1,2,3],'ab',(7,8,9))), list(zip(range(3),range(3),range(3),range(3),range(3))), list(zip([1],[2],strict=True)), list(zip(strict=True))
zip(1)
zip([1],2)
zip(a=1)
list(zip([1],[],strict=True))
list(zip([],[1],strict=True))
list(zip([],[],[1],strict=True))
list(zip([1],[1],[],strict=True))
len(zip([1],strict=True).__reduce__()), len(zip([1]).__reduce__())
list(map(str,[1,2])), list(map(lambda a,b:a+b,[1,2,3],[10,20])), list(map(None.__class__,[])), list(map(lambda *a:len(a),*[range(2)]*6))
map()
map(1)
map(a=1)
list(map(1,[1]))
map(str,1)
list(filter(None,[0,1,'',2])), list(filter(lambda x:x>1,[1,2,3])), list(filter(bool,[0,1])), filter(None,[1]).__reduce__()[1][0]
filter()
filter(1)
filter(1,2,3)
filter(None,1)
filter(None,[1],a=1)
type(None)(), type(...)() is ..., type(NotImplemented)() is NotImplemented, repr(None), repr(...), repr(NotImplemented), bool(None), bool(...), None==None, None!=1, hash(None)==hash(None)
type(None)(1)
type(...)(1)
type(NotImplemented)(1)
None<None
None+1
None()
None.foo
None[0]
len(None)
[*range(3)], (*'ab',*[1]), [x for x in reversed([1,2])], max([1,5,3]), min([3,1]), sum([[1],[2]],[]), any([0,1]), all([1,0])
[1,2,3].__sizeof__() > 0, [].__sizeof__(), ().__sizeof__(), (1,).__sizeof__()
list.__doc__ is not None, [].__class__ is list, ().__class__ is tuple, range(1).__class__ is range
""".strip().splitlines():
    try:
        print(line, "=>", repr(eval(line)))
    except Exception as e:
        print(line, "=>", type(e).__name__, e)
