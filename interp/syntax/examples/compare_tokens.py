"""Prints CPython's tokens of each file named in the form of the `tokens` example, or leaves them in the folder
given with --out."""
import _tokenize
import io
import os
import sys
import tokenize
import warnings


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
        try:
            with tokenize.open(path) as f:
                text = f.read()
        except (SyntaxError, UnicodeError):
            continue
        if text and not text.endswith("\n"):
            text += "\n"
        lines = []
        try:
            for kind, _, start, end, _ in _tokenize.TokenizerIter(io.StringIO(text).readline, extra_tokens=False):
                lines.append(f"{kind} {start[0]}:{start[1]}-{end[0]}:{end[1]}")
        except SyntaxError as e:
            lines.append(f"error {e.lineno}:{e.offset} {e.msg}")
        data = ("\n".join(lines) + "\n").encode()
        if out is None:
            sys.stdout.buffer.write(data)
        else:
            with open(os.path.join(out, path.replace("/", "%")), "wb") as f:
                f.write(data)


main()
