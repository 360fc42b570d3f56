# Runs random programs, each in a namespace of its own, and prints what their exceptions say.
# The driver puts this text and then each program, as a text with what runs it, into one file. What runs it is
# no function: with a threshold of 1 its first call would be recorded, and nothing else while it lasts.
import sys
import warnings

warnings.simplefilter("ignore")


def plain(value):
    if value is None or isinstance(value, (int, float, str)):
        return repr(value)[:60]
    if isinstance(value, (list, tuple, dict)):
        return type(value).__name__ + str(len(value))
    return type(value).__name__


def report(e):
    """The exception, and of each frame that it passed: its function, line and variables."""
    print(type(e).__name__, str(e)[:200])
    tb = e.__traceback__
    while tb is not None:
        frame = tb.tb_frame
        code = frame.f_code
        if code.co_filename == 'program':
            names = ''
            if code.co_name != '<module>':
                held = frame.f_locals
                names = ' '.join('%s=%s' % (k, plain(held[k])) for k in sorted(held) if k not in ('e', '.0'))
            print(' ', code.co_name, tb.tb_lineno, names)
        tb = tb.tb_next


def begin(seed):
    sys.stdout.flush()
    print('=== %d' % seed, flush=True)
    return {'__name__': 'program', 'report': report}
