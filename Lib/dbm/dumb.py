"""A database in two plain files, for where there is nothing better.

NAME.dat has the values, each at a multiple of 512 bytes; NAME.dir has a line
`'key', (position, size)` per value, the key's bytes as Latin-1.  A value that no
longer fits its place gets a new one, and the old place is lost.  NAME.bak is the
directory before the last time it was written anew.  The directory is kept in
memory: two programs must not write to one database at the same time.
"""

import ast as _ast
import collections.abc
import io as _io
import os as _os

__all__ = ["error", "open"]

_BLOCKSIZE = 512

error = OSError


def _blocks(size):
    return -(-size // _BLOCKSIZE)


class _Database(collections.abc.MutableMapping):
    # The modules may be gone when the last reference dies at the program's end.
    _os = _os
    _io = _io

    def __init__(self, filebasename, mode, flag="c"):
        self._index = None
        self._modified = False
        filebasename = self._os.fsencode(filebasename)
        self._mode = mode
        self._readonly = flag == "r"
        self._dirfile = filebasename + b".dir"
        self._datfile = filebasename + b".dat"
        self._bakfile = filebasename + b".bak"
        self._create(flag)
        self._update(flag)

    def _create(self, flag):
        """Sees to it that the file of values exists."""
        if flag == "n":
            for path in (self._datfile, self._bakfile, self._dirfile):
                try:
                    self._os.remove(path)
                except OSError:
                    pass
        try:
            self._io.open(self._datfile, "r", encoding="Latin-1").close()
        except OSError:
            if flag not in ("c", "n"):
                raise
            with self._io.open(self._datfile, "w", encoding="Latin-1"):
                self._chmod(self._datfile)

    def _update(self, flag):
        """Reads the directory."""
        index = {}
        try:
            f = self._io.open(self._dirfile, "r", encoding="Latin-1")
        except OSError:
            if flag not in ("c", "n"):
                raise
            # The files are one database only with a directory: make it even if nothing is set.
            self._modified = True
        else:
            with f:
                for line in f:
                    key, place = _ast.literal_eval(line.rstrip())
                    index[key.encode("Latin-1")] = place
        self._index = index

    def _commit(self):
        """Writes the directory anew, if anything changed."""
        if self._index is None or not self._modified:
            return
        try:
            self._os.unlink(self._bakfile)
        except OSError:
            pass
        try:
            self._os.rename(self._dirfile, self._bakfile)
        except OSError:
            pass
        with self._io.open(self._dirfile, "w", encoding="Latin-1") as f:
            self._chmod(self._dirfile)
            for key, place in self._index.items():
                f.write("%r, %r\n" % (key.decode("Latin-1"), place))
        self._modified = False

    sync = _commit

    def _verify_open(self):
        if self._index is None:
            raise error("DBM object has already been closed")

    def _verify_writable(self):
        if self._readonly:
            raise error("The database is opened for reading only")

    def _addval(self, value):
        """Writes a value behind all others; its place."""
        with self._io.open(self._datfile, "rb+") as f:
            f.seek(0, 2)
            end = f.tell()
            pos = _blocks(end) * _BLOCKSIZE
            f.write(b"\0" * (pos - end))
            f.write(value)
        return pos, len(value)

    def _setval(self, pos, value):
        """Writes a value where there is room for it; its place."""
        with self._io.open(self._datfile, "rb+") as f:
            f.seek(pos)
            f.write(value)
        return pos, len(value)

    def _addkey(self, key, place):
        """Adds a line to the directory."""
        self._index[key] = place
        with self._io.open(self._dirfile, "a", encoding="Latin-1") as f:
            self._chmod(self._dirfile)
            f.write("%r, %r\n" % (key.decode("Latin-1"), place))

    def __getitem__(self, key):
        if isinstance(key, str):
            key = key.encode("utf-8")
        self._verify_open()
        pos, size = self._index[key]
        with self._io.open(self._datfile, "rb") as f:
            f.seek(pos)
            return f.read(size)

    def __setitem__(self, key, value):
        self._verify_writable()
        if isinstance(key, str):
            key = key.encode("utf-8")
        elif not isinstance(key, (bytes, bytearray)):
            raise TypeError("keys must be bytes or strings")
        if isinstance(value, str):
            value = value.encode("utf-8")
        elif not isinstance(value, (bytes, bytearray)):
            raise TypeError("values must be bytes or strings")
        self._verify_open()
        self._modified = True
        if key not in self._index:
            self._addkey(key, self._addval(value))
            return
        # The directory's line is brought up to date by _commit: until then it shows the value's place before.
        pos, size = self._index[key]
        if _blocks(len(value)) <= _blocks(size):
            self._index[key] = self._setval(pos, value)
        else:
            self._index[key] = self._addval(value)

    def __delitem__(self, key):
        self._verify_writable()
        if isinstance(key, str):
            key = key.encode("utf-8")
        self._verify_open()
        self._modified = True
        del self._index[key]
        self._commit()

    def __contains__(self, key):
        if isinstance(key, str):
            key = key.encode("utf-8")
        self._verify_open()
        return key in self._index

    def __iter__(self):
        self._verify_open()
        return iter(self._index)

    iterkeys = __iter__

    def __len__(self):
        self._verify_open()
        return len(self._index)

    def keys(self):
        self._verify_open()
        return list(self._index)

    def items(self):
        self._verify_open()
        return [(key, self[key]) for key in self._index]

    def close(self):
        try:
            self._commit()
        finally:
            self._index = self._datfile = self._dirfile = self._bakfile = None

    __del__ = close

    def _chmod(self, path):
        self._os.chmod(path, self._mode)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


def open(file, flag="c", mode=0o666):
    """Open a database: flags as those of dbm.open.  mode: permissions, less the process's umask."""
    mask = _os.umask(0)
    _os.umask(mask)
    if flag not in ("r", "w", "c", "n"):
        raise ValueError("Flag must be one of 'r', 'w', 'c', or 'n'")
    return _Database(file, mode & ~mask, flag=flag)
