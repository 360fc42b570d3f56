"""Format specifications of floats, percent formatting, and numbers in str.format."""
values = [0.0, -0.0, 1.0, -1.5, 3.14159265, 1234567.891, 1e-5, 1e20, -9.995, 0.5, 123.456, 1e100, float("inf"), float("nan")]
specs = ["", ".0f", ".1f", ".2f", ".10f", "f", "F", "e", "E", ".0e", ".3e", "g", "G", ".3g", ".10g", "#g", "n", "%", ".1%", ",", ",.2f", "_", "_.1f", "+",
         " ", "+.1f", "010.2f", "<12.1f", ">12.1f", "^12.1f", "=+12.1f", "*^12.2e", "012", "#.0f", "z.1f", "+z.0f", ".2", ".5", "12.4"]
for spec in specs:
    print(f"{spec!r:10}", " ".join(format(v, spec).replace(" ", "~") for v in values))
for fmt in ("%f", "%.2f", "%e", "%g", "%G", "%10.3f|", "%-10.1f|", "%+.1f", "%010.2f", "% .1f", "%#.0f", "%.0f", "%r", "%s", "%d", "%i", "%.3s", "%%%.1f"):
    try:
        print(repr(fmt), [fmt % v for v in (0.5, -1234.5678, 1e10)])
    except (TypeError, ValueError, OverflowError) as e:
        print(fmt, e)
print("%x %X %o %c %5d|%-5d|%05d %+d % d" % (255, 255, 8, 97, 42, 42, 42, 42, 42), "%5s|%-5s|%.2s" % ("ab", "ab", "abc"), "%a" % "é", "%*d|%-*d" % (5, 1, 5, 2), "%.*f" % (2, 3.14159))
for fmt, arg in (("%d", "x"), ("%x", 1.5), ("%c", "ab"), ("%s %s", (1,)), ("%s", (1, 2)), ("%(a)s", 5), ("%q", 1), ("%", 1), ("%d", None), ("%(x)d", {}), ("%c", 1114112),
                 ("%d", float("inf")), ("%.2147483648f", 1), ("%(a", {}), ("abc", (1,)), ("abc", {})):
    try:
        print(fmt % arg)
    except (TypeError, ValueError, KeyError, OverflowError) as e:
        print(repr(fmt), type(e).__name__, e)
print("{} {} {}".format(1, "a", [2]), "{1} {0} {1}".format("a", "b"), "{a} {b[0]} {b[k]} {c.real}".format(a=1, b={0: "zero", "k": "v"}, c=5), "{:>{w}}".format("x", w=5), "{!r:>6} {!s} {!a}".format("q", "q", "é"))
print("{0:{1}.{2}f}".format(3.14159, 8, 2), "{{}} {{{0}}}".format(1), "{:,} {:_} {:b}".format(10 ** 7, 10 ** 7, 5), "{0[a]}".format({"a": 1}), "{:%}".format(0.5), "{:c}".format(8364))
for fmt, args in (("{}", ()), ("{0} {}", (1, 2)), ("{} {0}", (1, 2)), ("{a}", ()), ("{", ()), ("}", ()), ("{!x}", (1,)), ("{:d}", ("s",)), ("{0.x}", (1,)), ("{0[k]}", ({},)), ("{:>", (1,)),
                  ("{!}", (1,)), ("{a.}", ()), ("{0[}", (1,)), ("{:{}}", (1,)), ("{:{:{}}}", (1, 2, 3)), ("{0!r", (1,))):
    try:
        print(fmt.format(*args))
    except (IndexError, ValueError, KeyError, AttributeError, TypeError) as e:
        print(repr(fmt), type(e).__name__, e)
print("{x}".format_map({"x": 1}), format("s", ">4"), format(None), format([1]), format(3 + 4j, ".1f"), format(1j, ">8"), f"{1 + 2j:g}")
for v, spec in ((1.5, "d"), (1.5, "x"), (1, ".2d"), ("a", "d"), (1.5, "s"), (None, "5"), ([], "x"), (1.5, ".3.2f"), (1, "5 5"), (1j, "%"), (1, ",x"), (1, "_,"), (1.0, "z"), (1, "z"), ("a", "=5"), ("a", "z")):
    try:
        print(repr(format(v, spec)))
    except (ValueError, TypeError) as e:
        print(spec, type(e).__name__, e)
