"""re: matching, groups, flags, substitution, splitting, compiled objects, match objects."""
import re
m = re.match(r"(?P<year>\d{4})-(?P<month>\d\d)(-(\d\d))?", "2024-05 rest")
print(m, m.group(), m.group(1, 2), m["year"], m.groups(), m.groups("none"), m.groupdict(), m.span(), m.span("month"), m.start(3), m.end(), m.lastindex, m.lastgroup, m.expand(r"\2/\g<year>"), m.re.pattern, m.string[m.end():], m.pos, m.endpos, m.regs)
print(re.search("b+", "aabbb"), re.match("b", "ab"), re.fullmatch("a+", "aaa"), re.fullmatch("a|ab", "ab"), re.findall(r"\w+", "a bc-d"), re.findall(r"(\w)(\d)", "a1 b2"), re.findall("(a)|b", "ab"), re.findall("", "ab"), [x.span() for x in re.finditer("a*", "baac")])
print(re.sub("a", "x", "banana"), re.sub("a", "x", "banana", count=2), re.subn("(a)(n)", r"\2\1", "banana"), re.sub(r"\d+", lambda m: str(int(m[0]) * 2), "a1b22"), re.sub("", "-", "ab"), re.sub("x*", "-", "axb"), re.sub("(?P<n>b)", r"[\g<n>\g<0>]", "abc"), re.sub("a", r"\n\\", "a"))
print(re.split(r"[,;]\s*", "a, b;c"), re.split("(-)", "a-b-c", maxsplit=1), re.split("", "ab"), re.split("x*", "axbc"), re.split(r"(\d)|(z)", "a1bzc"), re.escape("a.b*c[é]_-"), re.purge())
print(re.findall("a.c", "abc a\nc"), re.findall("a.c", "a\nc", re.S), re.findall("^x", "x\nx", re.M), re.findall("^x", "x\nx"), re.findall("[a-c]+", "ABCabc", re.I), re.findall(r"\bfoo\b", "foo food foo"), re.findall("x$", "x\n"), re.findall(r"x\Z", "x\n"), re.findall("é", "É", re.I), re.findall(r"\w", "é_1", re.A), re.findall(r"\w", "é日٣"), re.findall(r"\d\s\D", "1 a\u2003"), re.findall("ß|ſ", "SẞS", re.I))
print(re.findall("""a  # comment
  b""", "ab", re.X), re.compile("(?i:a)b").findall("Ab AB"), re.findall("(?s).+", "a\nb"), re.findall("(?ix) A  b", "ab"), re.findall("(?-i:A)b", "AB Ab", re.I), re.findall("(?a:\\w)", "é"))
print(re.findall("a{2}", "aaaa"), re.findall("a{,2}", "aaa"), re.findall("a{1,}?", "aaa"), re.findall("<.*>", "<a><b>"), re.findall("<.*?>", "<a><b>"), re.findall("a?+a", "aa a"), re.findall("(?>a+)b", "aaab"), re.findall("a++b", "aab"), re.findall("(ab)*+c", "ababc"), re.findall("x{2,3}+x", "xxxx"), re.match("(a|ab)(c|bcd)(d*)", "abcd").groups(), re.findall("a{x}", "a{x}"), re.findall("(?:ab){2}", "ababab"))
print(re.findall("a(?=b)", "abac"), re.findall("a(?!b)", "abac"), re.findall("(?<=b)a", "baca"), re.findall("(?<!b)a", "baca"), re.findall(r"(\w)\1", "aabbcd"), re.findall(r"(?P<q>['\"]).*?(?P=q)", "'a' \"b\""), re.findall(r"(a)?b(?(1)c|d)", "abc bd"), re.match(r"(?:(a)|b)*", "ab").groups(), re.match("(a)*", "aaa").span(1), re.match("((a)|b)*", "ab").groups())
print(re.findall("[^a-c]", "abcd"), re.findall("[]a]", "]a"), re.findall(r"[\w-]", "a-é!"), re.findall("[a\\-z]", "-az"), re.findall(r"[\d\-x]+", "1-x"), re.findall("[.*]", "a.*"), re.findall(r"\.", "a.b"), re.findall(r"[\]^]", "]^"), re.findall(r"\x41\u00e9\t\0", "Aé\t\0"), re.findall("\N{DIGIT ONE}", "1"), re.findall(r"[\N{DIGIT ONE}-5]", "0136"), re.findall("[é-日]", "aéΩ日本"), re.findall("[😀-😎]", "😃x"))
p = re.compile(r"(\d+)(?P<u>\w)?", re.I | re.M)
print(p, p.flags, p.groups, p.groupindex, p.pattern, p.match("12x", 1), p.search("ab12", 0, 3), p.fullmatch("12", 0, 1), p == re.compile(r"(\d+)(?P<u>\w)?", re.I | re.M), hash(p) == hash(re.compile(p.pattern, p.flags)), re.compile(p) is p, re.compile("a").flags, re.compile(b"a").flags)
print(re.findall(b"[a-c]+", b"xabcx"), re.sub(b"a", b"\xff", b"banana"), re.match(rb"\w+", b"ab\xe9"), re.match(rb"(?L)\w", b"a"), re.split(b",", b"a,b"), re.match(b"a", bytearray(b"ab")), re.findall(b".", memoryview(b"xy")))
for pat in ("(", ")", "[", "a{2,1}", "*a", "a**", "(?P<1>a)", "(?P<a>x)(?P<a>y)", r"\1", r"(?P=no)", "(?z)", "[z-a]", r"\q", "(?<=a*)b", "a(?i)b", "(?P<a", "(?(2)a)", "[a", r"\x4", "x{99999999999}", "(?#", "(?P>a)", "a++*", "(?:a", r"\N{no}", r"[\q]", "(?i-i:a)", "(?-a:x)", "\\"):
    try:
        re.compile(pat)
        print("fine", pat)
    except re.error as e:
        print(repr(pat), e, e.pos, e.lineno, e.colno)
    except (OverflowError, RecursionError) as e:
        print(repr(pat), type(e).__name__, e)
for f in (lambda: re.match("a", b"a"), lambda: re.match(b"a", "a"), lambda: re.sub("a", r"\9", "a"), lambda: re.sub("a", r"\g<x>", "a"), lambda: re.sub("a", 5, "a"), lambda: m.group(9), lambda: m["no"], lambda: re.compile("a", 5.5), lambda: re.match("a", 5), lambda: re.sub("a", r"\q", "a"), lambda: re.compile(b"a", re.U), lambda: re.compile("a", re.L), lambda: re.compile(5), lambda: re.sub("(a)", r"\g<1", "a")):
    try:
        print(f())
    except (TypeError, IndexError, re.error, ValueError) as e:
        print(type(e).__name__, e)
print(re.I, re.I | re.M, re.RegexFlag(0), re.compile("x", re.DEBUG if False else 0), re.NOFLAG, bool(m), m == m, re.match("a", "a") == re.match("a", "a"), re.Pattern.__name__, type(m).__name__)
