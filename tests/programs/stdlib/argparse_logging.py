"""argparse and logging: parsing, help texts, errors, handlers, formatting, levels."""
import argparse
import contextlib
import io
import logging
import sys
parser = argparse.ArgumentParser(prog="prog", description="A test parser.", epilog="The end.")
parser.add_argument("name", help="a positional")
parser.add_argument("rest", nargs="*", type=int)
parser.add_argument("-v", "--verbose", action="count", default=0, help="more output")
parser.add_argument("-n", "--number", type=int, default=5, metavar="N", help="default %(default)s")
parser.add_argument("--flag", action=argparse.BooleanOptionalAction)
parser.add_argument("--choice", choices=["a", "b"])
parser.add_argument("--append", action="append")
parser.add_argument("--const", action="store_const", const=42)
group = parser.add_mutually_exclusive_group()
group.add_argument("--left", action="store_true")
group.add_argument("--right", action="store_true")
print(parser.format_help())
for line in ("x", "x 1 2 -vv --number=7", "x --flag --append a --append b", "x --no-flag --const -n3", "x -vn 9 --choice b", "x -- -1", "x -1", "x --verb"):
    try:
        with contextlib.redirect_stderr(io.StringIO()) as err:
            print(line, vars(parser.parse_args(line.split())))
    except SystemExit as e:
        print(line, "exit", e.code, err.getvalue().splitlines()[-1])
for line in ("x y", "x --number z", "x --choice c", "x --unknown", "x --left --right", "x -n", "x --append", "x --ver --fl", "x --n"):
    with contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            print(line, parser.parse_args(line.split()))
        except SystemExit as e:
            print(line, "exit", e.code, err.getvalue().splitlines()[-1])
with contextlib.redirect_stdout(io.StringIO()) as out:
    with contextlib.suppress(SystemExit):
        parser.parse_args(["--help"])
print(len(out.getvalue()) > 100, parser.parse_known_args(["x", "--zzz"]))
sub = argparse.ArgumentParser(prog="sub")
subs = sub.add_subparsers(dest="command", required=True)
add = subs.add_parser("add", help="adds")
add.add_argument("values", nargs="+", type=float)
add.set_defaults(func=sum)
rm = subs.add_parser("remove", aliases=["rm"])
rm.add_argument("--force", "-f", action="store_true")
ns = sub.parse_args(["add", "1", "2.5"])
print(ns.func(ns.values), sub.parse_args(["rm", "-f"]), sub.format_usage().strip())
with contextlib.redirect_stderr(io.StringIO()) as err, contextlib.suppress(SystemExit):
    sub.parse_args([])
print(err.getvalue().splitlines()[-1])
log = logging.getLogger("app")
log.setLevel(logging.DEBUG)
stream = io.StringIO()
handler = logging.StreamHandler(stream)
handler.setFormatter(logging.Formatter("%(levelname)-8s|%(name)s|%(funcName)s|%(message)s"))
log.addHandler(handler)
log.propagate = False


def emit():
    log.debug("debug %d", 5)
    log.info("info %s %s", "a", "b")
    log.warning("plain %")
    log.error("map %(k)s", {"k": "v"})
    log.critical("crit", extra={"x": 1})
    log.log(25, "custom level")
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("with traceback")


emit()
print("\n".join(line for line in stream.getvalue().splitlines() if "File" not in line))
child = log.getChild("sub.part")
print(child.name, child.parent.name, child.getEffectiveLevel(), child.isEnabledFor(10), logging.getLevelName(30), logging.getLevelName("ERROR"), logging.getLevelName(25))
stream.truncate(0)
stream.seek(0)
child.info("from child")
handler.setLevel(logging.ERROR)
child.info("hidden")
handler.addFilter(lambda r: "secret" not in r.getMessage())
log.error("secret thing")
log.error("shown")
for style, fmt in (("{", "{levelname}:{message}"), ("$", "$name-$message")):
    handler.setFormatter(logging.Formatter(fmt, style=style))
    log.error("styled %s", style)
log.disabled = True
log.critical("nope")
log.disabled = False
logging.disable(logging.CRITICAL)
log.critical("nope")
logging.disable(logging.NOTSET)
print(stream.getvalue())
logging.basicConfig(stream=sys.stdout, format="%(message)s!", level=logging.INFO)
logging.info("root %s", "logger")
logging.debug("not shown")
logging.addLevelName(25, "NOTICE")
logging.log(25, logging.getLevelName(25))
try:
    logging.Formatter("%(bad)z")
except ValueError as e:
    print(e)
print(logging.LoggerAdapter(log, {"k": 1}).name, log.hasHandlers(), logging.getLogger("app") is log, logging.root.name, repr(log))
