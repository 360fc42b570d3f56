"""Every method of str, with results and errors."""
s = "Hello, World"
print(s.capitalize(), s.casefold(), s.center(20, "*"), s.count("l"), s.count("l", 4), s.count(""), s.encode(), s.endswith("ld"), s.endswith(("x", "d")), s.expandtabs())
print(s.find("o"), s.find("o", 5), s.find("z"), s.rfind("o"), s.index("W"), s.rindex("l"), s.find(""), s.find("", 20), s.rfind(""), s.find("l", -3, -1))
for name, args in (("index", ("z",)), ("rindex", ("z",)), ("find", (1,)), ("count", (None,)), ("startswith", (1,)), ("startswith", (["a"],)), ("center", (10, "ab")), ("join", (5,)), ("replace", (1, 2)),
                   ("split", ("",)), ("partition", ("",)), ("encode", ("nope",)), ("zfill", ("a",)), ("translate", (5,)), ("strip", (1,)), ("ljust", (5, "")), ("removeprefix", (1,))):
    try:
        print(getattr(s, name)(*args))
    except (ValueError, TypeError, LookupError) as e:
        print(name, type(e).__name__, e)
for name in "isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper".split():
    print(name, [int(getattr(v, name)()) for v in ("", "abc", "ABC", "a1", "1", "²", "½", "٣", " \t", "Title Case", "_x", "é", "Ⅷ", "a\n", "class", "Ab1", "\x00")])
print(s.join("abc"), "-".join(["x"]), "".join([]), ",".join(str(i) for i in range(4)), s.ljust(15, ".") + "|", s.rjust(15) + "|", s.lower(), s.upper(), s.swapcase(), s.title())
print("  x y ".strip() + "|", "xxabxx".strip("x"), "abcabc".lstrip("ab"), "abcabc".rstrip("bc"), "\u2003x\u2003".strip() + "|", "aXbX".strip("Xa"), "".strip() + "|")
print(s.partition(", "), s.rpartition("o"), s.partition("zz"), s.rpartition("zz"), "a.b.c".rpartition("."))
print(s.replace("l", "L"), s.replace("l", "L", 2), "aaa".replace("", "-"), "aaa".replace("aa", "b"), "abc".replace("", "x", 2), "".replace("", "y"), "x".replace("x", ""))
print("a,b,,c".split(","), "a,b,,c".split(",", 1), " a  b ".split(), " a  b  c ".split(None, 1), "a,b,c".rsplit(",", 1), " a b ".rsplit(), "".split(), "".split(","), "abc".split("abc"), "aXXbXX".split("XX"))
print("a\nb\r\nc\rd\x0be\x1cf\u2028g".splitlines(), "a\n\nb\n".splitlines(True), "".splitlines(), "a\n".splitlines())
print("abc".startswith("b", 1), "abc".startswith(""), "abc".startswith("", 4), "abc".endswith("b", 0, 2), "abc".startswith(()), "x".startswith(("", "y")))
print("abc".translate({97: "X", 98: None, 99: 100}), "hello".translate(str.maketrans("el", "ip", "o")), str.maketrans({"a": 1, 98: "c"}), "aé".translate({0xe9: "e"}))
print("42".zfill(5), "-42".zfill(5), "+4".zfill(1), "abc".zfill(6), "a\tbc\td".expandtabs(4), "\t".expandtabs(0), "a\tb\nc\td".expandtabs(8), "prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py"), "x".removesuffix(""))
print("ß".upper(), "ŉ".upper(), "İ".lower(), "Σ".lower(), "ΑΣ".lower(), "ǆ".title(), "ﬁ".capitalize(), "ß".casefold(), "ΑΣ Σ".lower(), "they're bill's".title(), "ÿ".upper(), "ǅ".swapcase())
print("abc"[1], "abc"[-1], "abcdef"[::2], "abcdef"[::-1], "abcdef"[4:1:-1], "abc"[5:], "abc"[-100:2], "b" in "abc", "" in "", "abc" * 2, "a" < "B", "é" > "z", "abc" == "ab" + "c")
for src in ("'abc'[3]", "'abc'['a']", "'abc'[1.0]", "1 in 'abc'", "'a' * 'b'", "'abc'[::0]", "ord('ab')", "chr(-1)", "chr(0x110000)", "'a' % 1", "'a' < 1"):
    try:
        print(eval(src))
    except (IndexError, TypeError, ValueError) as e:
        print(src, type(e).__name__, e)
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\n\t\r\\\x00\x7f\xa0é\u200b\ud800😀"), ascii("é😀\n"), "é".isprintable(), str(b"x", "ascii"), str(5), str())
print(hash("a") == hash("a"), "abc".__contains__("b"), "a".__add__("b"), len("\U0001F600"), "%s" % "x", "abc".__getitem__(slice(0, 2)), "a".__mul__(3), "x".__format__(">3"), sorted("hello"), max("abc"), "".join(set("aaa")))
