"""Simple databases of bytes under bytes, in files.

    import dbm
    with dbm.open(path, "c") as db:
        db[b"key"] = b"value"

open() takes the format that an existing database has, and for a new one the best
that can be imported.  Here that is dbm.dumb; GNU's and Berkeley's formats are
recognized, but there is no module that reads them.
"""

import importlib
import os
import struct

__all__ = ["open", "whichdb", "error"]


class error(Exception):
    pass


# Best first.
_names = ["dbm.gnu", "dbm.ndbm", "dbm.dumb"]
_defaultmod = None
_modules = {}

error = (error, OSError)

# The first word, or the word after 12 bytes, of files in the formats.
_GNU_MAGIC = {0x13579ACE, 0x13579ACD, 0x13579ACF}
_BSD_MAGIC = {0x00061561, 0x61150600}


def _module(name):
    """The module of a format, imported once."""
    if name not in _modules:
        _modules[name] = importlib.import_module(name)
    return _modules[name]


def _best():
    global _defaultmod
    if _defaultmod is None:
        for name in _names:
            try:
                _defaultmod = _module(name)
                break
            except ImportError:
                continue
        else:
            raise ImportError("no dbm clone found; tried %s" % _names)
    return _defaultmod


def open(file, flag="r", mode=0o666):
    """Open a database.

    flag: "r" for reading only, "w" for reading and writing, "c" to make it if it
    does not exist, "n" to make it anew.  mode: permissions of files that are made.
    """
    found = None if "n" in flag else whichdb(file)
    if found is None:
        if "c" not in flag and "n" not in flag:
            raise error[0]("db file doesn't exist; use 'c' or 'n' flag to create a new db")
        module = _best()
    elif found == "":
        raise error[0]("db type could not be determined")
    else:
        try:
            module = _module(found)
        except ImportError:
            raise error[0]("db type is {0}, but the module is not available".format(found)) from None
    return module.open(file, flag, mode)


def _readable(path):
    try:
        with _open(path, "rb"):
            return True
    except OSError:
        return False


def whichdb(filename):
    """The module that can open a database.

    None if there is none that can be read, "" if its format is not known.
    """
    filename = os.fsdecode(filename)
    if _readable(filename + ".pag") and _readable(filename + ".dir"):
        return "dbm.ndbm"
    if _readable(filename + ".db"):
        # Berkeley's emulation of ndbm has one file.
        try:
            module = _module("dbm.ndbm")
        except ImportError:
            pass
        else:
            with module.open(filename):
                return "dbm.ndbm"
    kind = _dumb_kind(filename)
    if kind:
        return kind
    try:
        with _open(filename, "rb") as f:
            head = f.read(16)
    except OSError:
        return None
    if len(head) < 4:
        return ""
    if struct.unpack("=l", head[:4])[0] & 0xFFFFFFFF in _GNU_MAGIC:
        return "dbm.gnu"
    if len(head) == 16 and struct.unpack("=L", head[12:])[0] in _BSD_MAGIC:
        return "dbm.bsd"
    return ""


def _dumb_kind(filename):
    """The name of dbm.dumb if the files are its own."""
    try:
        os.stat(filename + ".dat")
        size = os.stat(filename + ".dir").st_size
        if size == 0:
            return "dbm.dumb"
        with _open(filename + ".dir", "rb") as f:
            return "dbm.dumb" if f.read(1) in (b"'", b'"') else None
    except OSError:
        return None


from io import open as _open

if __name__ == "__main__":
    import sys

    for _name in sys.argv[1:]:
        print(whichdb(_name) or "UNKNOWN", _name)
