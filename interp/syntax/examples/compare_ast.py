"""Prints CPython's tree of each file named in the form of the `dump` example, or leaves it in
the folder given with --out."""
import ast
import os
import struct
import sys
import warnings


class Dump:
    def __init__(self):
        self.out = []

    def node(self, node, depth):
        pad = " " * depth
        name = type(node).__name__
        if hasattr(node, "lineno"):
            self.out.append(f"{pad}{name} {node.lineno}:{node.col_offset}-{node.end_lineno}:{node.end_col_offset}")
        else:
            self.out.append(pad + name)
        pad += " "
        for field, value in ast.iter_fields(node):
            if isinstance(node, (ast.Constant, ast.MatchSingleton)) and field == "value":
                self.out.append(pad + constant(value))
            elif value is None or field == "type_comment":
                pass
            elif isinstance(value, list):
                self.items(field, value, depth + 1)
            elif isinstance(value, (ast.expr_context, ast.operator, ast.unaryop, ast.boolop)):
                self.out.append(f"{pad}{field}={type(value).__name__}")
            elif isinstance(value, ast.AST):
                self.out.append(pad + field)
                self.node(value, depth + 2)
            else:
                self.out.append(f"{pad}{field}={value}")

    def items(self, field, value, depth):
        pad = " " * depth
        self.out.append(f"{pad}{field}={len(value)}")
        for item in value:
            if item is None:
                self.out.append(pad + " None")
            elif isinstance(item, ast.cmpop):
                self.out.append(f"{pad} {type(item).__name__}")
            elif isinstance(item, ast.AST):
                self.node(item, depth + 1)
            else:
                self.out.append(f"{pad} {item}")


def constant(value):
    def bits(f):
        return struct.pack(">d", f).hex()
    if isinstance(value, bool) or value is None or value is ...:
        return repr(value)
    if isinstance(value, int):
        return f"int {value:x}"
    if isinstance(value, float):
        return "float " + bits(value)
    if isinstance(value, complex):
        return f"complex {bits(value.real)} {bits(value.imag)}"
    if isinstance(value, str):
        return "str " + value.encode("utf-8", "surrogatepass").hex()
    return "bytes " + value.hex()


def main():
    args = sys.argv[1:]
    out = None
    if args[0] == "--out":
        out = args[1]
        del args[:2]
    if args == ["-"]:
        args = sys.stdin.read().split("\n")[:-1]
    sys.setrecursionlimit(10000)
    warnings.simplefilter("ignore")
    for path in args:
        with open(path, "rb") as f:
            source = f.read()
        try:
            tree = ast.parse(source)
        except SyntaxError as e:
            text = f"error {e.msg}\n"
        except ValueError as e:
            text = f"error {e}\n"
        else:
            dump = Dump()
            dump.items("Module", tree.body, 0)
            text = "\n".join(dump.out) + "\n"
        data = text.encode("utf-8", "surrogatepass")
        if out is None:
            sys.stdout.buffer.write(data)
        else:
            with open(os.path.join(out, path.replace("/", "%")), "wb") as f:
                f.write(data)


main()
