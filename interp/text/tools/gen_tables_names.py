"""The names that `unicodedata` knows but does not list: aliases and named sequences."""

import ctypes
import unicodedata


def hidden_names():
    """Aliases and named sequences, in the order of CPython's own table.

    It keeps them at code points of private use, which only its C interface shows.
    """
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype = ctypes.c_void_p
    get.argtypes = [ctypes.py_object, ctypes.c_char_p]
    capsule = get(unicodedata._ucnhash_CAPI, b"unicodedata._ucnhash_CAPI")
    pointer = ctypes.c_void_p.from_address(capsule).value
    getname = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)(pointer)
    buf = ctypes.create_string_buffer(512)
    return [buf.value.decode() for c in range(0xF0000, 0xF1000) if getname(c, buf, 512, 1)]
