"""A signal that the main thread sends itself is handled where it was sent, not in the next function."""
import _thread
import os
import signal
import threading

signal.signal(signal.SIGINT, signal.default_int_handler)
ways = [_thread.interrupt_main, lambda: _thread.interrupt_main(signal.SIGINT), lambda: os.kill(os.getpid(), signal.SIGINT),
        lambda: signal.raise_signal(signal.SIGINT), lambda: os.killpg(os.getpgrp(), 0),
        lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT)]


class Guard:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        print("exit with", kind)
        return kind is KeyboardInterrupt


for turn in range(3):
    for way in ways:
        with Guard():
            way()
    with Guard():
        _thread.interrupt_main()
        print("not reached")
seen = []
signal.signal(signal.SIGUSR1, lambda n, frame: seen.append((n, frame.f_lineno)))
_thread.interrupt_main(signal.SIGUSR1)
print(len(seen), seen[0][0] == signal.SIGUSR1)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
_thread.interrupt_main(signal.SIGUSR1)
print(len(seen))
for wrong in (0, 65, -1):
    try:
        _thread.interrupt_main(wrong)
    except ValueError as e:
        print(e)
