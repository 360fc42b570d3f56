"""Literals: numbers, strings, bytes, implicit concatenation, escapes, line joining."""
print(1_000_000, 0x_ff, 0b1010_1010, 0o17, 00, 0_0, 1e3, 1.5e-7, .5, 5., 1_0.0_1, 0xdeadBEEF, 1E5, 3j, 1.5J, 0.0j)
print('single', "double", '''triple ' "''', """triple " '""", 'it''s' " " 'joined')
print("tab\tnewline\\n \x41 \u00e9 \U0001F600 \N{GREEK SMALL LETTER ALPHA} \101 \0".encode("unicode_escape"))
print(r"raw \n \x", R'\'', rb"\x00", br'\n', b"bytes \x00\xff \t", b'\101')
print("line \
continued", "a" "b"
      "c")
print(len("\
"), """first
second""", '\a\b\f\v\r'.encode())
print("é" == "\u00e9" == "\xe9", "\ud800".encode("utf-16", "surrogatepass"), len("😀"), "日本語", ascii("日本語"))
x = (1 +
     2 +  # comment
     3)
y = 1 + \
    2
print(x, y); print("semicolons"); z = 5
if z: print("one line"); print("suite")
print(0xFFFFFFFFFFFFFFFFFFFF, 10 ** 30, -7 // 2, -7 % 3, 2 ** -1, 2 ** 0.5)
print(True, False, None, ..., __debug__)
print((), (1,), (1, 2), [], [1, ], {}, {1}, {1: 2, }, {**{}}, [[]], ((())))
print(1if True else 2, [1for _ in (1, 2)])
print("%s %d %r %5.2f %x %%" % ("s", 3, "r", 2.5, 255), "%(a)s" % {"a": 1}, "%c%c" % (65, "B"))
変数 = "unicode name"
ﬁ = 1
print(変数, fi, "ﬁ" in globals(), "fi" in globals())
print(u"prefix", U"x", f"", F"{1}", b"" b"x")
print(1 .real, 1..real, 1.0.is_integer(), (5).bit_length(), -1 ** 2, (-1) ** 2, 2 ** 3 ** 2, not True == False)
print(1 if 0 else 2 if 0 else 3, lambda: 0 is None and 1, sep=" ") if False else print(1 or 2 and 3, 0 and 1 or 2)
print(- - 1, ~-1, + + 1, not not 1, 5 - -5, 1 < 2 == 2, (1 < 2) == 2, 1 & 3 == 3, 1 | 2 ^ 3 & 4 << 1 + 1)
for src in ("01", "1__0", "1_", "0x", "0b2", "0o8", "1e", "'unterminated", "'''open", "b'é'", "'\\x4'", "'\\u12'", "'\\N{NOPE}'",
            "1abc", "0_7", "1.e+", "\\ x", "a b", "$", "?", "'a' b'b'", "0xg", "1__", "5a", "1jx", "\x00"):
    try:
        compile(src, "<l>", "eval")
        print("fine", repr(src))
    except (SyntaxError, ValueError) as e:
        print(repr(src), getattr(e, "msg", e))
