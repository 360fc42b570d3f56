"""What pyperformance's argparse computes."""
# skip: gc-stress
from _program import digest, load
bm = load("argparse")
seen = []
real = bm.argparse.ArgumentParser.parse_args


def parse_args(self, *args, **kw):
    seen.append(real(self, *args, **kw))
    return seen[-1]


bm.argparse.ArgumentParser.parse_args = parse_args
bm.bm_many_optionals()
print([sorted(vars(ns).items(), key=str) for ns in seen])
seen.clear()
bm.bm_subparsers()
print(len(seen), [len(vars(ns)) for ns in seen], digest([sorted(vars(ns).items()) for ns in seen]))
