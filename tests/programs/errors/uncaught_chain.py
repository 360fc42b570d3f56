"""Chained exceptions in a traceback: cause, context, notes, a class with its own text."""


class ConfigError(Exception):
    def __str__(self):
        return f"bad config: {self.args[0]}\nsecond line"


def load(name):
    try:
        return {"a": 1}[name]
    except KeyError as e:
        try:
            raise ValueError("while handling")
        except ValueError:
            raise ConfigError(name) from e


def start():
    try:
        load("missing")
    except ConfigError as e:
        e.add_note("a note")
        e.add_note("another\nin two lines")
        raise RuntimeError("start failed")


start()
