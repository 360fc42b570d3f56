"""An uncaught exception group: the tree of tracebacks."""


def fail(kind):
    raise kind(f"from {kind.__name__}")


def collect():
    caught = []
    for kind in (ValueError, TypeError):
        try:
            fail(kind)
        except Exception as e:
            caught.append(e)
    nested = ExceptionGroup("nested", [OSError("plain"), ExceptionGroup("deeper", [KeyError("k")])])
    try:
        raise ZeroDivisionError("cause")
    except ZeroDivisionError as e:
        nested.__cause__ = e
    raise ExceptionGroup("collected", [*caught, nested])


collect()
