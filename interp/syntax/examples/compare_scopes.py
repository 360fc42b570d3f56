"""Prints CPython's symbol tables of each file named in the form of the `scopes` example, or leaves them in the
folder given with --out."""
import _symtable
import os
import sys
import warnings


def dump(entry, depth, out):
    out.append(f"{depth} {entry.type} {entry.name} {entry.lineno} {entry.nested}")
    out.extend(f"param {name}" for name in entry.varnames)
    out.extend(f"{name} {flags:x}" for name, flags in sorted(entry.symbols.items()))
    for child in entry.children:
        dump(child, depth + 1, out)


def main():
    args = sys.argv[1:]
    out = None
    if args[0] == "--out":
        out = args[1]
        del args[:2]
    if args == ["-"]:
        args = sys.stdin.read().split("\n")[:-1]
    warnings.simplefilter("ignore")
    for path in args:
        with open(path, "rb") as f:
            source = f.read()
        lines = []
        try:
            dump(_symtable.symtable(source, "<source>", "exec"), 0, lines)
        except SyntaxError as e:
            lines = [f"error {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset} {e.msg}"]
        except ValueError as e:
            lines = [f"error {e}"]
        data = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
        if out is None:
            sys.stdout.buffer.write(data)
        else:
            with open(os.path.join(out, path.replace("/", "%")), "wb") as f:
                f.write(data)


main()
