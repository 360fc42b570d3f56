"""json: dumps options, loads, hooks, errors with positions, float and string corners."""
import io
import json
from collections import OrderedDict
from decimal import Decimal
values = [None, True, 0, -1, 1.5, 1e100, 1e-7, 10 ** 30, "text", "é\u2028😀\"\\\b\f\n\r\t\x00\x1f\x7f", "\ud800", [], [1, [2, [3]]], {}, {"a": {"b": [1, {"c": None}]}}, (1, 2), {1: "int", None: "none", True: "bool", 1.5: "float"}, float("inf"), float("nan"), -0.0, 0.1]
for v in values:
    s = json.dumps(v)
    print(s, json.dumps(v, ensure_ascii=False).encode("utf-8", "surrogatepass") if "d8" not in s else "", json.loads(s) == v)
data = {"b": [1, 2, {"x": []}], "a": {"k": "v", "e": {}}, "c": "text"}
print(json.dumps(data, indent=2), json.dumps(data, sort_keys=True, separators=(",", ":")), json.dumps(data, indent="\t")[:20], json.dumps([1, 2], indent=0), json.dumps(data, separators=(", ", " = ")))
print(json.dumps({(1, 2): 3, "a": 1}, skipkeys=True), json.dumps({1, 2} if False else [1], default=str), json.dumps([Decimal("1.5"), {1}], default=lambda o: repr(o)), json.dumps(OrderedDict(z=1, a=2)), json.dumps("</script>"))


class Enc(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, complex):
            return [o.real, o.imag]
        return super().default(o)


print(json.dumps({"c": 1 + 2j}, cls=Enc), list(Enc().iterencode([1, {"a": 2j}])), json.JSONEncoder().encode("x"))


class IntSub(int):
    def __repr__(self): return "sub"


class StrSub(str): pass
class FloatSub(float):
    def __repr__(self): return "fsub"


print(json.dumps([IntSub(5), StrSub("s"), FloatSub(2.5)]), json.dumps({StrSub("k"): IntSub(1)}))
for bad in (lambda: json.dumps(object()), lambda: json.dumps({(1,): 2}), lambda: json.dumps(float("nan"), allow_nan=False), lambda: json.dumps({1, 2}), lambda: json.dumps(b"x"), lambda: json.dumps(1j), lambda: json.dumps({"a": 1, 2: 3}, sort_keys=True)):
    try:
        print(bad())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
loop = []
loop.append(loop)
try:
    json.dumps(loop)
except ValueError as e:
    print(e)
for text in (' [1, 2.5, -3e2, "a\\u00e9\\ud83d\\ude00\\n", true, false, null, NaN, Infinity, -Infinity, {"a": {}, "b": []}] ', '"\\ud800"', '{"a": 1, "a": 2}', "123456789012345678901234567890", "1E5", "-0", "-0.0", "1.0", '"\x7f"', '"a/b\\/c"', "[]", "  5  "):
    v = json.loads(text)
    print(ascii(v), type(v).__name__)
for text in ("", " ", "[", "[1", "[1,", "[1,]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{a:1}", "{'a':1}", "tru", "nul", '"abc', '"a\nb"', '"\\x"', '"\\u12"', '"\\u12g4"', "1 2", "[1 2]", '{"a" 1}', "01", "1.", ".5", "-", "+1", "[,1]", "{1:2}", '"\t"', "\ufeff1", "[1]]", "//", "--1", "1e", '{"a":1 "b":2}', "\x00", '"\\'):
    try:
        print(repr(text), json.loads(text))
    except json.JSONDecodeError as e:
        print(repr(text), e, (e.msg, e.pos, e.lineno, e.colno))
print(json.loads('{"a": 1.5, "b": [2]}', parse_float=Decimal), json.loads("[1, 2]", parse_int=str), json.loads("[NaN]", parse_constant=lambda s: f"const {s}"), json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d.items())), json.loads('{"a": 1, "a": 2}', object_pairs_hook=lambda p: p), json.loads(b'"bytes \xc3\xa9"'), json.loads('"u16"'.encode("utf-16")), json.loads(bytearray(b"[1]")))
print(json.JSONDecoder().raw_decode('{"a": 1} trailing'), json.JSONDecoder(strict=False).decode('"a\nb"'))
for bad in (lambda: json.loads(5), lambda: json.loads(None), lambda: json.JSONDecoder().raw_decode("x"), lambda: json.loads(b"\xff")):
    try:
        print(bad())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
buf = io.StringIO()
json.dump({"to": ["file"]}, buf, indent=1)
buf.seek(0)
print(repr(buf.getvalue()), json.load(buf))
deep = json.loads("[" * 500 + "]" * 500)
n = 0
while deep:
    deep = deep[0]
    n += 1
print(n)
try:
    json.loads("[" * 200000)
except RecursionError as e:
    print("too deep")
big = {f"key{i}": [i, str(i) * 3, {"f": i / 7, "n": None, "b": i % 2 == 0}] for i in range(200)}
s = json.dumps(big)
print(len(s), json.loads(s) == big, json.dumps(json.loads(s), sort_keys=True) == json.dumps(big, sort_keys=True), len(json.dumps(big, indent=4)))
