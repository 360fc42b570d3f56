"""f-strings: PEP 701 nesting, conversions, format specs, self-documenting expressions."""
name, n, pi = "wörld", 42, 3.14159
print(f"hello {name}! {n + 1} {pi:.2f} {n:>6}|{n:<6}|{n:^6}|{n:06d}|{n:+}|{n:#x}|{n:,}")
print(f"{name!r} {name!s} {name!a} {'x'!r:>6}")
print(f"{n=} {n = } {n=:>5} {name=!s} {pi=:.1f} {n + 1=}")
width, prec = 10, 3
print(f"{pi:{width}.{prec}} {pi:{'>'}{width}.{prec}f} {'s':{'*'}^{width}}")
print(f"{{}} {{{n}}} {{{{}}}} {'{'} {'}'}")
print(f"{'nested ' + f'{name} {f"{n}"}'}")
print(f"{"same quotes"} {'a' "b" 'c'} {"\n".join(["x", "y"])}")
print(f"{[x * 2 for x in range(3)]} {dict(a=1)['a']} { {'k': 'v'}['k'] } {(lambda x: x + 1)(2)}")
print(f"{n if n > 40 else 'small'} {not n} {n == 42} {n != 1} {n >= 2}")
print(f"""multi
{n
 + 1  # a comment
} end {
    name
}""")
print(f"{'a' if True else 'b'!r}", f"{n!r:^10}", f'{n:{"0"}>{5}}')
print(rf"\d{n}\n", fr"{name}\t", f"\N{SNOWMAN} \x41 \u00e9 {'\N{BULLET}'}")


class F:
    def __format__(self, spec):
        return f"<{spec}>"

    def __repr__(self):
        return "F()"

    def __str__(self):
        return "str F"


print(f"{F()} {F():abc} {F()!r} {F()!s:>8} {F():%H:%M} {F()=}")
print(f"{F():{n}{'x'}y}")
import datetime
print(f"{datetime.date(2024, 2, 29):%Y/%m/%d}")
print("plain " f"{n} " "plain {n}" rf" {n}\{n}")
print(f"{(walrus := 5)} {walrus}", f"{n:=+7}")
print(f"{1_000_000:_} {255:b} {255:o} {255:X} {1e10:g} {0.000001:e} {True:d} {'c':s} {65:c} {0.25:%}")
print(f"{None} {...} {int} {()} {[]} {b'x'}")
print(f"" == "", f"{''}" "", f"{'abc':.2}", f"{'abc':5.1}|")
for src in ("f'{a b}'", "f'{'", "f'}'", "f'{}'", "f'{a!x}'", "f'{a!}'", "f'{!r}'", "f'{a:{b:{c:{d}}}}'", "f'{lambda x: 1}'",
            "f'{a = !r:}'", "f'{*a}'", "f'{a $ b}'", "f'{a['b']'", "f'{\n}'", "f'{a!r b}'", "f'{yield}'", "f'{1:d!r}'"):
    try:
        compile(src, "<f>", "eval")
        print("fine", src)
    except SyntaxError as e:
        print(repr(src), e.msg)
for spec, v in ((">>5", 1), ("d", "s"), ("s", 1), ("d", 1.5), (",s", "a"), ("x", 1.0), (".3d", 1), ("q", 1), ("+", "s"), ("c", 1114112)):
    try:
        print(format(v, spec))
    except (ValueError, OverflowError) as e:
        print(e)
