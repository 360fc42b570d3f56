"""A function made of a module's or class's code: its globals are its locals."""
import asyncio
import ast
import types

space = {"__name__": "made", "base": 20}
f = types.FunctionType(compile("a = base + 1\nb: int = a\nc = sorted(k for k in locals() if len(k) == 1)\ndel a", "<made>", "exec"), space)
print(f(), sorted(k for k in space if len(k) == 1), space["c"], space["__annotations__"])
print(types.FunctionType(compile("locals() is globals()", "<made>", "eval"), {})())
print(types.FunctionType(compile("[x * y for x in range(y)]", "<made>", "eval"), {"y": 3})())

frames = {}
g = types.FunctionType(compile("import sys\nf = sys._getframe()\nsame = f.f_locals is f.f_globals", "<made>", "exec"), frames)
g()
print(frames["same"], frames["f"].f_code.co_name)

for text in ("missing", "del missing"):
    try:
        types.FunctionType(compile(text, "<made>", "exec"), {})()
    except NameError as e:
        print(type(e).__name__, e)

# await at the top level makes a coroutine, whose names survive its suspensions.
source = "x = await pause(1)\ny = x + await pause(2)\nz = [await pause(i) for i in range(3)]"


async def pause(v):
    await asyncio.sleep(0)
    return v


names = {"pause": pause}
code = compile(source, "<made>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
asyncio.run(types.FunctionType(code, names)())
print(names["x"], names["y"], names["z"])


# Asynchronous statements and comprehensions make one too.
class Guard:
    async def __aenter__(self):
        return 7

    async def __aexit__(self, *exc):
        return False


async def numbers():
    for i in range(3):
        yield i


for source in ("async for a in numbers(): last = a", "async with Guard() as last: pass", "last = [a async for a in numbers()]",
               "last = 1"):
    for mode in ("single", "exec"):
        code = compile(source + "\n", "<made>", mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        names = {"numbers": numbers, "Guard": Guard}
        made = types.FunctionType(code, names)()
        if made is not None:
            asyncio.run(made)
        print(mode, bool(code.co_flags & 0x80), names["last"])
