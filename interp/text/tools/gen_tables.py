"""Writes the Unicode tables of krait-text (src/tables/) from a CPython 3.12.

Run by hand:   python3.12 tools/gen_tables.py

CPython 3.12 is the definition of what Krait has to answer (Unicode 15.0.0, and
3.2.0 for `unicodedata.ucd_3_2_0`), so the tables are read off its behaviour, one
code point at a time, instead of from the files of the Unicode database.  The
result is a handful of little-endian arrays, `*.bin`, and `mod.rs`, which names
their sizes and constants.
"""

import _sre
import ctypes
import os
import re
import struct
import subprocess
import sys
import unicodedata as ucd

from gen_tables_names import hidden_names

assert sys.version_info[:2] == (3, 12) and ucd.unidata_version == "15.0.0"

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "tables")
ALL = range(0x110000)
CHARS = [chr(c) for c in ALL]
old = ucd.ucd_3_2_0
consts = []
arrays = []


def emit(name, data, doc):
    with open(os.path.join(OUT, name + ".bin"), "wb") as f:
        f.write(data)
    arrays.append((name, len(data), doc))


def u16s(values):
    return struct.pack("<%dH" % len(values), *values)


def u32s(values):
    return struct.pack("<%dI" % len(values), *values)


class Blocks:
    """Blocks of a two-stage table; tables of equal shift may share one pool."""

    def __init__(self, shift):
        self.shift = shift
        self.seen = {}
        self.data = []

    def index(self, values):
        size = 1 << self.shift
        out = []
        for i in range(0, len(values), size):
            block = tuple(values[i : i + size])
            if block not in self.seen:
                self.seen[block] = len(self.seen)
                self.data.extend(block)
            out.append(self.seen[block])
        return out


def two_stage(name, doc, *columns):
    """Emits NAME_blocks and one NAME_indexN per column, with the best shift."""
    best = None
    for shift in range(4, 10):
        blocks = Blocks(shift)
        indexes = [blocks.index(col) for col in columns]
        size = 2 * len(blocks.data) + 2 * sum(map(len, indexes))
        if best is None or size < best[0]:
            best = size, blocks, indexes
    size, blocks, indexes = best
    consts.append((name.upper() + "_SHIFT", "u32", blocks.shift, "Low bits of a code point inside a block of `%s`" % name))
    for k, index in enumerate(indexes):
        emit("%s_index%s" % (name, k or ""), u16s(index), doc + ": code point >> shift -> block")
    emit(name + "_blocks", u16s(blocks.data), doc + ": blocks")


# --- the type records: what the str methods ask ---------------------------------

api = ctypes.pythonapi
FLAGS = [
    ("ALPHA", str.isalpha),
    ("DECIMAL", str.isdecimal),
    ("DIGIT", str.isdigit),
    ("NUMERIC", str.isnumeric),
    ("SPACE", str.isspace),
    ("PRINTABLE", str.isprintable),
    ("LINEBREAK", lambda c: bool(api._PyUnicode_IsLinebreak(ord(c)))),
    ("UPPER", lambda c: bool(api._PyUnicode_IsUppercase(ord(c)))),
    ("LOWER", lambda c: bool(api._PyUnicode_IsLowercase(ord(c)))),
    ("TITLE", lambda c: bool(api._PyUnicode_IsTitlecase(ord(c)))),
    ("XID_START", lambda c: bool(api._PyUnicode_IsXidStart(ord(c)))),
    ("XID_CONTINUE", lambda c: bool(api._PyUnicode_IsXidContinue(ord(c)))),
    ("CASED", lambda c: bool(api._PyUnicode_IsCased(ord(c)))),
    ("CASE_IGNORABLE", lambda c: bool(api._PyUnicode_IsCaseIgnorable(ord(c)))),
    ("SPECIAL_CASE", None),
]

numbers = {None: 0}
number_list = [0.0]


def number(value):
    if value not in numbers:
        numbers[value] = len(number_list)
        number_list.append(value)
    return numbers[value]


def i32(x):
    return ctypes.c_int32(x).value


records = {}
record_list = []
special = {}
special_list = []
types = []
for c in ALL:
    s = CHARS[c]
    flags = 0
    for bit, (_, test) in enumerate(FLAGS):
        if test and test(s):
            flags |= 1 << bit
    lower = api._PyUnicode_ToLowercase(c)
    upper = api._PyUnicode_ToUppercase(c)
    title = api._PyUnicode_ToTitlecase(c)
    fulls = (s.lower(), s.upper(), s.title(), s.casefold())
    spec = 0
    if fulls != (chr(lower), chr(upper), chr(title), chr(lower)):
        flags |= 1 << [n for n, _ in FLAGS].index("SPECIAL_CASE")
        if fulls not in special:
            special[fulls] = len(special_list)
            special_list.append(fulls)
        spec = special[fulls]
    decimal = ucd.decimal(s, 255)
    digit = ucd.digit(s, 255)
    assert (decimal != 255) == s.isdecimal() and (digit != 255) == s.isdigit()
    num = ucd.numeric(s, None)
    assert (num is not None) == s.isnumeric()
    rec = (flags, spec, lower - c, upper - c, title - c, decimal, digit, number(num))
    if rec not in records:
        records[rec] = len(record_list)
        record_list.append(rec)
    types.append(records[rec])
for bit, (name, _) in enumerate(FLAGS):
    consts.append((name, "u16", "1 << %d" % bit, "Flag of a type record"))
two_stage("type", "Type records", types)
emit(
    "type_records",
    b"".join(struct.pack("<HHiiiBBBx", *r) for r in record_list),
    "Type records: flags, special-case row, offsets to lower, upper and title case, decimal, digit, number row",
)
emit(
    "special_cases",
    b"".join(
        b"".join(u32s([ord(x) for x in m] + [0] * (3 - len(m))) for m in row) for row in special_list
    ),
    "Rows of lower, upper, title, casefold; three code points each, zero-filled",
)
# --- the records of unicodedata, for 15.0.0 and 3.2.0 ------------------------------

cats, bidis, widths = [], [], []


def nth(table, value):
    if value not in table:
        table.append(value)
    return table.index(value)


QC = ("NFC", "NFD", "NFKC", "NFKD")


def database_record(u, c):
    s = CHARS[c]
    num = u.numeric(s, None)
    return (
        nth(cats, u.category(s)),
        nth(bidis, u.bidirectional(s)),
        u.combining(s),
        nth(widths, u.east_asian_width(s)) | u.mirrored(s) << 7,
        u.decimal(s, 255),
        u.digit(s, 255),
        number(num),
        0,
    )


# The quick check, two bits per form as QC orders them: 0 yes, 1 maybe, 2 no.
# NFD/NFKD: no if it changes.  NFC/NFKC: no if it changes alone, maybe if it can
# be the second part of a composition (read off the compositions found below).
LBASE, VBASE, TBASE, SBASE = 0x1100, 0x1161, 0x11A7, 0xAC00
pairs = {}
for c in ALL:
    d = ucd.decomposition(CHARS[c])
    if d and not d.startswith("<") and " " in d:
        a, b = (int(x, 16) for x in d.split())
        if ucd.normalize("NFC", chr(a) + chr(b)) == CHARS[c]:
            pairs[a, b] = c
seconds = {b for _, b in pairs} | set(range(VBASE, VBASE + 21)) | set(range(TBASE + 1, TBASE + 28))
QUICK = []
for c in ALL:
    bits = 0
    for k, form in enumerate(QC):
        if ucd.normalize(form, CHARS[c]) != CHARS[c]:
            bits |= 2 << 2 * k
        elif "C" in form and c in seconds:
            bits |= 1 << 2 * k
    QUICK.append(bits)

db_records, db_list = {}, []


def db_column(u, with_quick):
    col = []
    for c in ALL:
        r = database_record(u, c)
        if with_quick:
            r = r[:-1] + (QUICK[c],)
        if r not in db_records:
            db_records[r] = len(db_list)
            db_list.append(r)
        col.append(db_records[r])
    return col


new_col = db_column(ucd, True)
# The old database has no quick check; reuse the new record where nothing differs.
old_col = []
for c in ALL:
    r = database_record(old, c)
    n = db_list[new_col[c]]
    if r[:-1] == n[:-1]:
        old_col.append(new_col[c])
        continue
    if r not in db_records:
        db_records[r] = len(db_list)
        db_list.append(r)
    old_col.append(db_records[r])
emit("numbers", struct.pack("<%dd" % len(number_list), *number_list), "Numeric values")
two_stage("data", "Database records (15.0.0, and 3.2.0 as index1)", new_col, old_col)
emit(
    "data_records",
    b"".join(struct.pack("<8B", *r) for r in db_list),
    "Category, bidirectional class, combining class, width | mirrored << 7, decimal, digit, number row, quick check",
)

# --- decompositions ------------------------------------------------------------------

prefixes = [""]
pool, where, dec = [0], {"": 0}, []
for c in ALL:
    d = "" if 0xAC00 <= c <= 0xD7A3 else ucd.decomposition(CHARS[c])
    if d not in where:
        parts = d.split()
        prefix = parts.pop(0) if parts[0][0] == "<" else ""
        units = struct.unpack("<%dH" % (len(e) // 2), e) if (e := "".join(chr(int(p, 16)) for p in parts).encode("utf-16-le")) else ()
        where[d] = len(pool)
        pool.append(nth(prefixes, prefix) << 8 | len(units))
        pool.extend(units)
    dec.append(where[d])
assert len(pool) < 0x10000
two_stage("decomp", "Decompositions: offset into the pool", dec)
emit("decomp_pool", u16s(pool), "Decompositions: prefix << 8 | length, then UTF-16 units")
emit("compose", u32s([x for (a, b), c in sorted(pairs.items()) for x in (a, b, c)]), "Compositions: first, second, result; sorted")

# What 3.2.0 decomposed differently (Unicode's NormalizationCorrections).
fixes = []
for c in ALL:
    s = CHARS[c]
    if old.category(s) != "Cn" and old.normalize("NFD", s) != ucd.normalize("NFD", s):
        fixes.append((c, ord(old.normalize("NFD", s))))
        assert old.decomposition(s) == ucd.decomposition(s)

# --- names ------------------------------------------------------------------------------

aliases, sequences = [], []
for name in hidden_names():
    target = ucd.lookup(name)
    (aliases if len(target) == 1 else sequences).append((name, target))

cjk = []  # ranges of "CJK UNIFIED IDEOGRAPH-XXXX"
names = []  # (name, code); aliases and sequences get codes above 0x110000
for c in ALL:
    name = ucd.name(CHARS[c], None)
    if name is None:
        continue
    if name == "CJK UNIFIED IDEOGRAPH-%X" % c:
        if cjk and cjk[-1][1] == c - 1:
            cjk[-1][1] = c
        else:
            cjk.append([c, c])
    elif not 0xAC00 <= c <= 0xD7A3:
        names.append((name, c))
for k, (name, _) in enumerate(aliases + sequences):
    names.append((name, 0x110000 + k))

# A name is pieces: a word, or a word with the hyphen (and rarely the space) before it.
# A space belongs before each piece that is not first and starts with neither, so that
# most spaces cost nothing.
counts = {}
split = {}
for name, c in names:
    pieces = re.findall(r" ?-[^ -]*|[^ -]+", name)
    joined = "".join(p if i == 0 or p[0] in " -" else " " + p for i, p in enumerate(pieces))
    assert joined == name, name
    split[name] = pieces
    for p in pieces:
        counts[p] = counts.get(p, 0) + 1
# Codes below ONE take a byte, the rest two.
ordered = sorted(counts, key=lambda w: (-counts[w], w))
ONE = 256 - (len(ordered) >> 8) - 1
code = {w: i for i, w in enumerate(ordered)}
assert ONE + (256 - ONE) * 256 >= len(ordered)
text, offsets = bytearray(), []
for w in ordered:
    offsets.append(len(text))
    text += w.encode()
offsets.append(len(text))
assert len(text) < 1 << 24


def encode_name(name):
    out = bytearray()
    for piece in split[name]:
        n = code[piece]
        if n < ONE:
            out.append(n)
        else:
            out += bytes((ONE + (n - ONE >> 8), n - ONE & 255))
    return bytes(out)


names_by_code = sorted(names, key=lambda p: p[1])
stream, starts = bytearray(), []
rank = {}
for i, (name, c) in enumerate(names_by_code):
    rank[c] = i
    e = encode_name(name)
    starts.append(len(stream))
    assert len(e) < 256
    stream += e
starts.append(len(stream))
emit("name_words", bytes(text), "Names: the words, one after the other")
emit("name_word_starts", b"".join(struct.pack("<I", o)[:3] for o in offsets), "Names: where words start, 3 bytes each")
emit("name_stream", bytes(stream), "Names: word codes of one or two bytes")
emit("name_starts", b"".join(struct.pack("<I", o)[:3] for o in starts), "Names: where names start, 3 bytes each, by row")
emit("name_codes", b"".join(struct.pack("<I", c)[:3] for _, c in names_by_code), "Names: code of each row, rising, 3 bytes each")
emit("name_order", u16s([rank[c] for _, c in sorted(names)]), "Names: rows in the order of the names")
targets = [t for _, t in aliases + sequences]
emit("name_targets", b"".join(u32s([ord(x) for x in t] + [0] * (4 - len(t))) for t in targets), "Aliases, then sequences: up to four code points each")
assert max(map(len, targets)) <= 4 and len(names) < 0x10000
consts.append(("NAME_ONE_BYTE", "u8", ONE, "First byte of a word code of two bytes"))
consts.append(("NAME_ALIASES", "u32", len(aliases), "Aliases; codes 0x110000 and up, sequences follow them"))
consts.append(("NAME_MAX", "usize", max(len(n) for n, _ in names), "Length of the longest name"))

# --- mod.rs -------------------------------------------------------------------------------


def rust_list(name, ty, items, doc):
    return "/// %s.\npub static %s: [%s; %d] = [%s];\n" % (doc, name, ty, len(items), ", ".join(items))


with open(os.path.join(OUT, "mod.rs"), "w") as f:
    f.write("//! Unicode 15.0.0 (and 3.2.0) tables; written by tools/gen_tables.py, not by hand.\n//!\n")
    f.write("//! Arrays are little-endian bytes, read in place: nothing is unpacked at start-up and only\n")
    f.write("//! the pages that are asked for become resident.\n\n")
    for name, ty, value, doc in consts:
        f.write("/// %s.\npub const %s: %s = %s;\n" % (doc, name, ty, value))
    f.write("\n")
    for name, size, doc in arrays:
        f.write("/// %s.\npub static %s: &[u8; %d] = include_bytes!(\"%s.bin\");\n" % (doc, name.upper(), size, name))
    f.write("\n")
    quote = lambda xs: ['"%s"' % x for x in xs]
    f.write(rust_list("CATEGORIES", "&str", quote(cats), "General categories"))
    f.write(rust_list("BIDI_CLASSES", "&str", quote(bidis), "Bidirectional classes"))
    f.write(rust_list("WIDTHS", "&str", quote(widths), "East Asian widths"))
    f.write(rust_list("DECOMP_PREFIXES", "&str", quote(prefixes), "Tags of compatibility decompositions"))
    pair = lambda ps: ["(0x%X, 0x%X)" % tuple(p) for p in ps]
    f.write(rust_list("CJK_RANGES", "(u32, u32)", pair(cjk), "Code points named CJK UNIFIED IDEOGRAPH, inclusive"))
    f.write(rust_list("FIXES_3_2_0", "(u32, u32)", pair(fixes), "What 3.2.0 decomposed to another character"))

subprocess.run(["rustfmt", "--edition", "2024", os.path.join(OUT, "mod.rs")], check=True)

total = sum(s for _, s, _ in arrays)
print("records %d types, %d data; %d special; %d numbers; %d names, %d words; %d pairs" % (len(record_list), len(db_list), len(special_list), len(number_list), len(names), len(ordered), len(pairs)))
for name, size, _ in arrays:
    print("%-20s %7d" % (name, size))
print("total", total, "fixes", fixes, "cjk", [tuple(map(hex, r)) for r in cjk], len(aliases), len(sequences))
