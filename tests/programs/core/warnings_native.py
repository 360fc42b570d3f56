# Filters, registries and texts of warnings.
import _warnings, warnings, sys, io
def show(f):
    s=io.StringIO(); old=sys.stderr; sys.stderr=s
    try: f()
    except BaseException as e: print('EXC', type(e).__name__, e)
    sys.stderr=old; print(repr(s.getvalue().replace(__file__, 'FILE')))
show(lambda: warnings.warn('a'))
show(lambda: [warnings.warn('b') for i in range(3)])
show(lambda: warnings.warn('c', DeprecationWarning))
show(lambda: warnings.warn('c', PendingDeprecationWarning))
show(lambda: warnings.warn(UserWarning('inst'), DeprecationWarning))
show(lambda: warnings.warn('c', 5)); show(lambda: warnings.warn('c', int)); show(lambda: warnings.warn(1)); show(lambda: warnings.warn())
show(lambda: warnings.warn('c', stacklevel=2)); show(lambda: warnings.warn('c2', stacklevel=50)); show(lambda: warnings.warn('c3',stacklevel=-1))
show(lambda: warnings.warn('s', skip_file_prefixes=('/x',))); show(lambda: warnings.warn('s', skip_file_prefixes=('/',)));show(lambda: warnings.warn('s', skip_file_prefixes=(1,))); show(lambda: warnings.warn('s', skip_file_prefixes='x'))
show(lambda: warnings.warn_explicit('m', UserWarning, 'nofile.py', 7)); show(lambda: warnings.warn_explicit('m', UserWarning, 'nofile.py', 7, 'mod', {}, {})); show(lambda: warnings.warn_explicit('m', UserWarning, 'w.py', 1, registry=5)); show(lambda: warnings.warn_explicit('m', UserWarning, 'w.py', 1, module_globals=globals()))
show(lambda: warnings.warn_explicit('m', UserWarning, 'w.py', 1, module_globals=5)); show(lambda: warnings.warn_explicit('m', UserWarning, 5, 1));show(lambda: warnings.warn_explicit('m', UserWarning, 'x', 'y'))
for act in ('error','always','module','once','default','ignore'):
    with warnings.catch_warnings():
        warnings.simplefilter(act)
        def f():
            for i in range(2):
                warnings.warn('w1'); warnings.warn('w2')
        print(act); show(f); show(f)
with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter('always')
    warnings.warn('r'); print(log[0].message, log[0].category, log[0].lineno, len(log))
with warnings.catch_warnings():
    warnings.filters.insert(0, ('bogus',None,UserWarning,None,0)); warnings._filters_mutated()
    show(lambda: warnings.warn('z'))
    warnings.filters[0]=(1,2); show(lambda: warnings.warn('z'))
    warnings.filters[0]=(1,None,UserWarning,None,0); show(lambda: warnings.warn('z'))
    warnings.filters[0]=('error','re',UserWarning,None,0); show(lambda: warnings.warn('re')); show(lambda: warnings.warn('rex'))
print(_warnings.filters is warnings.filters, _warnings._defaultaction, _warnings._onceregistry)
print(__warningregistry__.get('version') is not None, len(__warningregistry__)>2)
class MyW(UserWarning):
    def __init__(self, x): super().__init__('['+x+']')
show(lambda: warnings.warn('my', MyW))
old=warnings.showwarning
warnings.showwarning=lambda *a, **k: print('sw', [str(x).replace(__file__, 'FILE') for x in a])
show(lambda: warnings.warn('shown')); warnings.showwarning=old
del sys.modules['warnings']
show(lambda: _warnings.warn('native'))
