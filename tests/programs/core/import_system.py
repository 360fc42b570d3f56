# The import system: relative imports, errors and their frames, finders, reloading.
import os, shutil, sys, importlib
sys.dont_write_bytecode = True
FILES = {
    'c1.py': 'import c2\nx=1\n',
    'c2.py': 'from c1 import x\n',
    'c3.py': 'import c4\n',
    'c4.py': 'import c3\nprint(c3.zzz)\n',
    'dynm.py': 'def __getattr__(n):\n  if n=="dyn": return 7\n  raise AttributeError(n)\ndef __dir__(): return ["q"]\n',
    'ns/inner/m.py': 'v=5\n',
    'pk/__init__.py': "X=1\nfrom . import a\nfrom .a import y as why\n__all__=['a','sub']\n",
    'pk/a.py': 'import pk as me\nfrom . import X\ny=X+1\n',
    'pk/sub/__init__.py': '',
    'pk/sub/bad.py': 'from .. import a\nfrom ..a import y\nfrom ... import z\n',
    'pk/sub/bad2.py': 'from .. import a; from ..a import y; from . import nothere\n',
    'selfrep.py': 'import sys\nsys.modules[__name__]=42\n',
    'syn.py': 'x = (\n',
    'zde.py': '1/0\n',
}
top = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"import-system-{os.getpid()}")
for name, text in FILES.items():
    os.makedirs(os.path.dirname(os.path.join(top, name)), exist_ok=True)
    with open(os.path.join(top, name), "w") as f:
        f.write(text)
sys.path.insert(0, top)
real_print = print


def print(*args):
    real_print(*(str(a).replace(top, "TOP") for a in args))


os.chdir(top)
def t(s):
    try:
        exec(s, globals()); 
    except BaseException as e: 
        print(s.replace('\n',';'), '->', type(e).__name__, e, getattr(e,'name',None), getattr(e,'path',None) and os.path.basename(e.path))
        tb=e.__traceback__; fr=[]
        while tb: fr.append((os.path.basename(tb.tb_frame.f_code.co_filename), 0 if 'frozen' in tb.tb_frame.f_code.co_filename else tb.tb_lineno)); tb=tb.tb_next
        print(fr)
t('import pk; print(pk.X, pk.a.y, pk.why, pk.__path__[0][-3:], pk.__spec__.submodule_search_locations[0][-3:])')
t('import pk.sub.bad'); t('import pk.sub.bad2'); t('import pk.nope'); t('import pk.a.b'); t('from pk import nope'); t('from pk import *; print(sub, a)')
t('import c1'); t('import c3'); t('import ns.inner.m as q; print(q.v, ns, ns.__path__)'.replace('ns, ns.__path__','sys.modules["ns"].__spec__.origin'))
t('import zde'); t('print("zde" in sys.modules)'); t('import syn'); t('import selfrep; print(selfrep)'); t('import dynm; print(dynm.dyn, dir(dynm)); dynm.nope'); t('from dynm import dyn; print(dyn)'); t('from dynm import other')
t('sys.modules["blk"]=None\nimport blk'); t('import sys.x'); t('__import__("")'); t('__import__("pk", level=-1)'); t('__import__(1)'); t('__import__("x", level=1)'); t('__import__("x", {}, level=1)'); t('__import__("x", {"__package__":1}, level=1)'); t('__import__("x", {"__package__":"nopkg"}, level=1)'); t('__import__("x", {"__name__":"__main__"}, level=1)'); t('__import__("a", {"__package__":"pk","__spec__":None}, None, ["y"], 1)'); t('print(__import__("pk.sub").__name__, __import__("pk.sub", fromlist=["x"]).__name__)'); t('from . import z'); t('from .m import z'); t('__import__("pk", fromlist=[1])'); t('__import__("a", {"__package__":"pk"}, None, None, 2)')
t('importlib.reload(pk)'); t('print(importlib.import_module(".a","pk"))'.replace('print(','print((').replace(')',').__name__)',1)); t('importlib.import_module(".a")'); t('importlib.reload(1)')
import importlib.util, importlib.machinery
t('print(importlib.util.find_spec("pk.a").name, importlib.util.find_spec("nope"))')
t('print(importlib.machinery.SOURCE_SUFFIXES, importlib.machinery.BYTECODE_SUFFIXES)')
spec=importlib.util.spec_from_file_location('dd','zde.py'); m=importlib.util.module_from_spec(spec); t('spec.loader.exec_module(m)')
import _imp
t('print(_imp.is_builtin("sys"), _imp.is_builtin("_thread"), _imp.is_builtin("os"), _imp.is_frozen("zipimport"), _imp.is_frozen("os_"))')
t('_imp.is_builtin(1)'); t('_imp.release_lock()'); t('print(_imp.lock_held())'); _imp.acquire_lock(); t('print(_imp.lock_held())'); _imp.release_lock(); t('_imp.get_frozen_object("nope")'); t('_imp.init_frozen("nope")'); t('print(_imp.source_hash(1,b"abc"))'); t('_imp._fix_co_filename(1,"x")')
class F:
    @staticmethod
    def find_spec(name, path, target=None):
        if name=='virt': return importlib.machinery.ModuleSpec(name, F, origin='here')
    @staticmethod
    def create_module(spec): return None
    @staticmethod
    def exec_module(m): m.val=99
sys.meta_path.insert(0,F); t('import virt; print(virt.val, virt)')
t('import _thread, sys; print(sys.__spec__.origin, _thread.__loader__)')
import builtins
old=builtins.__import__
builtins.__import__=lambda *a,**k: (print('imp', a[0], a[3:]), old(*a,**k))[1]
t('import pk.a'); t('from pk import a'); builtins.__import__=old
del builtins.__import__; t('import pk'); builtins.__import__=old
print(pk.__name__, pk.a.__loader__.__class__.__name__, pk.__file__[-10:])
import threading
ts=[threading.Thread(target=lambda: __import__('argparse')) for _ in range(5)]; [x.start() for x in ts]; [x.join() for x in ts]; print('argparse' in sys.modules)

shutil.rmtree(top)
