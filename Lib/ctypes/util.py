"""Finding shared libraries by the name that a linker would be given.

Krait's own module: the library's copy is patched for browsers.  On macOS the
frameworks' search rules apply.  Elsewhere the dynamic linker's cache is asked
first; then a compiler, then the linker, is asked which file it would take, and
that file which name it was given (its soname).  Every step is optional: a missing
tool only means that the next one is tried.
"""

import os
import shutil
import subprocess
import sys

__all__ = ["find_library"]

if sys.platform == "darwin":
    from ctypes.macholib.dyld import dyld_find as _dyld_find

    def find_library(name):
        """Return the path of a library or framework, or None."""
        for candidate in (f"lib{name}.dylib", f"{name}.dylib", f"{name}.framework/{name}"):
            try:
                return _dyld_find(candidate)
            except ValueError:
                continue
        return None

elif sys.platform.startswith("aix"):
    from ctypes._aix import find_library

else:
    import re
    import tempfile

    # What the cache's listing says after the name, by machine and size of a pointer.
    _CACHE_KIND = {
        "x86_64-64": "libc6,x86-64",
        "ppc64-64": "libc6,64bit",
        "sparc64-64": "libc6,64bit",
        "s390x-64": "libc6,64bit",
        "ia64-64": "libc6,IA-64",
    }

    def _output(command, **options):
        """What a command prints, or nothing if it can not be started."""
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options)
        except OSError:
            return b""
        return done.stdout

    def _plain_environment():
        """The environment, with messages in English."""
        return dict(os.environ, LC_ALL="C", LANG="C")

    def _is_elf(path):
        """Whether a file is an object; the linker also names its own scripts."""
        try:
            with open(path, "rb") as file:
                return file.read(4) == b"\x7fELF"
        except OSError:
            return False

    def _first_object(trace, name):
        """The first shared object of that name among the files that a linker traced."""
        pattern = os.fsencode(r"[^\(\)\s]*lib%s\.[^\(\)\s]*" % re.escape(name))
        for path in re.findall(pattern, trace):
            if _is_elf(path):
                return os.fsdecode(path)
        return None

    def _findLib_gcc(name):
        """The file that a C compiler links for a name, or None."""
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            return None
        # Linking fails, as there is no program; the trace comes before that.
        with tempfile.TemporaryDirectory() as folder:
            command = [compiler, "-Wl,-t", "-o", os.path.join(folder, "a.out"), "-l" + name]
            return _first_object(_output(command, stderr=subprocess.STDOUT, env=_plain_environment()), name)

    def _findLib_ld(name):
        """The file that the linker takes for a name, or None; it heeds LD_LIBRARY_PATH."""
        command = ["ld", "-t"]
        for folder in filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(":")):
            command += ["-L", folder]
        command += ["-o", os.devnull, "-l" + name]
        return _first_object(_output(command, stderr=subprocess.DEVNULL), name)

    def _get_soname(path):
        """The name that a shared object was given when it was linked, or None."""
        objdump = path and shutil.which("objdump")
        if not objdump:
            return None
        dump = _output([objdump, "-p", "-j", ".dynamic", path], stderr=subprocess.DEVNULL)
        found = re.search(rb"\sSONAME\s+([^\s]+)", dump)
        return os.fsdecode(found[1]) if found else None

    def _findSoname_ldconfig(name):
        """The soname in the dynamic linker's cache, or None."""
        bits = 64 if sys.maxsize > 2**32 else 32
        kind = _CACHE_KIND.get(f"{os.uname().machine}-{bits}", "libc6")
        pattern = os.fsencode(r"\s+(lib%s\.[^\s]+)\s+\(%s" % (re.escape(name), kind))
        listing = _output(["/sbin/ldconfig", "-p"], stderr=subprocess.DEVNULL, env=_plain_environment())
        found = re.search(pattern, listing)
        return os.fsdecode(found[1]) if found else None

    def _version(filename):
        """The numbers that end a file name, to sort by; none sorts last."""
        numbers = []
        for part in reversed(filename.split(b".")):
            if not part.isdigit():
                break
            numbers.insert(0, int(part))
        return numbers or [sys.maxsize]

    def _find_in_bsd_hints(name):
        """The newest version in a BSD's list of libraries, or None."""
        escaped = re.escape(name)
        pattern = os.fsencode(r":-l%s\.\S+ => \S*/(lib%s\.\S+)" % (escaped, escaped))
        found = re.findall(pattern, _output(["/sbin/ldconfig", "-r"], stderr=subprocess.DEVNULL))
        return os.fsdecode(max(found, key=_version)) if found else None

    if sys.platform.startswith(("freebsd", "openbsd", "dragonfly")):

        def find_library(name):
            """Return the file name of a shared library, or None."""
            return _find_in_bsd_hints(name) or _get_soname(_findLib_gcc(name))

    else:

        def find_library(name):
            """Return the file name of a shared library, or None."""
            return (_findSoname_ldconfig(name)
                    or _get_soname(_findLib_gcc(name))
                    or _get_soname(_findLib_ld(name)))


def test():
    """Print where some common libraries are, and load the C library."""
    from ctypes import CDLL

    for name in ("c", "m", "bz2", "crypt"):
        print(f"{name}\t:: {find_library(name)}")
    print(CDLL(find_library("c")))


if __name__ == "__main__":
    test()
