"""What pyperformance's async_generators computes."""
# skip: gc-stress
import asyncio
from _program import digest, load
bm = load("async_generators")


async def values(n):
    return [v async for v in bm.tree(range(n))]


got = asyncio.run(values(3000))
print(len(got), got == list(range(3000)), digest(got))
