"""and, or, not, conditional expressions, chained conditions: values and order of evaluation."""


def t(v):
    print("t" + str(v), end=" ")
    return v


cases = [
    lambda: t(1) and t(2), lambda: t(0) and t(2), lambda: t(0) or t(3), lambda: t(1) or t(3),
    lambda: t(0) or t("") or t([]), lambda: t(1) and t("") and t(2), lambda: t(0) and t(1) or t(2),
    lambda: not t(0), lambda: not (t(1) and t(0)), lambda: t(1) if t(0) else t(2),
    lambda: t(1) if t(5) else t(2), lambda: (t(1) or t(2)) and t(3), lambda: t(0) or t(1) and t(0) or t(4),
    lambda: t(1) < t(2) and t(3), lambda: (t(0) if t(1) else t(2)) or t(9), lambda: t(None) is None or t(1),
]
for i, case in enumerate(cases):
    print("=>", repr(case()))


def branch(a, b, c):
    if a and b or not c:
        r = "first"
    elif a or (b and not c):
        r = "second"
    elif not (a or b) and c:
        r = "third"
    else:
        r = "fourth"
    return r


for bits in range(8):
    a, b, c = bits & 4, bits & 2, bits & 1
    print(bits, branch(a, b, c))


def loop():
    out = []
    n = 0
    while n < 10 and not (n == 7 or n > 8):
        n += 1
        if n % 2 and n != 5 or n == 4:
            continue
        out.append(n)
    return out


print(loop())


class B:
    calls = 0

    def __init__(self, v):
        self.v = v

    def __bool__(self):
        B.calls += 1
        return self.v


b = B(True)
if b and b and not B(False):
    print("calls", B.calls)
x = [] or {} or 0 or "" or None
print(x, [] and 1, {} or "empty dict", not [], not [0], 0.0 or -0.0 or 0j, "0" and b"" or ())
assert 1, "not shown"
try:
    assert [], ("tuple", "message")
except AssertionError as e:
    print(e.args)
try:
    assert 0
except AssertionError as e:
    print(e.args)
print([v for v in range(6) if v and not v % 2 or v == 5], 5 if [] else 6 if {} else 7)
print(None or False, False or None, True and None, (None and 1) is None, bool("False"))
