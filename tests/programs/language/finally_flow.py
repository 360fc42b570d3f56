"""finally: with return, break, continue, exceptions, nesting."""


def return_in_finally():
    try:
        return "try"
    finally:
        return "finally"


def swallow():
    try:
        raise ValueError
    finally:
        return "swallowed"


def value_before_finally():
    x = 1
    try:
        return x
    finally:
        x = 2


def list_before_finally():
    x = [1]
    try:
        return x
    finally:
        x.append(2)


def loop_break():
    out = []
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            out.append(i)
        finally:
            out.append(f"f{i}")
    else:
        out.append("else")
    return out


def break_in_finally():
    n = 0
    while True:
        try:
            raise KeyError(n)
        finally:
            n += 1
            if n == 3:
                break
            continue
    return n


def nested():
    log = []
    try:
        try:
            try:
                raise ValueError("inner")
            finally:
                log.append("f1")
                raise TypeError("replaces")
        except ValueError:
            log.append("never")
        finally:
            log.append("f2")
    except TypeError as e:
        log.append((str(e), repr(e.__context__)))
    return log


def else_clause(fail):
    log = []
    try:
        if fail:
            raise IndexError
    except IndexError:
        log.append("except")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log


def return_in_loop():
    for i in range(3):
        try:
            return i
        finally:
            if i < 2:
                continue
    return "end"


for f in (return_in_finally, swallow, value_before_finally, list_before_finally, loop_break, break_in_finally,
          nested, return_in_loop):
    print(f.__name__, f())
print(else_clause(True), else_clause(False))


def name_is_deleted():
    e = "kept?"
    try:
        raise ValueError("x")
    except ValueError as e:
        pass
    try:
        return e
    except UnboundLocalError as err:
        return str(err)


print(name_is_deleted())


def which(exc):
    try:
        raise exc
    except (KeyError, IndexError):
        return "lookup"
    except ArithmeticError as e:
        return f"arith {type(e).__name__}"
    except Exception:
        return "exception"
    except:
        return "base"


print([which(e) for e in (KeyError(), IndexError(), ZeroDivisionError(), OSError(), KeyboardInterrupt(), SystemExit)])


def bad_except():
    try:
        raise ValueError("v")
    except 5:
        pass


try:
    bad_except()
except TypeError as e:
    print(e, repr(e.__context__))


def generator_finally():
    try:
        yield 1
        yield 2
    finally:
        yield "from finally"


print(list(generator_finally()))


def return_from_with_finally():
    class M:
        def __enter__(self): return self
        def __exit__(self, *a): print("exit", a[0])
    for i in range(2):
        with M():
            try:
                if i:
                    return "returned"
            finally:
                print("finally", i)


print(return_from_with_finally())
