# Functions of sys: arguments, results, error texts.
import sys
for f in ('getrecursionlimit','getswitchinterval','gettrace','getprofile','get_asyncgen_hooks','get_coroutine_origin_tracking_depth','get_int_max_str_digits','getdefaultencoding','getfilesystemencoding','getfilesystemencodeerrors','getdlopenflags','is_finalizing','is_stack_trampoline_active','exc_info','exception'):
    print(f, getattr(sys,f)())
def t(f,*a,**k):
    try: print(f.__name__, a, f(*a,**k))
    except BaseException as e: print(f.__name__, a, type(e).__name__, e)
for a in (0,-1,'x',2**40,5,10**20): t(sys.setrecursionlimit,a)
sys.setrecursionlimit(1000)
for a in (0,-1.0,'x',float('nan'),0.01): t(sys.setswitchinterval,a)
for a in (1,639,0,640,'x',-5,2**40): t(sys.set_int_max_str_digits,a)
for a in (-1,'x',3,0): t(sys.set_coroutine_origin_tracking_depth,a)
t(sys.set_asyncgen_hooks,1); t(sys.set_asyncgen_hooks,None,2); t(sys.set_asyncgen_hooks,print,finalizer=len); print(sys.get_asyncgen_hooks()); sys.set_asyncgen_hooks(None,None)
t(sys.intern,1); t(sys.intern,'abc')
class S(str): pass
t(sys.intern,S('x'))
t(sys._getframe,100); t(sys._getframe,'x')
print(sys._getframe().f_code.co_name, sys._getframemodulename(), sys._getframemodulename(50))
t(sys.getsizeof); 
t(sys.exit); t(sys.exit,1); t(sys.exit,(1,2)); t(sys.exit,None)
t(sys.call_tracing, max,(1,2)); t(sys.call_tracing, max, 1)
log=[]
def hook(e,a): log.append((e,a))
sys.addaudithook(hook)
sys.audit('my.event',1,2); t(sys.audit,1); t(sys.audit)
compile('1','x','eval')
print(log[:1])
sys.displayhook(5); import builtins; print(builtins._)
sys.displayhook(None)
t(sys.unraisablehook,1)
t(sys.excepthook,1)
print(type(sys.flags).__name__, tuple(sys.flags)[:3], sys.version_info[:2], sys.version_info.major, sys.version_info>=(3,12))
t(type(sys.flags)); t(type(sys.version_info))
print(sys.thread_info.name, len(sys.hash_info), sys.int_info)
print(sys.stdlib_module_names>{'os','sys'}, len(sys.stdlib_module_names))
print(sys.__displayhook__ is sys.displayhook, sys.__stdout__ is sys.stdout)
print(sys.settrace(None), sys.setprofile(None))
print(len(sys._current_frames()), len(sys._current_exceptions()))
t(sys.activate_stack_trampoline,'x')
try: 1/0
except Exception as e: print(sys.exc_info()[0], sys.exception() is e)
print(sys.exc_info())
import os
os.environ['PYTHONBREAKPOINT']='builtins.print'
breakpoint(1,2)
os.environ['PYTHONBREAKPOINT']='0'; breakpoint()

