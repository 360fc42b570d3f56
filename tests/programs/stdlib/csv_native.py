"""_csv: dialects, and what is read and written under them."""
import csv, _csv, io
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, e)
D=_csv.Dialect
for n,vs in (('delimiter',(None,'',',,',3,b',')),('quotechar',(None,'','""',3)),('escapechar',(None,'','ab',3,'\\')),('lineterminator',(None,'',3,'x')),('quoting',(None,'a',6,-1,1.5,3,True)),('doublequote',(0,None,'a')),('skipinitialspace',(1,)),('strict',(2,)),):
    for v in vs:
        print(n,repr(v),end=' ')
        t(lambda: [getattr(D(**{n:v}),a) for a in ('delimiter','doublequote','escapechar','lineterminator','quotechar','quoting','skipinitialspace','strict')])
t(lambda: D('nope'))
t(lambda: D(3).delimiter)
t(lambda: D(D()) is None); d=D()
t(lambda: D(d) is d)
t(lambda: D('excel').delimiter)
t(lambda: setattr(d,'delimiter',3))
t(lambda: delattr(d,'delimiter'))
t(lambda: D(quotechar=None).quoting)
t(lambda: d.__reduce_ex__(2))
t(lambda: sorted(set(dir(d))-set(dir(object))-{'__module__'}))
t(lambda: sorted(set(dir(csv.reader([])))-set(dir(object))-{'__module__'}))
t(lambda: sorted(set(dir(csv.writer(io.StringIO())))-set(dir(object))-{'__module__'}))
t(lambda: (type(csv.reader([])).__name__, type(csv.writer(io.StringIO())).__qualname__))
t(lambda: _csv.Reader())
t(lambda: csv.writer(3))
t(lambda: csv.reader(3))
t(lambda: csv.reader())
t(lambda: csv.reader([],1,2))
t(lambda: csv.reader([],'nope'))
t(lambda: csv.register_dialect(3))
t(lambda: csv.register_dialect('a',delimiter=';'))
t(lambda: csv.get_dialect('a').delimiter)
t(lambda: csv.list_dialects())
t(lambda: csv.unregister_dialect('a'))
t(lambda: csv.unregister_dialect('a'))
t(lambda: csv.get_dialect('a'))
t(lambda: csv.field_size_limit())
t(lambda: csv.field_size_limit('a'))
t(lambda: csv.field_size_limit(10))
t(lambda: list(csv.reader(['a'*11])))
t(lambda: csv.field_size_limit(131072))
t(lambda: csv.field_size_limit(2**70))
t(lambda: csv.register_dialect())
t(lambda: csv.unregister_dialect())
t(lambda: csv.unregister_dialect([]))
for lines in (['a,b,c'],['a,"b,c",d\r\n','x'],['"a','b"'],['a""b,"c""d"'],['"a"b'],['a\rb'],['a\nb'],['a\n','\n','b'],['"a'],[''],['a,'],['a\0b'],[b'a'],[3],['"a\n'],['a b, c'],['\ufeffa,\u20ac,"\U0001f600"'],['1,"2",3'],["'a'"],['a\\,b'],['a\\'],['"a\\'],['"a\\\n"'],['a\r\nb'],['a\r\n\r\n'],['"a" ,b'],['"a""'],['a"b"'],[',,'],['\r'],['""'],['a\\\nb','c'],['a\\\n']):
    for kw in ({},{'strict':1},{'quoting':2},{'quoting':3},{'escapechar':'\\'},{'escapechar':'\\','doublequote':0},{'skipinitialspace':1},{'delimiter':'\t'},{'quotechar':"'"},{'quoting':3,'escapechar':'\\'}):
        r=csv.reader(lines,**kw)
        print(ascii(lines),kw,end=' ')
        t(lambda: (ascii(list(r)), r.line_num))
rows=[['a','b'],[1,2.5,None],[''],[],[None],['a"b'],['a,b'],['a\nb'],['a\rb'],['a\\b'],[' a'],['\u20ac','\U0001f600'],['a b'],"xyz",3,[b'x'],['a',''],['',''],["it's"],[1e100],['\x1c'],['x\0y']]
for kw in ({},{'quoting':1},{'quoting':2},{'quoting':3},{'quoting':4},{'quoting':5},{'quoting':3,'escapechar':'\\'},{'escapechar':'\\','doublequote':0},{'doublequote':0},{'lineterminator':'!'},{'lineterminator':'\n'},{'delimiter':' ','skipinitialspace':1},{'delimiter':' '},{'quotechar':"'"},{'quotechar':None,'quoting':3},{'quotechar':None},{'strict':1}):
    for row in rows:
        s=io.StringIO(newline='')
        w=csv.writer(s,**kw)
        print(ascii(row),kw,end=' ')
        t(lambda: (w.writerow(row), ascii(s.getvalue())))
s=io.StringIO(newline=''); w=csv.writer(s)
t(lambda: w.writerows([[1,2],[3]]))
t(lambda: w.writerows(3))
t(lambda: w.writerows([3]))
t(lambda: s.getvalue())
t(lambda: w.dialect.delimiter)
t(lambda: setattr(w,'dialect',3))
class E(csv.excel): delimiter=';'; quoting=csv.QUOTE_ALL
t(lambda: list(csv.reader(['a;b'],E)))
t(lambda: list(csv.reader(['a;b'],E())))
t(lambda: list(csv.reader(['a;b'],E(),delimiter=',')))
t(lambda: list(csv.DictReader(['a,b','1,2'])))
class B: delimiter=';;'
t(lambda: csv.reader([],B))
t(lambda: csv.reader([],B()))
class W:
    def write(self,x): return len(x)
t(lambda: csv.writer(W()).writerow('abc'))
def bad():
    yield 'a,b'
    raise KeyError(1)
t(lambda: list(csv.reader(bad())))
t(lambda: csv.writer(io.StringIO()).writerow(bad()))
t(lambda: list(csv.reader(['a,x'],quoting=2)))
t(lambda: csv.Sniffer().sniff('a;b;c\n1;2;3\n').delimiter)
import pickle
t(lambda: pickle.dumps(csv.reader([])))
t(lambda: csv.Error.__mro__)
t(lambda: csv.__version__)
t(lambda: sorted(n for n in dir(_csv) if not n.startswith('__')))
