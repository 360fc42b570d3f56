# The CJK codecs: encoding and decoding with error handlers, incremental and stream classes.
import _codecs_jp
import _multibytecodec as m
import codecs
import io


def t(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


ENCODINGS = """big5 big5hkscs cp932 cp949 cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hz
    iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr johab shift_jis
    shift_jis_2004 shift_jisx0213""".split()
TEXTS = ["abc", "日本語", "中文", "한국어", "か\u309a\u00e6\u0300x", "\U00020000", "a\udc80", "\n~{", "ｶ£¥‾"]
BYTES = [b"\xa4\xa2", b"\x82\xa0\x82", b"\xff", b'\x1b$B$"\x1b(B', b"~{VPND~}", b"a\x80b", b"\x81\x30\x81\x30",
         b"\x1b$)C\x0e0!\x0f"]
for e in ENCODINGS:
    print("==", e)
    for s in TEXTS:
        print([t(s.encode, e, h) for h in ("strict", "replace", "xmlcharrefreplace")])
    for b in BYTES:
        print([t(b.decode, e, h) for h in ("strict", "replace", "backslashreplace")])
    enc = codecs.getincrementalencoder(e)()
    print([(t(enc.encode, c), t(enc.getstate)) for c in "日か\u309ax"], t(enc.encode, "", True))
    enc.reset()
    enc.errors = "ignore"
    print(t(enc.encode, "\udc80"), enc.errors, t(setattr, enc, "errors", 5), t(delattr, enc, "errors"))
    dec = codecs.getincrementaldecoder(e)("replace")
    data = "日本か中\u309a".encode(e, "ignore")
    print([(t(dec.decode, data[i:i + 1]), t(dec.getstate)) for i in range(len(data))], t(dec.decode, b"", True))
    w = codecs.getwriter(e)(o := io.BytesIO(), "ignore")
    w.write("日本か")
    w.writelines(["中", "x"])
    w.reset()
    print(o.getvalue())
    r = codecs.getreader(e)(io.BytesIO("日本\nか中\nxyz".encode(e, "ignore")))
    print([t(r.read, 1), t(r.readline), t(r.readlines), t(r.read)])

enc = codecs.getincrementalencoder("euc_jis_2004")()
for state in (-1, 1 << 200, "a", 255):
    print(t(enc.setstate, state))
dec = codecs.getincrementaldecoder("gbk")()
for state in ((b"\x82", 0), 5, (1, 2), (b"123456789", 0), (b"", -1)):
    print(t(dec.setstate, state), dec.getstate())
print(t(_codecs_jp.getcodec, "gbk"), t(_codecs_jp.getcodec, 5), t(m.MultibyteIncrementalEncoder))


class Wrong(m.MultibyteIncrementalEncoder):
    codec = 5


print(t(Wrong), t(m.__create_codec, 5))

# Positions that error handlers give.
codecs.register_error("test.far", lambda e: ("a", 2**70))
codecs.register_error("test.before", lambda e: ("a", -100))
codecs.register_error("test.back", lambda e: ("<>", e.end - len(e.object)))
for name in ("ascii", "cp1252", "gbk", "utf-8"):
    for h in ("test.far", "test.before", "test.back"):
        print(name, h, t("ab\ud800cd".encode, name, h), t(b"\x81\xffcd".decode, name, h))
