"""Writes what CPython's `re` finds, for the Rust engine to find too.

Usage: python3.12 cases.py FILE [SEED [COUNT]]

The file is lines of words. `tables`, `lower`, `upper`: character facts. `pattern`: a compiled pattern, groups and code
words after its quoted source. `text`: code points. `run`: kind, bounds and the expected last group and spans, for the
last pattern and text. `all`: the spans of finditer. Patterns come from a list here, from CPython's own table of
tests where it is installed, and from a random grammar with a fixed seed.
"""
import random
import re
import signal
import sys
import unicodedata
import warnings

warnings.simplefilter("ignore")

PATTERNS = r"""
abc|a|b*|(a)|(a*)|(a)(b)?|a+?b|a??b|(?:ab)*|(?:ab)+?c|(a|b)*c|((a)|(b))*|(a|ab)(c|bcd)(d*)|(?:(a)|b)*
^abc$|^$|\Aabc\Z|(?m:^a.$)|(?s:a.b)|a.b|.*|.*?|.+?$|(?m)^.*$|(?m)$|\b\w+\b|\B|\b|\Bb\B|(?a:\b\w+)|\w+\s\w+
[abc]+|[^abc]+|[a-z]+?\d|[\w-]+|[^\W\d_]+|\d{2,3}|\d{2,3}?|\d{3}|\D+|\S+|\s+|[\s\S]|[^\n]*\n|[a-fA-F0-9]+
(a+)(b+)\1|(\w)\1|(?P<x>a|b)(?P=x)|(a)?b\1|(a)|b\1|(.)(.)\2\1|(?i)(a)\1|(?i:(é)\1)|(?ia)(k)\1
(a)?(?(1)b|c)|(a)?(?(1)b)|(?:(a)|b)(?(1)c|d)+|(\()?[^()]+(?(1)\))|(a)?(?(1)|c)d|(x)?(?(1)\x0f*)|(x)?(?(1)\x0f*|\x0f)
(?=a)\w+|(?=(a+))a*b\1|(?!a)\w|(?<=a)b|(?<!a)b|(?<=ab|cd)e|(?<!^)a|(?=.*\d)[a-z\d]+|(?!(a)b)a|(?<=(a))b|(?:(?!(a)b)a|c)+|(?!)
(?>a+)b|(?>a|ab)c|(?>(a)|b)+|(?>a*?)b|a++b|a*+a|a?+a|a{1,2}+a|(?:ab)++|(?:ab?c)*+d|(?:a|b)*+c|(?>(?:ab?)*)b|(?>(a+))\1|[ab]++c
(?:a?)*|(?:a?)*?$|(?:a?)+?b|(a?)*?y|(a|)+|(a|)+?b|(?:a*)*|(?:a*)+b|(?:|a)+|(?:|a)*?b|(a?){2,}|(a?){2,}?b|(?:a?){3,5}?|(?:)*|(?:){3}|(?:(?:x)?)*y
(?:a{2}){2}|(?:a{1,2}b){2,3}|(?:ab){2,}?|(?:(a)(b)?|x)*|(?:(\w)|(x)\b)*?-|(ab?)*?b|(ab?)*?c|abab|((a)|(b)|(c))+?d
(?i)abc|(?i)[a-c]+|(?i)[^a-c]+|(?i)straße|(?i)ΣΑΣ|(?i)ſ|(?i)K|(?i)[k-l]|(?i)İ|(?i)[À-ÿ]+|(?ia)é|(?ia)[a-z]+|(?i)μ|(?i)µ|(?i)ÿ|(?i)Ÿ|(?i)[^x]|(?i)ǆ|(?i)[𐐀-𐐧]+|(?i)𐐨|(?i)ﬅ|(?i)a[^ß]
[α-ω]+|[\u0100-\uffff]+|[^\u0100-\u0200]|[aαω\U0001F600]|\w+|[\U0001F600-\U0001F64F]|[a\u0131-\u0400\u1000z]+|[^a\u0131\u0400\u1000-\u2000z]+|\d+|[\d\s]+|[^\d\s]+
(foo|foobar)(bar)?|foo|foobar|foo(?=bar)|(?:foo|bar|baz|qux|quux)+|Python|Perl|Tcl|(Python|Perl|Tcl).*|.*Python|.*(Python)|.*?Python
agggtaaa|tttaccct|[cgt]gggtaaa|tttaccc[acg]|a[act]ggtaaa|tttacc[agt]t|(?:[^>]+)>|<[^>]*>|"(?:[^"\\]|\\.)*"|'[^']*'
(((\w+):\/\/)([^\/:]*)(:(\d+))?)?([^#?]*)(\?([^#]*))?(#(.*))?|(\d+)-(\d+)-(\d+)|(?:\s*([^=]+)=([^;]*);?)*|[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?
\s*(?:(\d+)|([a-z_]\w*)|(.))|(?P<n>\d+)|(?P<w>\w+)|(?P<s>\s+)|(?P<o>.)|x*y|(?:x+x+)+y|(x+x+)+y|(?:a|aa)+$|^(?:a?b?)*$|(?m)^\s*#.*|(?:\r\n|\r|\n)|\Z|\A
(?s).*|(?s).+?b|(?s:.)*?c|(?:.|\n)*?c|(a(b(c)?)?)?|(((((a)))))|((((a)b)c)d)|(?:(a)b|a(c))|(a(?:b|c)*d)|(?:[ab]|c[de])+|[^a]b|[^é]|é|[é]|é+|(?:é|e)+
a{0}b|a{0,0}|(a){0}b|(?:a|b){0,3}|(?:a|b){2}?|(?:ab|a)(?:bc|c)?|(?<=^a)b|(?<=\n)a|(?<!\w)\w|(?<=\b)a|^(?=a)|(?:^|,)[^,]*|(?:^a|b)|(?m)(?:^|b)a|\b(?=c)
"""

TEXTS = [
    "", "a", "b", "ab", "abc", "aab", "abab", "ababc", "aaaa", "aabb", "abcabc", "xyz", "xxy", "\n", "a\nb", "a\n",
    "abc\nabd\n", "aXb", "AbC", "foo bar", "foobar baz", "quuxfoo", "a1b2 c3", "2023-10-05", "  # comment\nx", "(a)",
    "a)", "abba", "aabaab", "cdbd", "aaaaaaaaab", "aaac", "abcd", "bcd", "acd", "ac-d", "ax-", "abac", "x\x0f\x0f",
    "http://example.com:80/p?q=1#f", "k1=v1; k2 = v2;", '"a\\"b" \'c\'', "<a href='x'>t</a>", "-1.5e+10 3. .5",
    "Python and Perl", "xxxxxPython", "aagggtaaacctttaccctgg", "tgggtaaatttaccca", "a,b,,c", "\r\n\r", "_a__b", "é",
    "caf\xe9 \xc9t\xe9", "stra\xdfe STRASSE STRA\u1e9eE", "\u03c3\u03b1\u03c2 \u03a3\u0391\u03a3", "\u017f s S", "\u212a k K",
    "\u0130 i \u0131 I", "\xb5 \u03bc \u039c", "\xff \u0178", "\u01c4 \u01c5 \u01c6", "\U00010400\U00010428", "\ufb05 \ufb06",
    "a\u0131z\u1000\u0400", "\u0665\u0966 \u2003x", "\U0001F600 a\U0001F610", "\u03b1\u03b2a\u1234", "a\ud800b", "\xa0\x85\x1c",
]


class TooLong(Exception):
    pass


def alarm(*_):
    raise TooLong


def split(line):
    """A line of patterns, separated by bars outside of groups; whole lines count as a pattern too."""
    depth, part, escaped, in_set = 0, "", False, False
    for ch in line:
        if ch == "|" and not depth and not escaped and not in_set:
            yield part
            part = ""
            continue
        if not escaped:
            if in_set:
                in_set = ch != "]" or part.endswith("[") or part.endswith("[^")
            elif ch == "[":
                in_set = True
            else:
                depth += (ch == "(") - (ch == ")")
        escaped = ch == "\\" and not escaped
        part += ch
    yield part


def words(*items):
    out.write(" ".join(map(str, items)) + "\n")


def tables():
    last = 0x110000
    for name, test in ("decimal", str.isdecimal), ("space", str.isspace), ("alnum", str.isalnum), (
        "linebreak", lambda c: len(f"a{c}b".splitlines()) > 1,
    ):
        spans, start = [], None
        for cp in range(last + 1):
            yes = cp < last and test(chr(cp))
            if yes and start is None:
                start = cp
            elif not yes and start is not None:
                spans += [start, cp]
                start = None
        words("table", name, *spans)
    import _sre

    for cp in range(256, last):
        if _sre.unicode_tolower(cp) != cp:
            words("lower", cp, _sre.unicode_tolower(cp))
        up = ord(chr(cp).upper()[0])
        if up != cp:
            words("upper", cp, up)
    for cp in range(0x110000):
        if _sre.unicode_iscased(cp) and cp < 0x3000:
            words("cased", cp)


def spans(m):
    if m is None:
        return ["none"]
    return [m.lastindex or 0] + [x for i in range(m.re.groups + 1) for x in m.span(i)]


def limited(f):
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        return f()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def case(pattern, flags, texts, r):
    try:
        tree = re._parser.parse(pattern, flags)
        code = re._compiler._code(tree, flags)
        compiled = re.compile(pattern, flags)
    except (re.error, ValueError, OverflowError, RecursionError):
        return
    code = [int.__int__(w) for w in code]
    words("pattern", ascii(pattern).replace(" ", "\\x20"), int(flags | tree.state.flags), tree.state.groups - 1, *code)
    for text in texts:
        if isinstance(pattern, bytes) != isinstance(text, bytes):
            text = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text.decode("latin-1")
        n = len(text)
        words("text", *(text if isinstance(text, bytes) else map(ord, text)))
        bounds = [(0, n)]
        if n:
            a, b = r.randint(0, n), r.randint(0, n)
            bounds += [(min(a, b), max(a, b)), (a, n)]
        for start, end in bounds:
            for kind in "match", "search", "fullmatch":
                try:
                    found = limited(lambda: getattr(compiled, kind)(text, start, end))
                    words("run", kind, start, end, *spans(found))
                except (TooLong, SystemError):
                    pass
            try:
                found = limited(lambda: list(compiled.finditer(text, start, end)))
                words("all", start, end, *(x for m in found for x in m.span()))
                scanner = compiled.scanner(text, start, end)
                found = limited(lambda: list(iter(scanner.match, None)))
                words("allmatch", start, end, *(x for m in found for x in m.span()))
            except (TooLong, SystemError):
                pass


def grammar(r, depth, state):
    """A random pattern."""

    def atom():
        k = r.randrange(30)
        if k < 10:
            return r.choice("aaabbcx")
        if k < 13:
            return r.choice([".", r"\w", r"\s", r"\d", "[ab]", "[^a]", "[a-c]", r"[\w-]", "[^bc]", "é", "[é-ω]", "ß", "K"])
        if k < 15:
            return r.choice(["^", "$", r"\b", r"\B", r"\A", r"\Z", ""])
        if k == 15 and state["groups"]:
            closed = [g for g in range(1, state["groups"] + 1) if g not in state["open"]]
            return f"\\{r.choice(closed)}(?:)" if closed else "a"
        if depth <= 0:
            return r.choice("ab")
        if k < 20:
            state["groups"] += 1
            number = state["groups"]
            state["open"].add(number)
            inner = grammar(r, depth - 1, state)
            state["open"].discard(number)
            return f"({inner})"
        if k < 23:
            return f"(?:{grammar(r, depth - 1, state)})"
        if k < 26:
            return f"(?{r.choice(['=', '!', '>'])}{grammar(r, depth - 1, state)})"
        if k < 27:
            return f"(?<{r.choice('=!')}{r.choice(['a', 'b', 'ab', '[ab]', '(a)', 'a|b', r'.', r'^'])})"
        if k < 28:
            closed = [g for g in range(1, state["groups"] + 1) if g not in state["open"]]
            if closed:
                parts = "|".join(grammar(r, depth - 1, state).replace("|", "") for _ in range(r.randint(1, 2)))
                return f"(?({r.choice(closed)}){parts})"
        if k < 29:
            return f"(?i:{grammar(r, depth - 1, state)})"
        return r.choice("abc")

    def piece():
        a = atom()
        if r.random() < 0.4 and a and a[0] not in "^$" and a not in (r"\b", r"\B", r"\A", r"\Z"):
            a += r.choice(["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "{,3}"])
            # CPython 3.12.1 lets a possessive repeat's failed last iteration leave captures behind; later ones do not.
            a += r.choice(["", "", "?"] if re.search(r"\((?!\?)", a) else ["", "", "", "?", "+"])
        return a

    def sequence():
        return "".join(piece() for _ in range(r.randint(1, 4)))

    return "|".join(sequence() for _ in range(r.choice([1, 1, 1, 2, 2, 3])))


def main():
    r = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1500
    tables()
    mine = [p for line in PATTERNS.strip().split("\n") for p in [*split(line), line]]
    for p in mine:
        p = re.sub(r"\\U([0-9A-F]{8})", lambda m: chr(int(m[1], 16)), p)
        case(p, 0, TEXTS, r)
        for flags in re.I, re.M | re.S, re.A, re.I | re.A:
            case(p, flags, r.sample(TEXTS, 12), r)
        try:
            b = p.encode("latin-1")
        except UnicodeEncodeError:
            continue
        case(b, r.choice([0, re.I, re.L, re.L | re.I]), r.sample(TEXTS, 8), r)
    many = [f"k{i}w" for i in range(150)]
    case("|".join(f"(?:{w}\\d|{w})" for w in many) + "|[^k]", 0, ["k7w5 k149w k150w", "xk0w"], r)
    case("|".join(f"({w})" for w in many), 0, ["k149wk0w", ""], r)
    case("(?:(?:(?:" * 30 + "a" + ")*b?)+|c)*" * 30, 0, ["", "aac"], r)
    try:
        from test.re_tests import tests
    except ImportError:
        tests = []
    for t in tests:
        case(t[0], 0, [t[1]], r)
        case(t[0], re.I | re.M, [t[1], t[1].upper()], r)
    for _ in range(count):
        p = grammar(r, 3, {"groups": 0, "open": set()})
        texts = ["".join(r.choice("aaabbbcx \né-AßK"[: r.randint(3, 15)]) for _ in range(r.randint(0, 12))) for _ in range(6)]
        case(p, r.choice([0, 0, 0, re.I, re.M, re.S, re.A]), texts, r)


signal.signal(signal.SIGALRM, alarm)
with open(sys.argv[1], "w") as out:
    main()
