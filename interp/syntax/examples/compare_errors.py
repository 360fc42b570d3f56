"""Parses each source on standard input (they end in NUL bytes) and prints the error or `ok`, in the form of the
`errors` example, with the same arguments."""
import ast
import sys
import unicodedata
import warnings


def quote(text):
    # As Rust's {:?} for the characters that matter here.
    out = []
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif c == "\n":
            out.append("\\n")
        elif c == "\t":
            out.append("\\t")
        elif c == "\r":
            out.append("\\r")
        elif not c.isprintable() or unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me"):
            out.append(f"\\u{{{ord(c):x}}}")
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else "exec"
    extra = sys.argv[2] if len(sys.argv) > 2 else ""
    flags = ast.PyCF_ONLY_AST | (0x4200 if extra == "incomplete" else 0)
    out = open(1, "w", encoding="utf-8", errors="surrogatepass", closefd=False)
    for source in sys.stdin.buffer.read().split(b"\0"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("error" if extra == "strict" else "always")
            try:
                compile(source.decode(), "<unknown>", mode, flags)
            except SyntaxError as e:
                print(f"{type(e).__name__} {e.lineno or 0}:{e.offset or 0}-{e.end_lineno or 0}:{e.end_offset} "
                      f"{quote(e.msg)} {quote(e.text or '')}", file=out)
            except (ValueError, MemoryError, RecursionError) as e:
                print(f"{type(e).__name__} {e}", file=out)
            else:
                print("ok", " ".join(f"{w.lineno}:{w.message}" for w in caught), file=out)
    out.flush()


main()
