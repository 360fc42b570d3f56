"""Carets in expressions over several lines, with wide and combining characters before them."""


def f(*args):
    return None


日本 = {"ключ": None}
try:
    "é" + 日本["ключ"]["x"]
except TypeError:
    import traceback
    traceback.print_exc()
result = f(
    1,
    2,
    f(
        3,
        日本["ключ"]
        .missing
        .more,
    ),
)
