"""Dispatch by if-chains, dicts and match: a small stack machine runs programs for a toy language."""
import operator

OPS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.floordiv, "%": operator.mod, "<": operator.lt, "=": operator.eq}


def tokenize(text):
    return text.replace("(", " ( ").replace(")", " ) ").split()


def parse(tokens):
    token = tokens.pop(0)
    if token == "(":
        out = []
        while tokens[0] != ")":
            out.append(parse(tokens))
        tokens.pop(0)
        return out
    return int(token) if token.lstrip("-").isdigit() else token


def compile_expr(e, code):
    match e:
        case int():
            code.append(("const", e))
        case str():
            code.append(("load", e))
        case ["set", name, value]:
            compile_expr(value, code)
            code.append(("store", name))
        case ["while", test, *body]:
            start = len(code)
            compile_expr(test, code)
            hole = len(code)
            code.append(None)
            for b in body:
                compile_expr(b, code)
                if b[0] not in ("set", "while", "if"):
                    code.append(("pop", None))
            code.append(("jump", start))
            code[hole] = ("jump_false", len(code))
        case ["if", test, then, other]:
            compile_expr(test, code)
            hole = len(code)
            code.append(None)
            compile_expr(then, code)
            end = len(code)
            code.append(None)
            code[hole] = ("jump_false", len(code))
            compile_expr(other, code)
            code[end] = ("jump", len(code))
        case [op, a, b] if op in OPS:
            compile_expr(a, code)
            compile_expr(b, code)
            code.append(("op", op))
        case _:
            raise SyntaxError(f"what is {e!r}?")
    return code


def run(code, env):
    stack, pc, steps = [], 0, 0
    while pc < len(code):
        steps += 1
        op, arg = code[pc]
        pc += 1
        if op == "const":
            stack.append(arg)
        elif op == "load":
            stack.append(env[arg])
        elif op == "store":
            env[arg] = stack.pop()
        elif op == "op":
            b, a = stack.pop(), stack.pop()
            stack.append(OPS[arg](a, b))
        elif op == "jump_false":
            if not stack.pop():
                pc = arg
        elif op == "jump":
            pc = arg
        elif op == "pop":
            stack.pop()
    return stack, steps


PROGRAMS = {
    "sum": ("(while (< i 300) (set s (+ s (* i i))) (set i (+ i 1)))", {"i": 0, "s": 0}),
    "gcd": ("(while (< 0 b) (set t (% a b)) (set a b) (set b t))", {"a": 1071 * 77, "b": 462 * 77}),
    "primes": ("(while (< n 60) (set d 2) (while (if (< d n) (% n d) 0) (set d (+ d 1))) (set c (if (= d n) (+ c 1) c)) (set n (+ n 1)))", {"n": 2, "c": 0}),
    "fib": ("(while (< 0 n) (set t (+ a b)) (set a b) (set b t) (set n (- n 1)))", {"n": 90, "a": 0, "b": 1}),
}
for name, (source, env) in PROGRAMS.items():
    code = compile_expr(parse(tokenize(source)), [])
    stack, steps = run(code, env)
    print(name, len(code), steps, stack, sorted(env.items()))
try:
    compile_expr(parse(tokenize("(foo 1)")), [])
except SyntaxError as e:
    print(e)


class Closure:
    """The same language as nested Python functions."""

    def build(self, e):
        match e:
            case int():
                return lambda env: e
            case str():
                return lambda env: env[e]
            case ["set", name, v]:
                f = self.build(v)
                return lambda env: env.__setitem__(name, f(env))
            case ["while", t, *body]:
                t, body = self.build(t), [self.build(b) for b in body]

                def loop(env):
                    while t(env):
                        for b in body:
                            b(env)
                return loop
            case ["if", *parts]:
                c, a, b = map(self.build, parts)
                return lambda env: a(env) if c(env) else b(env)
            case [op, a, b]:
                op, a, b = OPS[op], self.build(a), self.build(b)
                return lambda env: op(a(env), b(env))


for name, (source, _) in PROGRAMS.items():
    env = {"sum": {"i": 0, "s": 0}, "gcd": {"a": 999, "b": 111}, "primes": {"n": 2, "c": 0}, "fib": {"n": 50, "a": 0, "b": 1}}[name]
    Closure().build(parse(tokenize(source)))(env)
    print(name, sorted(env.items()))
