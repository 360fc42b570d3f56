"""What pyperformance's logging computes."""
# skip: gc-stress
import io
import logging
from _program import digest, load
bm = load("logging")
stream = io.StringIO()
logger = logging.getLogger("benchlogger")
logger.propagate = False
logger.addHandler(logging.StreamHandler(stream=stream))
logger.setLevel(logging.WARNING)
for name, func in sorted(bm.BENCHMARKS.items()):
    func(7, logger, stream)
    print(name, len(stream.getvalue()), digest(stream.getvalue()), stream.getvalue().split("\n")[0])
