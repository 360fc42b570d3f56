"""Methods of str on many texts."""


lines = []


def t(f):
    try:
        lines.append(repr(f()))
    except BaseException as e:
        lines.append(f"{type(e).__name__} {e}")


def digest(label):
    """Prints a checksum of the results so far: they are many."""
    h = 0
    for line in lines:
        for c in line:
            h = (h * 1000003 ^ ord(c)) & (1 << 60) - 1
    print(label, len(lines), h)
    lines.clear()


S=['', 'a', 'abc', 'aXbXc', ' a b ', 'é', 'aé', '€uro', 'a€é', '\U0001f600x', 'ß', 'ŉ', 'İ', 'ΑΣ', 'Σ', 'ǅ', 'a\ud800b', '\x00', 'a\nb\r\nc\x85d\u2028e', '\t x\t', '１２', '²', '½', '_a1', 'HELLO World', "it's", '"q"', 'tab\t\\', '\x7f\xa0\xad\u0378']
meth0='capitalize casefold isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper lower lstrip rstrip split rsplit splitlines strip swapcase title upper expandtabs __repr__ __str__ __len__ __getnewargs__'.split()
for s in S:
    for m in meth0:
        t(lambda: getattr(s,m)())
    t(lambda: ascii(s))
    t(lambda: list(s))
    t(lambda: list(reversed(s)))
    t(lambda: s.encode('utf-8','surrogatepass'))
    t(lambda: s.encode('latin-1','replace'))
    t(lambda: s.encode('ascii','xmlcharrefreplace'))
    t(lambda: s.encode('utf-16','surrogatepass'))
    t(lambda: s.encode('ascii'))
    t(lambda: s.encode())
    digest('simple ' + ascii(s))
    for p in S:
        for m in 'find rfind count startswith endswith partition rpartition split rsplit removeprefix removesuffix strip lstrip rstrip __contains__ __lt__ __eq__ __add__ join'.split():
            t(lambda: getattr(s,m)(p))
    digest('with text ' + ascii(s))
    for i in (-3,-1,0,1,2,5):
        t(lambda: s[i])
        t(lambda: s*i)
        t(lambda: s.center(i+5))
        t(lambda:s.zfill(i+4))
        t(lambda: s.ljust(i+4,'€'))
        t(lambda: s.rjust(i+4,'\U0001f600'))
        t(lambda: s.split(None,i))
        t(lambda: s.rsplit(None,i))
        t(lambda: s.split('b',i))
        t(lambda: s.rsplit('X',i))
        t(lambda: s.replace('a','b€',i))
        t(lambda:s.replace('','-',i))
        t(lambda: s.find('b',i))
        t(lambda: s.rfind('',i,3))
        t(lambda: s.count('',i))
        t(lambda: s.startswith('',i))
        t(lambda: s.endswith('c',i,3))
        t(lambda: s.splitlines(i))
        t(lambda: s.expandtabs(i))
        for j in (-2,0,3,None):
            for k in (-1,1,2,-2):
                t(lambda: s[i:j:k])
    digest('with numbers ' + ascii(s))
    for f in ('', '>5', '<5', '^5', '€^7.1', '.2', 's', 'd', '05', '=5', '+', 'x<10s', '{', '5.', '_', ',', '\U0001f600>3', '<', '>2147483648000000000000'):
        t(lambda: format(s,f))
        t(lambda: '%5s|%-5s|%.1s' % (s,s,s))
        t(lambda: '%r %a' % (s,s))
    digest('formatted ' + ascii(s))


class St(str): pass
x=St('abc')
t(lambda: type(x.upper()))
t(lambda: type(x.strip()))
t(lambda: type(x[:]))
t(lambda: type(x*1))
t(lambda: type(x+''))
t(lambda: type(''+x))
t(lambda: type(str(x)))
t(lambda: type(''.join([x])))
t(lambda: type(x.replace('z','y')))
t(lambda: type(x.ljust(1)))
t(lambda: type(x.translate({})))
t(lambda: type('%s'%x))
t(lambda: type('{}'.format(x)))
t(lambda: type(format(x)))
t(lambda: type(x.__str__()))
t(lambda: x=='abc')
t(lambda: hash(x)==hash('abc'))
t(lambda: {x:1}['abc'])
x.foo=1
t(lambda: x.foo)
t(lambda: St(b'abc','ascii'))
t(lambda: repr(x))
t(lambda: St(5))
t(lambda: type(x.partition('z')[0]))
t(lambda: type(x.split('z')[0]))
it=iter('aé')
t(lambda: it.__length_hint__())
t(lambda: next(it))
t(lambda: it.__reduce__())
it.__setstate__(0)
t(lambda: next(it))
t(lambda: list(it))
t(lambda: it.__reduce__())
t(lambda: next(it))
t(lambda: type(iter('a')))
t(lambda: type(iter('é')))
t(lambda: 'a' 'b' in 'xaby')
t(lambda: str())
t(lambda: str(b'abc'))
t(lambda: str(b'\xe9','latin1'))
t(lambda: str(b'\xff', errors='replace'))
t(lambda: str(encoding='x'))
t(lambda: str(object='x'))
t(lambda: 'é'.encode('utf-8').decode('ascii','backslashreplace'))
t(lambda: b'\xff\xfe'.decode('utf-16'))
t(lambda: b'\xff'.decode('ascii','surrogateescape').encode('ascii','surrogateescape'))
t(lambda: '\udc80'.encode('utf8','surrogateescape'))
t(lambda: b'\xed\xa0\x80'.decode('utf8','surrogatepass'))
t(lambda: 'é\u20ac'.encode('ascii','namereplace'))
t(lambda: b'a\xffb'.decode('utf8','ignore'))
t(lambda: b'abc'.decode('utf-32'))
t(lambda: 'x'.encode('ascii','nosuch'))
t(lambda: 'é'.encode('ascii','nosuch'))
t(lambda: b'\xff'.decode('utf8','nosuch'))
t(lambda: b'\xff'.decode('utf8','xmlcharrefreplace'))
for line in lines:
    print(ascii(line))
