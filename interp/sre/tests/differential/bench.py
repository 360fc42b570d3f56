"""Times CPython's `re` on patterns in the manner of regex_dna, regex_effbot and regex_v8, and writes them for
`cargo run --example bench`, which times the engine on the same.

Usage: python3.12 bench.py FILE
"""
import random
import re
import sys
import time

r = random.Random(42)
DNA = "".join(">x\n" if r.random() < 0.0001 else r.choices("acgt\n", [30, 20, 20, 30, 1.6])[0] for _ in range(300_000))
LETTERS = "".join(r.choice("abcdefghijklmnopqrstuvwxyz ABCDE,.\n") for _ in range(10_000))
LINE = LETTERS.replace("\n", " ")
WORDS = " ".join("".join(r.choice("etaoinshrdlu") for _ in range(r.randint(1, 9))) for _ in range(30_000))
HTML = "".join(
    f'<a href="http://example.com/{r.randint(0, 9999)}?q={r.randint(0, 99)}" class=\'c{i}\'>text {i} &amp; more</a>\n'
    for i in range(1500)
)
SOURCE = "def f(a, b):\n    return a + b * 3.14  # comment\n\nclass X(Y):\n    x = 'str\\'ing' + \"abc\"\n" * 400
TOKENS = r"""(?P<num>\d+(?:\.\d*)?)|(?P<name>[A-Za-z_]\w*)|(?P<str>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<op>[-+*/=().:,])|(?P<nl>\n)|(?P<skip>[ \t]+)|(?P<comment>#.*)|(?P<bad>.)"""
GREEK = "".join(r.choice("αβγδεζηθ ικλμνξοπ123") for _ in range(30_000))

CASES = [
    *(("dna", p, DNA) for p in (
        "agggtaaa|tttaccct", "[cgt]gggtaaa|tttaccc[acg]", "a[act]ggtaaa|tttacc[agt]t", "ag[act]gtaaa|tttac[agt]ct",
        "agg[act]taaa|ttta[agt]cct", "aggg[acg]aaa|ttt[cgt]ccc", "agggt[cgt]aa|tt[acg]accct", "agggta[cgt]a|t[acg]taccct",
        "agggtaa[cgt]|[acg]ttaccct", ">.*\n|\n", "B|D|H|K", "tHa[Nt]", "aND|caN|Ha[DS]|WaS", "a[NSt]|BY", r"\|[^|][^|]*\|",
    )),
    *(("effbot", p, LINE) for p in (
        "Python|Perl", "(?:Python|Perl|Tcl)", "(Python|Perl|Tcl)", ".*Python", ".*(Python)", ".*Python.*", "(.*)Python(.*)",
        "(?:P)(?:y)(?:t)(?:h)(?:o)(?:n)", "Python", "(?i)python", "^.*Python$", r"[^\n]*x[^\n]*y",
    )),
    *(("v8", p, t) for p, t in (
        (r"^ba", "banana" * 3), (r"(((\w+):\/\/)([^\/:]*)(:(\d+))?)?([^#?]*)(\?([^#]*))?(#(.*))?", "http://example.com:80/path?q#f"),
        (r"^\s*|\s*$", "   some text   "), (r"\{0\}", "a {0} b {0} c"), (r"[a-zA-Z]+", "Hello wide world of words"),
        (r"(\d\d\d\d)-(\d\d)", "on 2023-10-05"), (r"(?:^|\s+)ba(?:\s+|$)", "foo bar ba baz"), (r"&", "a & b & c"),
        (r"(\$\{(?:[^}]*)\})|(\$\w+)", "echo ${HOME} $x"), (r"Zbeom\w*", "no such thing here at all, sorry"),
        (r"(?i)(opera|msie|firefox)\/?(\d+)", "Mozilla/5.0 (X11; U) Gecko Firefox/3.0"), (r"=\s*\"?([^\";]+)", 'key="value"; b=c'),
    )),
    ("words", r"\w+", WORDS), ("words", r"\b\w+ing\b", WORDS), ("words", r"[a-z]+\s+[a-z]+", WORDS), ("words", r"(\w)(\w*)", WORDS),
    ("words", r"\w*?n\b", WORDS), ("words", "sho(?:r|u)t", WORDS), ("words", "(?:the|and|this|that|shin|rat)", WORDS),
    ("words", "(?i)[aeiou]{3}", WORDS), ("words", r"(\w+)\s\1", WORDS), ("words", r"(?:[a-z]|\s)+?o", WORDS),
    ("words", r"(?:\w+\s)*?zzz", WORDS[:300]), ("words", r"(?:[et]|[ao]n)+", WORDS), ("words", r"(?=t)\w{3}(?!\w)", WORDS),
    ("html", r"<a\s+([^>]*)>(.*?)</a>", HTML), ("html", r"href=\"([^\"]*)\"", HTML), ("html", r"(\w+)=(?:\"([^\"]*)\"|'([^']*)')", HTML),
    ("html", r"<[^>]+>", HTML), ("html", r"&(?:#\d+|\w+);", HTML), ("html", r"https?://[^\s\"'?]+(?:\?[^\"']*)?", HTML),
    ("source", TOKENS, SOURCE), ("source", r"(?m)^\s*(?:def|class)\s+(\w+)", SOURCE), ("source", r"#.*$", SOURCE),
    ("greek", r"\w+", GREEK), ("greek", "[α-κ]+", GREEK), ("greek", r"\d+|[^\W\d]+", GREEK), ("greek", "(?i)ΑΒ", GREEK),
    ("match", r"(?:a|b)*c", "ab" * 2000 + "c"), ("match", r"(?:(a)|(b))*c", "ab" * 2000 + "c"), ("match", r"(?:a*)*b", "a" * 18),
    ("match", r"(x+x+)+y", "x" * 16), ("match", "(?:ab|cd)*e", "ab" * 2000), ("match", "(?:ab|ac)*ad", "ab" * 2000),
    ("match", "(?:(a)b)*e", "ab" * 2000), ("match", r"(?:\w+\s)*$", WORDS[:5000]), ("greek", "αβγ", GREEK), ("greek", "αβ[γδ]", GREEK),
]


def best(f):
    n, t = 1, 0.0
    while True:
        start = time.perf_counter()
        for _ in range(n):
            f()
        t = time.perf_counter() - start
        if t > 0.02:
            break
        n *= 4
    times = []
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(n):
            f()
        times.append(time.perf_counter() - start)
    return min(times) / n * 1e9


with open(sys.argv[1], "w") as out:
    for name, pattern, text in CASES:
        p = re.compile(pattern)
        tree = re._parser.parse(pattern)
        code = [int.__int__(w) for w in re._compiler._code(tree, 0)]
        if name == "match":
            count, ns = int(p.match(text) is not None), best(lambda: p.match(text))
        else:
            count = sum(1 for _ in p.finditer(text))
            # Just the matches: no strings or lists are made of them.
            ns = best(lambda: [None for _ in p.finditer(text)] if count > 1 else p.search(text))
        print(name, ascii(pattern[:60]).replace(" ", "\\x20"), count, round(ns), p.groups, *code, file=out)
        print(*map(ord, text), file=out)
