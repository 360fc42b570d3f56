"""exec, eval, compile: namespaces, flags, code objects."""
ns = {}
exec("a = 1\ndef f(x): return x + a", ns)
print(ns["a"], ns["f"](2), sorted(k for k in ns if k != "__builtins__"))
print(eval("a + b", {"a": 1}, {"b": 2}), eval("[x * k for x in range(3)]", {"k": 2}))
print(eval("  1 +\\\n 2"), eval(b"3 * 4"), eval(compile("5", "<e>", "eval")))
code = compile("x = 1; y = x + 1", "<file>", "exec")
print(code.co_filename, code.co_name, code.co_names, code.co_firstlineno)
exec(code)
print(x, y)
single = compile("1 + 1", "<s>", "single")
exec(single)
exec(compile("for i in range(2): i\n", "<s>", "single"))


def locals_in_function():
    a = 1
    exec("b = a + 1")
    return "b" in locals(), eval("a * 10"), sorted(locals())


print(locals_in_function())


class Mapping(dict):
    def __missing__(self, key):
        return f"<{key}>"


print(eval("p, q", {}, Mapping()))
exec("z = undefined", {}, m := Mapping())
print(m)
try:
    eval("nope")
except NameError as e:
    print(e)
try:
    eval("x = 1")
except SyntaxError as e:
    print(e.msg)
try:
    exec("1", 5)
except TypeError as e:
    print(e)
try:
    eval(5)
except TypeError as e:
    print(e)
try:
    compile("1", "f", "wrong")
except ValueError as e:
    print(e)
try:
    eval("len('abc')", {"__builtins__": {}})
except NameError as e:
    print(e)
print(eval("len('abc')", {"__builtins__": {"len": lambda s: "my len"}}))
import ast
tree = ast.parse("a + b * 2", mode="eval")
print(ast.dump(tree), eval(compile(tree, "<ast>", "eval"), {"a": 1, "b": 3}))
tree.body.op = ast.Sub()
ast.fix_missing_locations(tree)
print(ast.unparse(tree), eval(compile(tree, "<ast>", "eval"), {"a": 1, "b": 3}))
flags = compile("x", "<f>", "eval", flags=ast.PyCF_ONLY_AST)
print(type(flags).__name__)
import __future__
c = compile("def f(a: b): pass", "<f>", "exec", flags=__future__.annotations.compiler_flag)
exec(c, ns)
print(ns["f"].__annotations__)
doc = compile('"""Doc."""\nassert 0\n__debug__', "<o>", "exec", optimize=2)
exec(doc)
try:
    exec(compile("assert 0, 'message'", "<o>", "exec", optimize=0))
except AssertionError as e:
    print("assert", e)


def outer():
    v = 5

    def inner():
        return v
    return inner


code = outer().__code__
print(code.co_freevars, code.co_varnames, outer.__code__.co_cellvars, code.co_flags & 0x10 > 0)
new = code.replace(co_name="renamed")
print(new.co_name, new == code, code == code.replace())
import types
g = types.FunctionType(outer.__code__, {}, "other", None, None)
print(g.__name__, g()())
try:
    exec(code)
except TypeError as e:
    print(e)
print(callable(eval("lambda: 1")), eval("(yield_ := 3)"), eval("__name__"), eval("'\\x41'"))
exec("print(*args, sep='-')", {"args": [1, 2]})
exec("", {}), exec("# only a comment"), exec("\n\n")
exec("if 1:\n\tprint('tab')\nif 1:\n        print('spaces')")
print(exec("1"))
