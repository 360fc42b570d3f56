# Sizes that wrap around when they are counted in bytes are errors like any other.
for text in ('a', '\xe9', '\u1234', '\U0001f600', 'ab', '\u1234b'):
    for n in (2**63 - 1, 2**62, 2**62 - 1, 2**61, 2**61 + 1, 2**60):
        try:
            print(len(text * n))
        except (MemoryError, OverflowError) as e:
            print(type(e).__name__, e)
for width in (2**62, 2**61, 2**60):
    for fill in 'x\u1234\U0001f600':
        try:
            print(len('a'.center(width, fill)))
        except (MemoryError, OverflowError) as e:
            print(type(e).__name__, e)
