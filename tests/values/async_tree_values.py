"""What pyperformance's async_tree computes."""
# skip: gc-stress
import asyncio
from _program import digest, load
bm = load("async_tree")
bm.NUM_RECURSE_LEVELS = 3
bm.IO_SLEEP_TIME = 0.001
for name in ("none", "io", "memoization", "cpu_io_mixed", "eager", "eager_io", "eager_memoization", "eager_cpu_io_mixed"):
    for groups in (False, True):
        tree = bm.BENCHMARKS[name](use_task_groups=groups)
        results = []
        real = tree.workload_func

        async def workload():
            results.append(await real())

        tree.workload_func = workload
        asyncio.run(tree.run())
        print(name, groups, len(results), digest(sorted(map(str, results))), sorted(tree.cache)[:5], bm.random.random())
