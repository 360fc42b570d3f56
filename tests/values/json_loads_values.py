"""What pyperformance's json_loads computes."""
# skip: gc-stress
import json
from _program import digest, load
bm = load("json_loads")
for obj in (bm.DICT, bm.TUPLE, bm.DICT_GROUP):
    text = json.dumps(obj)
    back = json.loads(text)
    print(len(text), digest(text), digest(back), json.dumps(back) == text)
bm.bench_json_loads([json.dumps(bm.DICT_GROUP)])
