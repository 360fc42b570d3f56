"""What sysconfig reports as the variables of the build.

CPython writes this module from its Makefile.  Krait has no Makefile and builds no C
extensions, so only what programs ask for is here; folders are those of the installation.
"""

import sys

_base = sys.base_exec_prefix
_version = "%d.%d" % sys.version_info[:2]
_tag = sys.implementation.cache_tag or "krait"

build_time_vars = {
    "ABIFLAGS": "",
    "BINDIR": _base + "/bin",
    "BINLIBDEST": f"{_base}/lib/python{_version}",
    "CONFIG_ARGS": "",
    "CONFINCLUDEDIR": _base + "/include",
    "CONFINCLUDEPY": f"{_base}/include/python{_version}",
    "DESTDIRS": f"{_base} {_base}/lib {_base}/lib/python{_version}",
    "EXE": "",
    "EXT_SUFFIX": f".{_tag}-x86_64-linux-gnu.so",
    "HAVE_FORK": 1,
    "HAVE_GETENTROPY": 1,
    "HAVE_PTHREAD_H": 1,
    "INCLUDEDIR": _base + "/include",
    "INCLUDEPY": f"{_base}/include/python{_version}",
    "LIBDEST": f"{_base}/lib/python{_version}",
    "LIBDIR": _base + "/lib",
    "LIBM": "-lm",
    "LIBS": "",
    "MACHDEP": "linux",
    "MULTIARCH": "x86_64-linux-gnu",
    "PLATLIBDIR": "lib",
    "PYTHON": sys.implementation.name,
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_TRACE_REFS": 0,
    "SCRIPTDIR": _base + "/lib",
    "SHELL": "/bin/sh -e",
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_LONG": 8,
    "SIZEOF_SIZE_T": 8,
    "SIZEOF_VOID_P": 8,
    "SOABI": f"{_tag}-x86_64-linux-gnu",
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": _version,
    "WITH_DOC_STRINGS": 1,
    "exec_prefix": _base,
    "prefix": sys.base_prefix,
}
