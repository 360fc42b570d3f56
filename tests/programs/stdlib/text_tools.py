"""string, textwrap, difflib, pprint, csv, configparser, shlex, html, urllib.parse, base64, hashlib, zlib."""
import base64
import binascii
import configparser
import csv
import difflib
import gzip
import hashlib
import hmac
import html
import io
import pprint
import shlex
import string
import textwrap
import urllib.parse as up
import zlib
print(string.Template("$a ${b}c $$ $d").safe_substitute(a=1, b=2), string.capwords("a bC d"), string.ascii_lowercase, string.punctuation, string.Formatter().format("{0} {x}", 1, x=2), list(string.Formatter().parse("a{b!r:c}d")))
try:
    string.Template("$missing $").substitute(missing=1)
except (KeyError, ValueError) as e:
    print(type(e).__name__, e)
text = "The quick brown fox jumped over the lazy dog and kept running until the very end of the sentence."
print(textwrap.fill(text, 30, initial_indent="* ", subsequent_indent="  "), textwrap.wrap("a-very-long-hyphenated-word", 10), textwrap.shorten(text, 40), textwrap.dedent("  a\n    b\n  c"), textwrap.indent("x\n\ny", "> "), textwrap.wrap("longwordlongword", 5), sep="\n")
print("\n".join(difflib.unified_diff("a\nb\nc".split(), "a\nx\nc\nd".split(), "old", "new", lineterm="")), list(difflib.ndiff(["one\n"], ["ore\n"])), difflib.get_close_matches("appel", ["ape", "apple", "peach"]), round(difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), 3), difflib.SequenceMatcher(None, "qabxcd", "abycdf").get_opcodes())
pprint.pprint({"key": list(range(20)), "nested": {"a": ("x" * 30, "y" * 30), "b": {1: 2}}, "z": "long text " * 10}, width=60)
print(pprint.pformat([[1, 2], [3]], depth=1), pprint.pformat({"b": 1, "a": 2}), pprint.pformat({"b": 1, "a": 2}, sort_dicts=False), pprint.saferepr([1]), pprint.pformat(10 ** 7, underscore_numbers=True), pprint.pformat({1, 2}), pprint.isreadable([1]))
out = io.StringIO()
w = csv.writer(out)
w.writerows([["a", 'q"uote', "com,ma"], [1, None, 2.5], ["new\nline", "", " sp "]])
print(repr(out.getvalue()), list(csv.reader(io.StringIO(out.getvalue()))), list(csv.DictReader(["h1,h2", "1,2,3", "4"])), list(csv.reader(["a;'b;c'"], delimiter=";", quotechar="'")), list(csv.reader(["1,x"], quoting=csv.QUOTE_NONNUMERIC)) if False else "", csv.list_dialects())
dw = csv.DictWriter(out := io.StringIO(), ["x", "y"], lineterminator="|", quoting=csv.QUOTE_ALL, extrasaction="ignore")
dw.writeheader()
dw.writerow({"x": 1, "y": "é", "z": 0})
print(out.getvalue(), csv.Sniffer().sniff("a;b\nc;d").delimiter)
for f in (lambda: list(csv.reader(['"a'], strict=True)), lambda: csv.writer(out, delimiter="ab"), lambda: csv.DictWriter(out, ["x"]).writerow({"q": 1}), lambda: csv.get_dialect("no")):
    try:
        print(f())
    except (csv.Error, TypeError, ValueError) as e:
        print(type(e).__name__, e)
cp = configparser.ConfigParser()
cp.read_string("[main]\nkey = value\nnum: 5\nref = %(key)s-x\nmulti = a\n  b\nflag=yes\n[other]\nkey=o\n; comment\n")
print(cp.sections(), dict(cp["main"]), cp.getint("main", "num"), cp["main"].getboolean("flag"), cp.get("main", "nope", fallback="fb"), "other" in cp, cp.options("other"))
cp["new"] = {"k": "v"}
cp.write(out := io.StringIO())
print(repr(out.getvalue()[-20:]))
for f in (lambda: cp.get("x", "y"), lambda: cp.get("main", "zz"), lambda: cp.read_string("nosection"), lambda: cp.getint("main", "key")):
    try:
        f()
    except (configparser.Error, ValueError) as e:
        print(type(e).__name__, str(e).splitlines()[0])
print(shlex.split("a 'b c' d\\ e \"f'g\" # x", comments=True), shlex.quote("it's"), shlex.join(["a b", "c"]), list(shlex.shlex("x=1;y", punctuation_chars=True)))
print(html.escape("<a href='x'>&\"</a>"), html.unescape("&lt;&eacute;&#233;&#xe9;&amp;&nope;&copy"), up.quote("a b/é?"), up.unquote("a%20%C3%A9+"), up.quote_plus("a b&"), up.unquote_plus("a+b"), up.urlencode({"q": "a b", "l": [1, 2]}, doseq=True), up.parse_qs("a=1&b=2&a=3&c="), up.urljoin("http://h/a/b", "../c?d"), up.urlsplit("https://user:pw@host.com:80/p/a;x?q=1#frag"), up.urlparse("//net/p").netloc, up.urlunsplit(("s", "n", "/p", "q", "f")), up.urlsplit("http://h:99/").port)
for data in (b"", b"a", b"ab", b"abc", bytes(range(250, 256))):
    print(base64.b64encode(data), base64.urlsafe_b64encode(data), base64.b32encode(data), base64.b16encode(data), base64.a85encode(data), base64.b85encode(data), binascii.hexlify(data, " ") if data else "", base64.b64decode(base64.b64encode(data)) == data)
for f in (lambda: base64.b64decode("abc"), lambda: base64.b64decode(b"ab$c", validate=True), lambda: binascii.unhexlify("abc"), lambda: binascii.unhexlify("zz"), lambda: base64.b32decode("a"), lambda: zlib.decompress(b"junk"), lambda: zlib.decompress(zlib.compress(b"x" * 99)[:-3]), lambda: base64.b64encode("str"), lambda: hashlib.new("nope"), lambda: hashlib.md5("str"), lambda: gzip.decompress(b"x")):
    try:
        print(f())
    except (binascii.Error, ValueError, TypeError, zlib.error, OSError, EOFError) as e:
        print(type(e).__name__, e)
for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512", "blake2b", "blake2s"):
    h = hashlib.new(name, b"abc")
    h.update(b"def" * 100)
    print(name, h.hexdigest()[:24], h.digest_size, h.block_size, h.copy().digest() == h.digest(), h.name)
print(hashlib.shake_128(b"x").hexdigest(8), hashlib.blake2b(b"x", digest_size=8, key=b"k", salt=b"s").hexdigest(), hmac.new(b"key", b"msg", "sha256").hexdigest()[:16], hmac.compare_digest("a", "a"), hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 10).hex()[:16], zlib.crc32(b"abc"), zlib.adler32(b"abc"), binascii.crc32(b"abc", 5), binascii.crc_hqx(b"a", 0))
data = b"compress me " * 200
c = zlib.compressobj(9)
packed = c.compress(data[:1000]) + c.compress(data[1000:]) + c.flush()
d = zlib.decompressobj()
print(zlib.decompress(zlib.compress(data)) == data, d.decompress(packed + b"tail", 100) == data[:100], d.decompress(d.unconsumed_tail) == data[100:], d.unused_data, d.eof, gzip.decompress(gzip.compress(data)) == data, zlib.decompress(zlib.compress(data, wbits=-15), wbits=-15) == data, len(zlib.compress(data)) < 100)
