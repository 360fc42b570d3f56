"""What pyperformance's json_dumps computes."""
# skip: gc-stress
import json
from _program import digest, load
bm = load("json_dumps")
for case in bm.CASES:
    obj, count = getattr(bm, case)
    text = json.dumps(obj)
    print(case, count, len(text), digest(text), text[:120])
bm.bench_json_dumps([(bm.NESTED_DATA, range(3))])
