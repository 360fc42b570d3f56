"""The xz and lzma formats: files, and data at once. The codecs are in `_lzma`.

A file object keeps a compressor or a reader that decompresses; which one it is tells its mode.
"""

import builtins
import io
import os

import _compression
from _lzma import *
from _lzma import _decode_filter_properties, _encode_filter_properties  # For tests and tools that know them.

__all__ = [
    "CHECK_NONE", "CHECK_CRC32", "CHECK_CRC64", "CHECK_SHA256",
    "CHECK_ID_MAX", "CHECK_UNKNOWN",
    "FILTER_LZMA1", "FILTER_LZMA2", "FILTER_DELTA", "FILTER_X86", "FILTER_IA64",
    "FILTER_ARM", "FILTER_ARMTHUMB", "FILTER_POWERPC", "FILTER_SPARC",
    "FORMAT_AUTO", "FORMAT_XZ", "FORMAT_ALONE", "FORMAT_RAW",
    "MF_HC3", "MF_HC4", "MF_BT2", "MF_BT3", "MF_BT4",
    "MODE_FAST", "MODE_NORMAL", "PRESET_DEFAULT", "PRESET_EXTREME",
    "LZMACompressor", "LZMADecompressor", "LZMAFile", "LZMAError",
    "open", "compress", "decompress", "is_check_supported",
]

_CLOSED, _READING, _WRITING = 0, 1, 3


class LZMAFile(_compression.BaseStream):
    """A compressed file, read or written as the data in it."""

    def __init__(self, filename=None, mode="r", *, format=None, check=-1, preset=None, filters=None):
        self._fp = None
        self._closefp = False
        self._mode = _CLOSED
        if mode in ("r", "rb"):
            if check != -1:
                raise ValueError("Cannot specify an integrity check when opening a file for reading")
            if preset is not None:
                raise ValueError("Cannot specify a preset compression level when opening a file for reading")
            if format is None:
                format = FORMAT_AUTO
            state = _READING
        elif mode in ("w", "wb", "a", "ab", "x", "xb"):
            if format is None:
                format = FORMAT_XZ
            state = _WRITING
            self._compressor = LZMACompressor(format=format, check=check, preset=preset, filters=filters)
            self._pos = 0
        else:
            raise ValueError(f"Invalid mode: {mode!r}")
        if isinstance(filename, (str, bytes, os.PathLike)):
            self._fp = builtins.open(filename, mode if "b" in mode else mode + "b")
            self._closefp = True
        elif hasattr(filename, "read") or hasattr(filename, "write"):
            self._fp = filename
        else:
            raise TypeError("filename must be a str, bytes, file or PathLike object")
        self._mode = state
        if state == _READING:
            raw = _compression.DecompressReader(
                self._fp, LZMADecompressor, trailing_error=LZMAError, format=format, filters=filters
            )
            self._buffer = io.BufferedReader(raw)

    def close(self):
        """Writes what is left, and closes the file if this object opened it. Closing twice does nothing."""
        if self._mode == _CLOSED:
            return
        try:
            if self._mode == _READING:
                self._buffer.close()
                self._buffer = None
            else:
                self._fp.write(self._compressor.flush())
                self._compressor = None
        finally:
            try:
                if self._closefp:
                    self._fp.close()
            finally:
                self._fp = None
                self._closefp = False
                self._mode = _CLOSED

    @property
    def closed(self):
        """Is the file closed?"""
        return self._mode == _CLOSED

    def fileno(self):
        """The descriptor of the file below."""
        self._check_not_closed()
        return self._fp.fileno()

    def seekable(self):
        """Can the position be changed? (Backwards means to start again.)"""
        return self.readable() and self._buffer.seekable()

    def readable(self):
        """Was the file opened to be read?"""
        self._check_not_closed()
        return self._mode == _READING

    def writable(self):
        """Was the file opened to be written?"""
        self._check_not_closed()
        return self._mode == _WRITING

    def peek(self, size=-1):
        """Data ahead without moving on: at least a byte unless the file ends; how much is not fixed."""
        self._check_can_read()
        return self._buffer.peek(size)

    def read(self, size=-1):
        """At most `size` bytes, or all that are left."""
        self._check_can_read()
        return self._buffer.read(size)

    def read1(self, size=-1):
        """At most `size` bytes with as few reads from the file below as can be."""
        self._check_can_read()
        return self._buffer.read1(io.DEFAULT_BUFFER_SIZE if size < 0 else size)

    def readline(self, size=-1):
        """A line, of at most `size` bytes when that is not negative."""
        self._check_can_read()
        return self._buffer.readline(size)

    def write(self, data):
        """Compresses data; the number of bytes taken is returned, which is all of them."""
        self._check_can_write()
        if isinstance(data, (bytes, bytearray)):
            length = len(data)
        else:
            data = memoryview(data)
            length = data.nbytes
        self._fp.write(self._compressor.compress(data))
        self._pos += length
        return length

    def seek(self, offset, whence=io.SEEK_SET):
        """Changes the position, by decompressing up to it; the new one is returned."""
        self._check_can_seek()
        return self._buffer.seek(offset, whence)

    def tell(self):
        """The position in the data."""
        self._check_not_closed()
        return self._buffer.tell() if self._mode == _READING else self._pos


def open(filename, mode="rb", *, format=None, check=-1, preset=None, filters=None,
         encoding=None, errors=None, newline=None):
    """A compressed file as bytes, or as text when the mode has a `t`."""
    text = "t" in mode
    if text:
        if "b" in mode:
            raise ValueError(f"Invalid mode: {mode!r}")
    else:
        for name, value in (("encoding", encoding), ("errors", errors), ("newline", newline)):
            if value is not None:
                raise ValueError(f"Argument '{name}' not supported in binary mode")
    file = LZMAFile(filename, mode.replace("t", ""), format=format, check=check, preset=preset, filters=filters)
    if not text:
        return file
    return io.TextIOWrapper(file, io.text_encoding(encoding), errors, newline)


def compress(data, format=FORMAT_XZ, check=-1, preset=None, filters=None):
    """The data, compressed."""
    c = LZMACompressor(format, check, preset, filters)
    return c.compress(data) + c.flush()


def decompress(data, format=FORMAT_AUTO, memlimit=None, filters=None):
    """The data of all streams in `data`, one after the other. What follows the last and is no stream is passed over."""
    parts = []
    while True:
        d = LZMADecompressor(format, memlimit, filters)
        try:
            part = d.decompress(data)
        except LZMAError:
            if parts:
                break
            raise
        parts.append(part)
        if not d.eof:
            raise LZMAError("Compressed data ended before the end-of-stream marker was reached")
        data = d.unused_data
        if not data:
            break
    return b"".join(parts)
