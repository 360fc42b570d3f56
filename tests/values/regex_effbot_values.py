"""What pyperformance's regex_effbot computes."""
# skip: gc-stress
import re
from _program import digest, load
for use_bytes in (False, True):
    bm = load("regex_effbot")
    bm.USE_BYTES = use_bytes
    data = bm.init_benchmarks()
    found = []
    for regex, string in data:
        m = re.search(regex, string)
        found.append(m and (m.span(), m.groups()))
    print(use_bytes, len(found), sum(f is not None for f in found), digest(found))
