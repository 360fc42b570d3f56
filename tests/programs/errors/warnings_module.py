"""Warnings: categories, filters, stack levels, catching, text on standard error."""
import sys
import warnings


def old():
    warnings.warn("old is deprecated", DeprecationWarning, stacklevel=2)


def user():
    warnings.warn("user warning")


old()
user()
user()
for _ in range(2):
    warnings.warn("in a loop", RuntimeWarning)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    old()
    warnings.warn(UserWarning("instance"))
    warnings.warn_explicit("explicit", FutureWarning, "file.py", 7)
for w in caught:
    print(w.category.__name__, w.message, w.lineno, w.filename.rpartition("/")[2])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        old()
    except DeprecationWarning as e:
        print("raised", e)
    warnings.filterwarnings("ignore", message="old.*")
    old()
    try:
        user()
    except UserWarning as e:
        print("raised", e)
for args in ((1, 2), ("m", int), ("m", UserWarning, "x")):
    try:
        warnings.warn(*args)
    except TypeError as e:
        print(e)
print(warnings.formatwarning("msg", UserWarning, "f.py", 3, "source line"), end="")


def custom(message, category, filename, lineno, file=None, line=None):
    print("custom", category.__name__, message)


warnings.showwarning = custom
warnings.warn("shown differently", ImportWarning)
warnings.simplefilter("always", ImportWarning)
warnings.warn("import warning", ImportWarning)
exec(compile("x = 1 is 1\nassert (1, 'always true')\n'\\d'", "<w>", "exec"))
print(issubclass(ResourceWarning, Warning), sys.warnoptions)
