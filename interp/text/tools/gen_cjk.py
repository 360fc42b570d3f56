"""Writes the tables of the CJK codecs (src/cjk/tables/) from a CPython 3.12.

Run by hand:   python3.12 tools/gen_cjk.py

As in gen_tables.py, CPython's behaviour is the definition.  Every set of double-byte
characters is asked for all pairs of bytes; the answers go to blocks of 64 that all sets
share.  Encoding is the inverse of decoding (the lowest code wins) except for a list of
exceptions, so that no second set of tables is needed.
"""

import os
import struct
import subprocess
import sys

assert sys.version_info[:2] == (3, 12)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "cjk", "tables")
os.makedirs(OUT, exist_ok=True)

# Sets that belong to codecs: codec, prefix byte.
STATELESS = ["gb2312", "gbk", "gb18030", "big5", "cp950", "big5hkscs", "shift_jis", "cp932", "shift_jis_2004",
             "shift_jisx0213", "euc_kr", "cp949", "johab", "euc_jp", "euc_jis_2004", "euc_jisx0213"]
EUC3 = ["euc_jp", "euc_jis_2004", "euc_jisx0213"]
# Sets designated by escape sequences: name, codec, bytes before, and the mark.
ISO = [
    ("iso_jisx0208", "iso2022_jp", b"\x1b$B", 0x42 | 0x80),
    ("iso_jisx0212", "iso2022_jp_1", b"\x1b$(D", 0x44 | 0x80),
    ("iso_ksx1001", "iso2022_kr", b"\x1b$)C\x0e", 0x43 | 0x80),
    ("iso_gb2312", "iso2022_jp_2", b"\x1b$A", 0x41 | 0x80),
    ("iso_jisx0213_2004_1", "iso2022_jp_2004", b"\x1b$(Q", 0x51 | 0x80),
    ("iso_jisx0213_2004_2", "iso2022_jp_2004", b"\x1b$(P", 0x50 | 0x80),
    ("iso_jisx0213_2000_1", "iso2022_jp_3", b"\x1b$(O", 0x4F | 0x80),
    ("iso_jisx0213_2000_2", "iso2022_jp_3", b"\x1b$(P", 0x50 | 0x80),
]


def decoded(codec, data):
    """Text, or "" if it is illegal, or None if it is incomplete.

    U+FFFE stands for a code that the set reserves: the fault is both bytes, not the first.
    """
    try:
        return data.decode(codec)
    except UnicodeDecodeError as e:
        if e.reason.startswith("incomplete"):
            return None
        return "\ufffe" if len(data) == 2 and e.end - e.start == 2 else ""


def encoded(codec, text):
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return b""


LEAD, ILLEGAL = 0xFFFE, 0xFFFF
side = []  # texts that are not one character of the BMP
blocks, block_list = {}, []
indexes = []  # one of 1024 per set
names, exceptions, singles = [], [], []
pairs = []  # (set, first, second, code)


def unit(text):
    if not text:
        return 0
    if len(text) == 1 and text < "\ud800" or len(text) == 1 and "\udfff" < text <= "\uffff":
        return ord(text)
    if text not in side:
        side.append(text)
    return 0xD800 + side.index(text)


def add_set(name, table):
    """table: code -> text"""
    names.append(name)
    for high in range(1024):
        block = tuple(unit(table.get(high << 6 | low)) for low in range(64))
        if block not in blocks:
            blocks[block] = len(block_list)
            block_list.append(block)
        indexes.append(blocks[block])
    for code, text in table.items():
        if len(text) == 2:
            pairs.append((len(names) - 1, ord(text[0]), ord(text[1]), code))


def inverse(table):
    out = {}
    for code in sorted(table):
        if len(table[code]) == 1 and table[code] != "\ufffe":
            out.setdefault(ord(table[code]), code)
    return out


def add_exceptions(number, table, seen, reachable=lambda c: True):
    """seen: what CPython encodes, code point -> code"""
    guess = inverse(table)
    for c in sorted(set(guess) | set(seen)):
        if guess.get(c) != seen.get(c) and reachable(c):
            exceptions.append((number, c, seen.get(c, 0)))


every = [c for c in range(1, 0x30000) if not 0xD800 <= c < 0xE000]
first_blank = (0,) * 64
blocks[first_blank] = 0
block_list.append(first_blank)
ranges = []  # GB 18030: first, last, index

for codec in STATELESS:
    single = []
    for b in range(256):
        text = decoded(codec, bytes([b]))
        single.append(LEAD if text is None else ord(text) if text else ILLEGAL)
    singles.extend(single)
    table, table3 = {}, {}
    for b in range(256):
        if single[b] == LEAD:
            for t in range(256):
                # What decodes to two may be a pair of its own or a character and another.
                text = decoded(codec, bytes([b, t]))
                if text:
                    table[b << 8 | t] = text
                elif text is None and codec in EUC3:
                    for u in range(256):
                        if text := decoded(codec, bytes([b, t, u])):
                            table3[t << 8 | u] = text
    add_set(codec, table)
    seen, seen3 = {}, {}
    for c in every:
        e = encoded(codec, chr(c))
        if len(e) == 1:
            seen[c] = e[0]
        elif len(e) == 2:
            seen[c] = e[0] << 8 | e[1]
        elif len(e) == 3:
            assert e[0] == 0x8F
            seen3[c] = e[1] << 8 | e[2]
        elif len(e) == 4:
            assert codec == "gb18030"
            n = ((e[0] - 0x81) * 10 + e[1] - 0x30) * 1260 + (e[2] - 0x81) * 10 + e[3] - 0x30
            if c < 0x10000:
                assert e.decode(codec) == chr(c)
                if ranges and ranges[-1][1] == c - 1 and ranges[-1][2] + c - ranges[-1][0] == n:
                    ranges[-1][1] = c
                else:
                    ranges.append([c, c, n])
        elif len(e) == 8:
            assert codec == "euc_kr"
    full = dict(table)
    full.update((b, chr(single[b])) for b in range(1, 256) if single[b] < LEAD)
    add_exceptions(len(names) - 1, full, seen)
    if codec in EUC3:
        add_set(codec + "_3", table3)
        add_exceptions(len(names) - 1, table3, seen3, lambda c: c not in seen)
    assert decoded(codec, b"\0") == "\0" and encoded(codec, "\0") == b"\0"

iso_seen = {}


def scan(codec):
    """What the codec encodes: (mark, code point) -> code, by the escape sequence before it."""
    out = {}
    for c in every:
        e = encoded(codec, chr(c))
        if c < 0x80 or not e or e[0] != 0x1B:
            continue
        e = e[1:].replace(b"\x1b(B", b"").replace(b"\x0e", b"").replace(b"\x0f", b"")
        if e[0:1] == b"$":
            e = e[1:]
            if e[0] in b"()":
                e = e[1:]
            mark, data = e[0] | 0x80, e[1:]
        else:
            mark, data = e[1], e[2:]
        assert len(data) == (2 if mark & 0x80 else 1), (codec, c, e)
        out[mark, c] = int.from_bytes(data, "big")
    return out


scans = {codec: scan(codec) for codec in {i[1] for i in ISO}}
for name, codec, prefix, mark in ISO:
    table = {}
    for a in range(0x21, 0x7F):
        for b in range(0x21, 0x7F):
            if text := decoded(codec, prefix + bytes([a, b])):
                table[(a << 8 | b) | 0x8080] = text
    add_set(name, table)
    seen = {c: code | 0x8080 for (m, c), code in scans[codec].items() if m == mark}
    others = {c for (m, c) in scans[codec] if m != mark}
    add_exceptions(len(names) - 1, table, seen, lambda c: c not in others)


def write(name, fmt, values):
    values = list(values)
    with open(os.path.join(OUT, name + ".bin"), "wb") as f:
        f.write(struct.pack("<%d%s" % (len(values), fmt), *values))
    return name, len(values) * struct.calcsize(fmt)


files = [
    write("index", "H", indexes) + ("Per set, 1024 blocks: code >> 6 -> block",),
    write("blocks", "H", (u for b in block_list for u in b)) + ("Blocks of 64: characters, 0xD800 and up for a row of `SIDE`, 0xFFFE for reserved codes",),
    write("side", "I", (x for t in side for x in (ord(t[0]), ord(t[1]) if len(t) > 1 else 0)))
    + ("Rows of one or two code points",),
    write("singles", "H", singles) + ("Per codec, 256 single bytes: character, 0xFFFE for a lead byte, 0xFFFF",),
    write("exceptions", "I", (x for e in exceptions for x in e)) + ("Set, code point, code (0 for none) where encoding is not the inverse of decoding",),
    write("pairs", "I", (x for p in sorted(pairs) for x in p)) + ("Set, two code points, code",),
    write("gb18030_ranges", "I", (x for r in ranges for x in r)) + ("Four-byte GB 18030 in the BMP: first, last, index of the first",),
]
with open(os.path.join(OUT, "mod.rs"), "w") as f:
    f.write("//! Tables of the CJK codecs; written by tools/gen_cjk.py, not by hand.\n\n")
    for name, size, doc in files:
        f.write('/// %s.\npub static %s: &[u8; %d] = include_bytes!("%s.bin");\n' % (doc, name.upper(), size, name))
    f.write("\n")
    for i, name in enumerate(names):
        f.write("/// Set of double-byte characters.\npub const %s: usize = %d;\n" % (name.upper(), i))
subprocess.run(["rustfmt", "--edition", "2024", os.path.join(OUT, "mod.rs")], check=True)
print(len(names), "sets;", len(side), "side;", len(exceptions), "exceptions;", len(pairs), "pairs;", len(ranges), "ranges")
for name, size, _ in files:
    print("%-12s %7d" % (name, size))
import collections

print(collections.Counter(names[e[0]] for e in exceptions))
