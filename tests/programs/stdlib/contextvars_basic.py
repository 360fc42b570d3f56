# Context variables: values by context, tokens, copies that share structure, and the errors.
import contextvars
import re
from contextvars import Context, ContextVar, Token, copy_context


def show(f):
    try:
        print(clean(repr(f())))
    except Exception as e:
        print(type(e).__name__, clean(str(e)))


def clean(s):
    return re.sub(r"0x[0-9a-f]+", "0x", s)


v = ContextVar("v", default=3)
w = ContextVar("w")
show(lambda: v)
show(lambda: w)
show(lambda: v.get())
show(lambda: v.get(5))
show(lambda: w.get())
show(lambda: w.get(1))
token = v.set(10)
show(lambda: token)
show(lambda: (token.var is v, token.old_value is Token.MISSING, Token.MISSING))
second = v.set(11)
show(lambda: second.old_value)
show(lambda: w.reset(second))
show(lambda: copy_context().run(v.reset, second))
v.reset(second)
show(lambda: v.get())
show(lambda: v.reset(second))
v.reset(token)
show(lambda: v.get())
show(lambda: v in copy_context())

ctx = copy_context()
ctx.run(w.set, "inner")
show(lambda: (w.get("outer"), ctx[w], ctx.get(v), ctx.get(v, 7), w in ctx, len(ctx)))
show(lambda: ctx.run(lambda a, *, b: (a, b, w.get()), 1, b=2))
show(lambda: ctx[v])
show(lambda: ctx[1])
show(lambda: 1 in ctx)
show(lambda: ctx.get(1))
show(lambda: ctx.run(ctx.run, print))
show(lambda: ctx.run())
show(lambda: ctx.run(lambda: 1 / 0))
show(lambda: Context(1))
show(lambda: ContextVar())
show(lambda: ContextVar(1))
show(lambda: ContextVar("a", 2))
show(lambda: ContextVar("a", defaul=2))
show(lambda: Token())
show(lambda: w.reset(1))
show(lambda: hash(ctx))
show(lambda: hash(token))
show(lambda: type("X", (Context,), {}))
show(lambda: type("X", (ContextVar,), {}))
show(lambda: setattr(w, "name", 1))
show(lambda: w.name)
show(lambda: ContextVar[int])
show(lambda: Context() == Context())
show(lambda: Context() == 1)
show(lambda: Context() < Context())
show(lambda: type(Token.MISSING)())
show(lambda: (type(ctx.keys()), type(ctx.values()), type(ctx.items())))
loop = ContextVar("loop", default=[])
loop.get().append(loop)

# Many variables; old copies stay as they were.
many = [ContextVar(f"m{i}") for i in range(3000)]
old = []
c = Context()
for i, m in enumerate(many):
    if i % 500 == 0:
        old.append(c.copy())
    c.run(m.set, i)
print(len(c), [len(o) for o in old], all(c[m] == i for i, m in enumerate(many)))
print(sorted(c.values()) == list(range(3000)), {k.name: v for k, v in c.items()} == {m.name: i for i, m in enumerate(many)})
print(c == c.copy(), c == old[1], c != old[1], set(c) == set(many))


def undo():
    tokens = [m.set(-i) for i, m in enumerate(many)]
    extra = [ContextVar("e") for _ in range(200)]
    more = [e.set(1) for e in extra]
    assert len(copy_context()) == 3200
    for e, t in zip(extra, more):
        e.reset(t)
    for m, t in list(zip(many, tokens))[::-1]:
        m.reset(t)
    return copy_context() == c


print(c.run(undo), old[3][many[100]])


def clear():
    tokens = [m.set(1) for m in many[:70]]
    for n, (m, t) in enumerate(zip(many, tokens)):
        m.reset(t)
        assert len(copy_context()) == 69 - n
    return list(copy_context().items())


print(Context().run(clear))


# Threads start with an empty context.
import threading

v.set("main")
got = []
t = threading.Thread(target=lambda: got.append((v.get(), len(copy_context()), v.set(1) and v.get())))
t.start()
t.join()
print(got, v.get())


# A generator sees the context of whoever runs it.
def gen():
    while True:
        yield v.get()


g = gen()
print(next(g), copy_context().run(lambda: (v.set("copied"), next(g))[1]), next(g))
