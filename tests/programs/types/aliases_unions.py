"""Generic aliases, unions of types, type variables and type aliases."""
import _typing
T=_typing.TypeVar('T')
U=_typing.TypeVar('U')
GA=type(list[int])
UT=type(int|str)
class L(list): pass
def f[A: int, B: (int, str), *C, **D](x: A) -> B: pass
type X = list[int]
type Y[A] = list[A]
type Z = undefined_name
L.__module__='__main__'

for line in r"""
repr(list[int])
list[int].__args__ == (int,), list[int].__origin__ is list, list[int].__parameters__
repr(dict[str,int])
list[int].__bases__ == (object,)
list[int].__copy__
list[int].__len__ is list.__len__, list[int].__class__ is GA
repr(list[T]), repr(list[T][int]), repr(dict[T,U]), list[T].__parameters__ == (T,)
dict[T,U][int]
dict[T,T][int,str]
list[int][str]
GA(list)
GA(list,a=1)
repr(GA(list,(int,))), repr(GA(list,int))
list[int](), list[int]((1,2)), type(list[int]()) is list
repr(L[int]), repr(L[int]().__orig_class__)
repr(list[...]), repr(list[None]), repr(list['a']), repr(tuple[()]), repr(tuple[int,...]), repr(tuple[[int,str]])
repr([*tuple[int]]), next(iter(tuple[int])).__unpacked__, next(iter(tuple[int])).__typing_unpacked_tuple_args__ == (int,)
list[int]==list[int], list[int]==list[str], hash(list[int])==hash(list[int]), list[int] != list[int]
list[int]<list[str]
isinstance(1,list[int])
issubclass(int,list[int])
list[int].__reduce__() == (GA,(list,(int,))), list[int].__mro_entries__(()) == (list,), len(next(iter(tuple[int])).__reduce__())
list[int].append is list.append
list[int].foo
repr(int|str), repr(int|None), (int|None).__args__ == (int, type(None)), repr(None|int), repr(int|str|int), int|int is int, repr(int|list[int]), repr(list[int]|None), repr(bool|int)
int.__or__(str)
int|1
1|int
int|'a'
(int|str)==(str|int), (int|str)!=(str|int), (int|str)==1
(int|str).__module__
(int|str).foo
(int|str)<(int|str)
(int|str)[int]
(list[T]|int).__parameters__ == (T,)
isinstance(1,int|str), isinstance('',int|None), issubclass(int,int|str), isinstance(None,int|None), isinstance(1.5,(int|str,float))
isinstance('',int|list[int])
issubclass(1,int|str)
UT()
repr(T), T.__name__, T.__bound__, T.__constraints__, T.__module__, T.__covariant__, T.__reduce__(), T.__infer_variance__
T.__mro_entries__(())
repr(_typing.TypeVar('X',1,2)), repr(_typing.TypeVar('X',covariant=True)), repr(_typing.TypeVar('X',contravariant=True)), repr(_typing.TypeVar('X',infer_variance=True)), _typing.TypeVar('X',int,str).__constraints__ == (int,str)
_typing.TypeVar('X',int)
_typing.TypeVar('X',covariant=True,contravariant=True)
_typing.TypeVar('X',infer_variance=True,covariant=True)
_typing.TypeVar(1)
_typing.TypeVar()
_typing.TypeVar('X',foo=1)
_typing.ParamSpec('Q',1)
_typing.TypeVarTuple('a',1)
_typing.TypeVarTuple('a').__typing_subst__(1)
_typing.TypeVarTuple('a').__mro_entries__(1)
repr(_typing.TypeVarTuple('a'))
repr(_typing.ParamSpecArgs(1)), _typing.ParamSpecArgs(1)==_typing.ParamSpecArgs(1), _typing.ParamSpecArgs(1)==_typing.ParamSpecKwargs(1)
hash(_typing.ParamSpecArgs(1))
_typing.ParamSpecArgs(1).__mro_entries__(1)
repr(_typing.TypeAliasType('A',int)), _typing.TypeAliasType('A',int).__value__ is int, _typing.TypeAliasType('A',int).__module__, _typing.TypeAliasType('A',int).__type_params__, _typing.TypeAliasType('A',int).__reduce__()
_typing.TypeAliasType('A',int)[int]
repr(_typing.TypeAliasType('A',list[T],type_params=(T,))[int]), _typing.TypeAliasType('A',list[T],type_params=(T,)).__type_params__ == (T,)
_typing.TypeAliasType('A',int,type_params=[T])
repr(_typing.TypeAliasType('A',int)|int)
_typing.TypeAliasType('A')
_typing.TypeAliasType(1,2)
T+1
T.x
int[str]
repr(type[int])
[x.__name__ for x in f.__type_params__], f.__type_params__[0].__bound__ is int, f.__type_params__[1].__constraints__ == (int,str), [type(x).__name__ for x in f.__type_params__], f.__type_params__[0].__infer_variance__, repr(f.__type_params__)
repr(X), X.__value__ == list[int], X.__module__, X.__type_params__
repr(Y), repr(Y[int]), repr(Y.__value__), Y.__type_params__[0].__name__, repr(Y.__parameters__)
Z.__value__
repr(list[X]), repr(X|int)
_typing._idfunc(5)
list.__class_getitem__()
repr(enumerate[int]), repr(dict[int,str]), repr(frozenset[int]), repr(set[int])
GA.__name__, UT.__name__, GA.__module__, _typing.TypeVar.__module__
""".strip().splitlines():
    try:
        print(line, "=>", repr(eval(line)))
    except Exception as e:
        print(line, "=>", type(e).__name__, e)
