"""Corners of native classes: keywords that nobody takes, short names in reprs, states without a dict, steps to zero."""
import functools, itertools, math

def t(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)

for base, args in ((filter, (None, [1])), (map, (str, [1])), (itertools.chain, ([1],)), (itertools.islice, ([1, 2], 1)), (reversed, ([1],))):
    class Plain(base):
        pass
    class Taking(base):
        def __init__(self, *args, word=None):
            self.word = word
    t(lambda: Plain(*args, word=1))
    t(lambda: (list(Taking(*args, word=1)), Taking(*args, word=1).word))
t(lambda: [itertools.count(3), itertools.count(3, 5), itertools.repeat(1, 2), itertools.repeat(1j)])
p = functools.partial(print)
p.attr = []
p.__setstate__((len, (1,), {"a": 1}, None))
t(lambda: (p.args, p.keywords, p.__dict__))
for x, y in ((-5e-324, 0.0), (5e-324, -0.0), (0.0, -0.0), (-0.0, 0.0), (1.0, 2.0), (-1e-323, 5.0)):
    t(lambda: (math.nextafter(x, y), math.nextafter(x, y, steps=1), math.nextafter(x, y, steps=2)))
t(lambda: pow(3, __import__("decimal").Decimal(4), 5))
