"""Code points beyond ASCII: widths, slices, normalization, encodings and their errors."""
import unicodedata
samples = ["ascii", "latin é ÿ", "bmp 日本 Ω", "astral 😀𝒳", "mixed aé日😀", "\ud83d\ude00", "e\u0301", "\x00\x7f\x80\xff\u0100\uffff\U00010000\U0010ffff"]
for s in samples:
    print(ascii(s), len(s), ascii(s[::-1]), [hex(ord(c)) for c in s[-2:]], s.isascii(), ascii(s.upper()), ascii(s[1:3]), s == s[:2] + s[2:])
a = "abc"
for extra in ("é", "日", "😀"):
    joined = a + extra
    print(joined, len(joined), joined[:-1] == a, hash(joined[:-1]) == hash(a), joined.find(extra), joined.count(extra), joined.replace(extra, "x") == "abcx", (joined * 2).split(extra), joined.index(extra), joined < a, max(joined))
for enc in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-7", "latin-1", "ascii", "cp1252", "utf-8-sig", "idna", "punycode", "unicode_escape", "raw_unicode_escape"):
    for s in ("aé", "日", "😀"):
        try:
            b = s.encode(enc)
            print(enc, b, b.decode(enc) == s)
        except UnicodeError as e:
            print(enc, type(e).__name__, e)
for errors in ("ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace", "surrogateescape", "surrogatepass", "bogus"):
    try:
        print(errors, "aé日😀\udc80".encode("ascii", errors))
    except (UnicodeError, LookupError) as e:
        print(errors, type(e).__name__, ascii(str(e)))
for data in (b"\xff", b"\xc3", b"\xe2\x82", b"a\x80b", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"ok \xe2\x82\xac", b"\xf0\x9f\x98", b"\xf8\x88\x80\x80\x80"):
    for errors in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape"):
        try:
            print(ascii(data.decode("utf-8", errors)), end=" ")
        except UnicodeDecodeError as e:
            print(e, (e.start, e.end, e.reason, e.encoding), end=" ")
    print()
for data, enc in ((b"\x00", "utf-16-le"), (b"\x00\xd8\x00\x00", "utf-16-le"), (b"\xff\xfea\x00", "utf-16"), (b"\x00\x00\x11\x00", "utf-32-le"), (b"\x81", "cp1252"), (b"\\u12", "unicode_escape"), (b"\\x4g", "unicode_escape"), (b"+AGE-", "utf-7"), (b"\xff", "ascii")):
    try:
        print(enc, ascii(data.decode(enc)))
    except UnicodeError as e:
        print(enc, e)
print([ascii(unicodedata.normalize(f, "é\u0301ﬁ²Å")) for f in ("NFC", "NFD", "NFKC", "NFKD")], unicodedata.name("é"), unicodedata.category("A"), unicodedata.lookup("SNOWMAN"), unicodedata.numeric("½"), unicodedata.decimal("٣"), unicodedata.combining("\u0301"), unicodedata.east_asian_width("日"), unicodedata.bidirectional("א"))
print("ﬀ".casefold(), "ẞ".lower(), "Ǆ".lower(), "ᾳ".title().encode("unicode_escape"), "x".isidentifier(), "ªb".isidentifier(), "٣x".isidentifier(), "x٣".isidentifier(), "日".isalpha(), "一".isnumeric())
e = UnicodeEncodeError("enc", "text", 1, 3, "why")
print(e, e.args, e.object, UnicodeTranslateError("abc", 0, 1, "r"), sorted("éeêzZaÅ"), "z" < "é", "\uffff" < "\U00010000")
e.end = 100
print(e, str(b"\xe9", "latin-1"), bytes("é", "utf-8"), "é".encode().hex(), "é".encode("utf-8").decode("latin-1"))
