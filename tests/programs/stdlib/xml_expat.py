# pyexpat: events, options, positions and errors; and what the library builds on it.
import plistlib
import pyexpat
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax


def t(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


HANDLERS = [n for n in dir(pyexpat.XMLParserType) if n.endswith("Handler") and not n.startswith("Default")]
DOC = b"""<?xml version='1.0' encoding='utf-8' standalone='no'?>
<!-- one -->
<!DOCTYPE q SYSTEM 'q.dtd' [
<!ELEMENT root (a|(b,c?)+)*>
<!ELEMENT m (#PCDATA|x)*>
<!ATTLIST root id ID #IMPLIED kind (x|y) 'x' t NMTOKENS #FIXED ' p  q ' r CDATA #REQUIRED>
<!NOTATION n PUBLIC "pub  id">
<!ENTITY ext SYSTEM "ext.xml">
<!ENTITY img SYSTEM "i.gif" NDATA n>
<!ENTITY in "text &#38;#38; <b/>">
%pe;
]>
<root attr="v&#49;&lt;\n x" xmlns:p='urn:p' p:k='1'>
  <p:sub xmlns='urn:d'>t\xc3\xa4xt&in;&ext;</p:sub><empty/>\r\n<![CDATA[<raw> ]] &]]>
<?pi some data ?></root>
<!-- end -->"""


def record(parser, skip=()):
    events = []

    def handler(name):
        def call(*args):
            place = () if "Decl" in name else (parser.CurrentLineNumber, parser.CurrentColumnNumber)
            if name.startswith("External") and args[0]:
                args = (sorted(args[0].split("\f")), *args[1:])
            events.append((name[:-7], *args, *place))
            return 1
        return call

    for name in HANDLERS:
        if name not in skip:
            setattr(parser, name, handler(name))
    return events


for sep in (None, " ", ""):
    p = pyexpat.ParserCreate(namespace_separator=sep)
    p.buffer_text = True
    p.namespace_prefixes = sep == " "
    events = record(p, ["NotStandaloneHandler"])
    print(t(p.Parse, DOC, True))
    for e in events:
        print(e)
    # The same in small pieces.
    q = pyexpat.ParserCreate(namespace_separator=sep)
    q.buffer_text = True
    q.namespace_prefixes = sep == " "
    again = record(q, ["NotStandaloneHandler"])
    for i in range(len(DOC)):
        q.Parse(DOC[i:i + 1])
    q.Parse(b"", True)
    names = [[e for e in events if e[0] != "CharacterData"] for events in (events, again)]
    text = ["".join(e[1] for e in events if e[0] == "CharacterData") for events in (events, again)]
    print(names[0] == names[1], text[0] == text[1])

p = pyexpat.ParserCreate()
out = []
p.DefaultHandler = out.append
p.Parse("<!DOCTYPE a PUBLIC 'x' \"y\" [<!ENTITY e 'v'>]>\n<a b='c'>&e;&lt;<!--x--><?y z?></a>", True)
print(out)
p = pyexpat.ParserCreate()
p.ordered_attributes = p.specified_attributes = True
p.StartElementHandler = lambda *a: print(a)
p.Parse("<!DOCTYPE a [<!ATTLIST a z CDATA 'd'>]><a y='1' x='2'/>", True)

for doc in ("", "<a>", "<a></b>", "<a b='1' b='2'/>", "<a>&u;</a>", "<a/><b/>", "<a/>x", "x", "foo<", "<a b=c/>", "<a b='<'/>",
            "<a>]]></a>", "<a><!-- -- --></a>", "<a>&#0;</a>", "<a>&#x110000;</a>", "<a", "<a>\x01</a>", "<?xml version='1.0'?",
            " <?xml version='1.0'?><a/>", "<a><?xml ?></a>", "<?xml encoding='utf-8'?><a/>", "<a><![CDATA[x</a>", "</a>",
            "<!DOCTYPE a [<!ENTITY e '&f;'><!ENTITY f '&e;'>]><a>&e;</a>", "<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</b></a>",
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'x'>]><a b='&e;'/>", "<a>\nxx\n  <b></a>", "<a>é<b></a>", "<a &/>", "<1/>", "<!x>"):
    p = pyexpat.ParserCreate()
    print(repr(doc), t(p.Parse, doc, True), p.ErrorCode, p.ErrorLineNumber, p.ErrorColumnNumber, max(p.ErrorByteIndex, 0))
for doc in (b"<a>\xff</a>", b"<a>\xc3", b"\xff\xfe<\0a\0/\0>\0", "\ufeff<a>é</a>".encode("utf-16-be"), b"\xef\xbb\xbf<a/>",
            b"<?xml version='1.0' encoding='utf-16'?><a/>", b"<?xml version='1.0' encoding='no-such'?><a/>",
            b"<?xml version='1.0' encoding='shift-jis'?><a/>", b"<?xml version='1.0' encoding='koi8-r'?><a>\xc1</a>"):
    p = pyexpat.ParserCreate()
    p.CharacterDataHandler = print
    print(doc, t(p.Parse, doc, True))
for uri in ("<p:a/>", "<a xmlns:p=''/>", "<a xmlns:xml='x'/>", "<a xmlns:xmlns='x'/>", "<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>"):
    print(uri, t(pyexpat.ParserCreate(namespace_separator="!").Parse, uri, True))

# Handlers that raise, and parsers of entities.
p = pyexpat.ParserCreate()
p.StartElementHandler = lambda *a: 1 / 0
print(t(p.Parse, "<a><b/></a>", True), p.StartElementHandler)
p = pyexpat.ParserCreate()


def external(context, base, system, public):
    child = p.ExternalEntityParserCreate(context)
    child.Parse({"x": "<!ENTITY in 'inner'>", "y": "<c>&in;</c>"}[system], True)
    return system in "xy"


p.ExternalEntityRefHandler = external
p.SetParamEntityParsing(pyexpat.XML_PARAM_ENTITY_PARSING_ALWAYS)
p.CharacterDataHandler = p.StartElementHandler = lambda *a: print(a)
print(p.Parse("<!DOCTYPE a SYSTEM 'x' [<!ENTITY y SYSTEM 'y'>]><a>&y;</a>", True))
p = pyexpat.ParserCreate()
p.ExternalEntityRefHandler = lambda *a: 0
print(t(p.Parse, "<!DOCTYPE a [<!ENTITY y SYSTEM 'y'>]><a>&y;</a>", True))
bomb = "<!DOCTYPE a [<!ENTITY a '" + "x" * 1000 + "'>" + "".join(
    f"<!ENTITY {b} '{('&' + a + ';') * 100}'>" for a, b in ("ab", "bc", "cd")) + "]><a>&d;</a>"
print(t(pyexpat.ParserCreate().Parse, bomb, True)[:60])
print(t(setattr, p, "buffer_size", 0), t(setattr, p, "buffer_size", "x"), t(delattr, p, "buffer_text"), t(p.Parse, 5),
      t(pyexpat.ParserCreate, 5), t(pyexpat.ParserCreate, None, "ab"), t(pyexpat.ParserCreate, intern=5), pyexpat.ErrorString(7))

root = ET.fromstring("<a x='1'><b>t</b>tail<c/></a>")
print(ET.tostring(root), root.find("b").tail, [e.tag for e in root.iter()])
print(t(ET.fromstring, "<a><b></a>"))
print(xml.dom.minidom.parseString("<a x='1'><b>t</b><!--c--></a>").toxml())
print(plistlib.loads(plistlib.dumps({"a": [1, 2.5, b"x", True], "b": "é"})))


class Sax(xml.sax.ContentHandler):
    def startElementNS(self, name, qname, attrs):
        print(name, qname, dict(attrs.items()))


reader = xml.sax.make_parser()
reader.setFeature(xml.sax.handler.feature_namespaces, True)
reader.setContentHandler(Sax())
reader.feed("<p:a xmlns:p='u' p:b='c'/>")
reader.close()
