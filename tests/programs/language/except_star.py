"""except* and exception groups."""


def handle(group):
    log = []
    try:
        try:
            raise group
        except* ValueError as eg:
            log.append(("value", [str(e) for e in eg.exceptions]))
        except* (TypeError, KeyError) as eg:
            log.append(("type/key", [repr(e) for e in eg.exceptions]))
        else:
            log.append("else")
        finally:
            log.append("finally")
    except BaseExceptionGroup as rest:
        log.append(("rest", repr(rest)))
    return log


print(handle(ExceptionGroup("one", [ValueError("a"), ValueError("b")])))
print(handle(ExceptionGroup("mixed", [ValueError("a"), TypeError("t"), OSError("o")])))
print(handle(ExceptionGroup("nested", [ExceptionGroup("in", [ValueError("v"), KeyError("k")]), KeyError("k2")])))
print(handle(ValueError("naked")))


def nothing():
    try:
        pass
    except* ValueError:
        print("no")
    else:
        print("else ran")


nothing()


def raising():
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError:
        raise RuntimeError("new")
    except* TypeError as e:
        raise


try:
    raising()
except ExceptionGroup as e:
    print(e, [type(x).__name__ for x in e.exceptions])
    for x in e.exceptions:
        print(" ", repr(x), repr(x.__context__)[:40])

eg = ExceptionGroup("top", [ValueError(1), ExceptionGroup("sub", [TypeError(2), ValueError(3)])])
match_, rest = eg.split(ValueError)
print(repr(match_), repr(rest))
print(repr(eg.subgroup(lambda e: isinstance(e, TypeError))), eg.subgroup(OSError), eg.message, len(eg.exceptions))
print(repr(eg.derive([ValueError("d")])))


class MyGroup(ExceptionGroup):
    def __new__(cls, msg, excs, code):
        self = super().__new__(cls, msg, excs)
        self.code = code
        return self

    def derive(self, excs):
        return MyGroup(self.message, excs, self.code)


try:
    try:
        raise MyGroup("mine", [ValueError(1), KeyError(2)], 42)
    except* ValueError as e:
        print(type(e).__name__, e.code)
except MyGroup as e:
    print(e.code, e.exceptions)

for args in ((), ("m",), ("m", []), ("m", [1]), (1, [ValueError()]), ("m", ValueError())):
    try:
        ExceptionGroup(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
try:
    ExceptionGroup("m", [KeyboardInterrupt()])
except TypeError as e:
    print(e)
print(type(BaseExceptionGroup("m", [ValueError()])).__name__, type(BaseExceptionGroup("m", [SystemExit()])).__name__)
for src in ["try: pass\nexcept* A: pass\nexcept B: pass\n", "try: pass\nexcept*: pass\n",
            "for _ in x:\n try: pass\n except* A: break\n", "def f():\n try: pass\n except* A: return\n"]:
    try:
        compile(src, "<s>", "exec")
    except SyntaxError as e:
        print(e.msg)
try:
    try:
        raise ValueError
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
