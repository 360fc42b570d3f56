"""At the end `__main__` is let go of as a whole: finalizers of what it holds still find its names."""
import io
import weakref


class Held:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        out = io.TextIOWrapper(io.BytesIO())
        out.write(self.name)
        print(self.name, late, Held.__name__, out.closed)


a = Held("held")
kept = weakref.finalize(a, print, "finalize")
late = "late"
