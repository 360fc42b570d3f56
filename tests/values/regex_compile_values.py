"""What pyperformance's regex_compile computes."""
# skip: gc-stress
import re
from _program import digest, load
bm = load("regex_compile")
regexes = bm.capture_regexes()
unique = sorted(set((str(r), int(f)) for r, f in regexes))
print(len(regexes), len(unique))
compiled = [re.compile(r, f) for r, f in regexes if isinstance(r, str)]
print(digest([(c.pattern, c.flags, c.groups, sorted(c.groupindex)) for c in compiled]))
bm.bench_regex_compile(1, regexes[:200])
