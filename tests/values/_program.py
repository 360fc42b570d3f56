"""Loads a pyperformance program, unmodified, as a module, so that a script can look at its values.

KRAIT_BENCHMARKS names the folder of bm_*/run_benchmark.py; the stand-in pyperf must be importable.
"""
import hashlib
import importlib.util
import os
import sys


def folder(name):
    """The folder of a program."""
    return os.path.join(os.environ["KRAIT_BENCHMARKS"], "bm_" + name)


def load(name):
    """The module of a program, executed under another name than __main__."""
    path = os.path.join(folder(name), "run_benchmark.py")
    sys.path.insert(0, folder(name))
    spec = importlib.util.spec_from_file_location("bm_" + name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def digest(value):
    """A short digest of a value's repr, or of bytes themselves."""
    data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "backslashreplace")
    return hashlib.sha256(data).hexdigest()[:20]
