"""sys, gc, signal, atexit, faulthandler-free runtime services."""
import gc
import os
import signal
import sys
import threading
import time
print(sys.version_info[:2], sys.version_info >= (3, 12), sys.byteorder, sys.maxsize, sys.maxunicode, sys.float_info.max, sys.float_info.dig, sys.int_info.bits_per_digit > 0, sys.hash_info.modulus, sys.hash_info.width, sys.flags.optimize, sys.platform, sys.argv, sys.executable != "", sys.hexversion >> 16, sys.api_version, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.stdout.encoding, sys.stdin.encoding, sys.stderr.errors, sys.stdout.errors, sys.stdout.name, sys.stdout.fileno(), sys.path[0] == os.getcwd(), sys.prefix != "", sys.float_repr_style, sys.copyright[:9], sys.implementation.cache_tag is not None, sys.thread_info.name, sys.is_finalizing(), sys.getrecursionlimit(), sys.dont_write_bytecode, sys.orig_argv[-1] == sys.argv[0])
print(sys.intern("abc") is sys.intern("abc"), sys.getsizeof([]) > 0, sys.getrefcount([]) > 0, "sys" in sys.builtin_module_names, "json" in sys.stdlib_module_names, isinstance(sys.modules, dict), sys.call_tracing(lambda x: x + 1, (1,)), sys.exc_info(), sys.displayhook is sys.__displayhook__, sys._getframe().f_lineno, sys._getframe().f_globals is globals(), sys.get_asyncgen_hooks(), sys.unraisablehook is sys.__unraisablehook__)
sys.displayhook(5)
sys.displayhook(None)
import builtins
print(builtins._)
for f in (lambda: sys.intern(5), lambda: sys.setrecursionlimit("a"), lambda: sys._getframe(99), lambda: sys.exit.__self__.nope, lambda: sys.setswitchinterval(-1), lambda: sys.getsizeof(), lambda: sys.settrace(), lambda: sys.audit()):
    try:
        print(f())
    except (TypeError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "traced":
        events.append((event, frame.f_lineno - frame.f_code.co_firstlineno, arg if event == "return" else None))
    return tracer


def traced(n):
    total = 0
    for i in range(n):
        total += i
    return total


sys.settrace(tracer)
traced(2)
sys.settrace(None)
print(events)
calls = []
sys.setprofile(lambda frame, event, arg: calls.append((event, frame.f_code.co_name if event in ("call", "return") else arg.__name__)))
len(str(abs(traced(1))))
sys.setprofile(None)
print(calls[:-1])
audited = []
sys.addaudithook(lambda event, args: audited.append((event, args)) if event.startswith("krait") else None)
sys.audit("krait.test", 1, "a")
print(audited)
mon = sys.monitoring
mon.use_tool_id(2, "tool")
seen = []
mon.register_callback(2, mon.events.PY_START, lambda code, off: seen.append(code.co_name))
mon.register_callback(2, mon.events.LINE, lambda code, line: seen.append(line - code.co_firstlineno) or mon.DISABLE)
mon.set_local_events(2, traced.__code__, mon.events.PY_START | mon.events.LINE)
traced(3)
traced(1)
mon.set_local_events(2, traced.__code__, 0)
mon.free_tool_id(2)
print(seen, mon.get_tool(2))


class Cyclic:
    pass


def make():
    c = Cyclic()
    c.me = c


gc.collect()
make()
print(gc.collect() >= 1, gc.garbage, gc.isenabled(), len(gc.get_objects()) > 100, gc.get_debug(), gc.freeze(), gc.unfreeze(), isinstance(gc.get_stats(), list), Cyclic in gc.get_referrers(Cyclic.__dict__["__dict__"]) or True, [1] in gc.get_referents([[1]]))
phases = []
gc.callbacks.append(lambda phase, info: phases.append(phase))
gc.collect()
gc.callbacks.pop()
print(phases[:2])
got = []
old = signal.signal(signal.SIGUSR1, lambda num, frame: got.append(signal.Signals(num).name))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
print(got, old, signal.getsignal(signal.SIGUSR1) is not None, signal.SIGINT, signal.strsignal(15), signal.SIGTERM in signal.valid_signals())


def alarm(num, frame):
    raise TimeoutError("alarm")


signal.signal(signal.SIGALRM, alarm)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    while True:
        pass
except TimeoutError as e:
    print("interrupted a tight loop:", e)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    time.sleep(10)
except TimeoutError as e:
    print("interrupted a sleep:", e)
timer = threading.Timer(0.02, lambda: os.kill(os.getpid(), signal.SIGINT))
timer.start()
try:
    while True:
        pass
except KeyboardInterrupt:
    print("KeyboardInterrupt in a loop")
timer.join()
for f in (lambda: signal.signal(999, signal.SIG_DFL), lambda: signal.signal(signal.SIGKILL, lambda *a: 0), lambda: signal.signal(signal.SIGUSR1, 5), lambda: signal.alarm("x")):
    try:
        print(f())
    except (ValueError, OSError, TypeError) as e:
        print(type(e).__name__, e)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGUSR1)
print("ignored", signal.pthread_sigmask(signal.SIG_BLOCK, []) == set())
