"""Decimal arithmetic under the name that CPython's implementation in Python has.

Krait has one implementation, the native one. It is made anew here rather than taken from `_decimal`, so that a program
that keeps `_decimal` from being imported gets it all the same.
"""

from importlib.machinery import BuiltinImporter as _importer
from importlib.util import module_from_spec as _module_from_spec

_native = _module_from_spec(_importer.find_spec("_decimal"))
_importer.exec_module(_native)
globals().update({_k: _v for _k, _v in vars(_native).items() if not _k.startswith("_")})
__version__ = _native.__version__
__libmpdec_version__ = _native.__libmpdec_version__
