"""Reading time zone files (TZif, RFC 8536), for the Python and the native ZoneInfo.

Krait's own module: the library's copy only works inside a browser.
"""

import struct
from typing import NamedTuple

__all__ = ["ZoneInfoNotFoundError", "load_data", "load_tzdata"]


class ZoneInfoNotFoundError(KeyError):
    """Exception raised when a ZoneInfo key is not found."""


def load_tzdata(key):
    """Open the file of a time zone in the package `tzdata`, for reading bytes."""
    from importlib import resources

    *folders, name = key.split("/")
    package = ".".join(["tzdata.zoneinfo", *folders])
    try:
        return resources.files(package).joinpath(name).open("rb")
    except (ImportError, FileNotFoundError, UnicodeEncodeError):
        # No package or no such folder in it, no such file, or a key that no
        # file system can spell (a lone surrogate): the zone is not there.
        raise ZoneInfoNotFoundError(f"No time zone found with key {key}")


class _Header(NamedTuple):
    """One of a file's headers.  Files of version 2 and later have two, each with its data."""

    version: int
    isutcnt: int
    isstdcnt: int
    leapcnt: int
    timecnt: int
    typecnt: int
    charcnt: int

    @classmethod
    def read(cls, file):
        if file.read(4) != b"TZif":
            raise ValueError("Invalid TZif file: magic not found")
        version = file.read(1)
        file.read(15)
        counts = struct.unpack(">6l", file.read(24))
        return cls(1 if version == b"\0" else int(version), *counts)

    def data_size(self, time_size):
        """How many bytes of data follow a header whose times have this many bytes."""
        return (self.timecnt * (time_size + 1)          # transitions and their types
                + self.typecnt * 6                      # local time types
                + self.charcnt                          # designations
                + self.leapcnt * (time_size + 4)        # leap seconds
                + self.isstdcnt + self.isutcnt)         # indicators


def load_data(fobj):
    """Read a time zone file.

    Returns (types of the transitions, times of the transitions, UTC offsets, whether
    summer time, designations, TZ string or None); the first two have one entry per
    transition, the next three one per local time type.
    """
    header = _Header.read(fobj)
    time_size, time_code = 4, "l"
    if header.version > 1:
        # The first part repeats, in 32 bits, what the second says in 64.
        fobj.seek(header.data_size(time_size), 1)
        header = _Header.read(fobj)
        time_size, time_code = 8, "q"

    times = types = ()
    if count := header.timecnt:
        times = struct.unpack(f">{count}{time_code}", fobj.read(count * time_size))
        types = struct.unpack(f">{count}B", fobj.read(count))

    offsets = summer = starts = ()
    if header.typecnt:
        records = struct.iter_unpack(">lbb", fobj.read(header.typecnt * 6))
        offsets, summer, starts = zip(*records)

    # A designation runs from its start to the next NUL; one may be the tail of another.
    text = fobj.read(header.charcnt)
    designations = tuple(text[start:text.find(b"\0", start)].decode() for start in starts)

    tz_string = None
    if header.version > 1:
        fobj.seek(header.leapcnt * (time_size + 4) + header.isstdcnt + header.isutcnt, 1)
        newline = fobj.read(1)
        assert newline == b"\n", newline
        tz_string = bytearray()
        while (byte := fobj.read(1)) != b"\n":
            if not byte:
                raise ValueError("Invalid TZif file: unterminated TZ string")
            tz_string += byte
        tz_string = bytes(tz_string)

    return types, times, offsets, summer, designations, tz_string
