"""Code objects, frames and tracebacks."""
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
def d(o,n): delattr(o,n)
def s(o,n,v): setattr(o,n,v); return getattr(o,n)
def f(a,b=1,*args,c=2,**kw)->int:
    "doc"
    x=1
    def g(): return x+a
    return g
co=f.__code__
CT=type(co)
for n in ['co_argcount','co_posonlyargcount','co_kwonlyargcount','co_nlocals','co_flags','co_varnames','co_freevars','co_cellvars','co_name','co_qualname','co_firstlineno']:
    t(lambda: getattr(co,n)); t(lambda: s(co,n,3)); t(lambda: getattr(CT,n))
t(lambda: f(1).__code__.co_freevars)
t(lambda: co==co)
t(lambda: co==f(1).__code__)
t(lambda: hash(co)==hash(co))
t(lambda: co==3)
t(lambda: co<co)
t(lambda: co.replace(co_name='zz').co_name)
t(lambda: co.replace()==co)
t(lambda: co.replace(co_name=3))
t(lambda: co.replace(x=3))
t(lambda: co.replace(3))
t(lambda: co.replace(co_flags=co.co_flags|0x100).co_flags-co.co_flags)
t(lambda: co.replace(co_firstlineno=77).co_firstlineno)
t(lambda: co.replace(co_filename='ff').co_filename)
t(lambda: co.replace(co_argcount=-1))
t(lambda: repr(co.replace(co_filename='ff')))
t(lambda: co.co_consts[0])
t(lambda: type(co.co_code))
t(lambda: len(list(co.co_lines()))>0)
t(lambda: len(next(co.co_positions())))
t(lambda: co.co_consts[0])
t(lambda: [n for n in dir(co) if not n.startswith('_')])
t(lambda: compile('1','a','eval')==compile('1','a','eval'))
t(lambda: compile('1','a','eval')==compile('1.0','a','eval'))
t(lambda: compile('1','a','eval')==compile('True','a','eval'))
t(lambda: compile('(1,2)','a','eval')==compile('(1,2)','a','eval'))
t(lambda: compile('0.0','a','eval')==compile('-0.0','a','eval'))
def h():
    z=3
    fr=sys._getframe()
    return fr
def caller():
    q=5
    r=h()
    return r, sys._getframe()
fr,cfr=caller()
t(lambda: fr.f_code is h.__code__)
t(lambda: sorted(fr.f_locals))
t(lambda: fr.f_locals['z'])
t(lambda: fr.f_globals is globals())
t(lambda: type(fr.f_builtins))
t(lambda: fr.f_lineno)
t(lambda: fr.f_back is None)
t(lambda: fr.f_trace)
t(lambda: fr.f_trace_lines)
t(lambda: fr.f_trace_opcodes)
t(lambda: s(fr,'f_trace_lines',3))
t(lambda: s(fr,'f_trace_opcodes',True))
t(lambda: s(fr,'f_trace_opcodes',3))
t(lambda: s(fr,'f_trace',3))
t(lambda: d(fr,'f_trace'))
t(lambda: fr.f_trace)
t(lambda: s(fr,'f_lineno',3))
t(lambda: fr.clear())
t(lambda: fr.f_locals)
t(lambda: sys._getframe().clear())
t(lambda: [n for n in dir(fr) if not n.startswith('_')])
def live():
    a=1
    def inner():
        return sys._getframe(1).f_locals, sys._getframe(1).f_lineno, sys._getframe().f_back.f_code.co_name, sys._getframe().f_back.f_back.f_code.co_name
    r = inner()
    b=2
    return r
t(live)
def w():
    x=1
    def c(): return x
    L=sys._getframe().f_locals
    x=2
    M=sys._getframe().f_locals
    return L is M, M['x'], sorted(M)
t(w)
def bad():
    1/0
try: bad()
except ZeroDivisionError as e: tb=e.__traceback__
T=type(tb)
t(lambda: tb.tb_lineno)
t(lambda: tb.tb_next.tb_lineno)
t(lambda: tb.tb_frame.f_code.co_name)
t(lambda: tb.tb_next.tb_frame.f_code.co_name)
t(lambda: tb.tb_next.tb_next)
t(lambda: type(tb.tb_lasti))
t(lambda: s(tb,'tb_next',3))
t(lambda: s(tb,'tb_next',tb))
t(lambda: s(tb.tb_next,'tb_next',tb))
t(lambda: d(tb,'tb_next'))
t(lambda: s(tb,'tb_lineno',3))
t(lambda: T(None,tb.tb_frame,1,2).tb_lineno)
t(lambda: T(None,tb.tb_frame,1,2).tb_lasti)
t(lambda: T(3,tb.tb_frame,1,2))
t(lambda: T(None,3,1,2))
t(lambda: T(None,tb.tb_frame,'',2))
t(lambda: [n for n in dir(tb) if not n.startswith('_')])
t(lambda: s(tb,'tb_next',None))
t(lambda: dir(tb)[-4:])
def cyc():
    def g(): yield sys._getframe()
    it=g(); fr=next(it)
    return fr.f_back, fr.f_lineno, fr.clear(), list(it)
t(cyc)
t(lambda: T.tb_next)
