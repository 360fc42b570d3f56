"""How long the collector stops a program that keeps many small objects alive.

    INTERPRETER gc_pause.py [--live MEGABYTES] [--seconds S] [--kind objects|lists|tuples|dicts]

The program first builds the given amount of live data (default: 1 GB), measured by what
the process really occupies.  Then it allocates short-lived objects for S seconds while a
few of the old ones change, and looks for pauses in two ways: the collector's own, between
`start` and `stop` of gc.callbacks, told apart by generation; and every gap in the loop
that is much longer than a turn usually takes, whatever its cause.  Then it collects
everything a few times (several threads may take part, where processors are free: `taskset -c 0`
shows what one does).  The last line is the figure that counts:

    young pause: median 1.23 ms, 99th percentile 2.34 ms, longest 3.45 ms, over 123 collections

Where gc.callbacks see nothing, the gaps in the loop stand in for the collections (CPython
collects only when more objects are made than dropped).  On a busy machine the gaps are also
the scheduler's.
"""
import argparse
import gc
import sys
from time import perf_counter

PAGE = 4096


def resident():
    """Bytes of memory that the process occupies."""
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * PAGE
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Small:
    """An object of the usual size: a few attributes, one of them a reference."""

    __slots__ = ("number", "name", "next")

    def __init__(self, number, name, next):
        self.number = number
        self.name = name
        self.next = next


MAKERS = {
    "objects": lambda i, old: Small(i, "name", old),
    "lists": lambda i, old: [i, old],
    "tuples": lambda i, old: (i, "text", old),
    "dicts": lambda i, old: {"number": i, "old": old},
}


def build(goal, make):
    """Live data of at least goal bytes: a list of chains of small objects."""
    start = resident()
    chains = []
    i = 0
    while resident() - start < goal:
        for _ in range(1000):
            link = None
            for _ in range(50):
                link = make(i, link)
                i += 1
            chains.append(link)
    return chains, i


def churn(chains, seconds, make, kind):
    """Allocate and drop for some seconds; return how long each batch took."""
    gaps = []
    append = gaps.append
    clock = perf_counter
    count = len(chains)
    i = 0
    end = clock() + seconds
    before = clock()
    while before < end:
        for _ in range(20):
            keep = [make(k, None) for k in range(10)]
        # An old object now points to a young one: the collector has to notice.
        i = (i + 7919) % count
        if kind != "tuples":
            chains[i] = make(i, keep[0])
        after = clock()
        append(after - before)
        before = after
    return gaps


def collect_all(times):
    """Full collections, asked for: how long each took."""
    pauses = []
    for _ in range(times):
        before = perf_counter()
        gc.collect()
        pauses.append(perf_counter() - before)
    return pauses


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def report(name, pauses, what):
    ordered = sorted(pauses)
    print("%s: median %.2f ms, 99th percentile %.2f ms, longest %.2f ms, over %d %s"
          % (name, percentile(ordered, 0.5) * 1e3, percentile(ordered, 0.99) * 1e3, ordered[-1] * 1e3,
             len(ordered), what))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--live", type=int, default=1024, help="megabytes of live data")
    ap.add_argument("--seconds", type=float, default=10.0, help="how long to allocate")
    ap.add_argument("--kind", choices=sorted(MAKERS), default="objects")
    a = ap.parse_args()
    make = MAKERS[a.kind]
    start = perf_counter()
    chains, objects = build(a.live << 20, make)
    print("%s %s: %d live objects, %d MB, built in %.1f s"
          % (sys.implementation.name, sys.version.split()[0], objects, resident() >> 20, perf_counter() - start))
    gc.collect()
    pauses = {}
    began = [0.0]

    def watch(phase, info):
        if phase == "start":
            began[0] = perf_counter()
        else:
            pauses.setdefault(info.get("generation"), []).append(perf_counter() - began[0])

    gc.callbacks.append(watch)
    gaps = churn(chains, a.seconds, make, a.kind)
    gc.callbacks.remove(watch)
    print("%d turns of 200 objects, %.2f million objects a second" % (len(gaps), len(gaps) * 200 / sum(gaps) / 1e6))
    for generation in sorted(pauses):
        report("generation %s" % generation, pauses[generation], "collections")
    usual = percentile(sorted(gaps), 0.5)
    stalls = [gap - usual for gap in gaps if gap > 5 * usual + 1e-4]
    if stalls:
        report("stalls of the loop", stalls, "stalls")
    report("full collection", collect_all(7), "collections")
    if not pauses and not stalls:
        print("no pause was seen")
        return
    report("young pause", pauses[min(pauses)] if pauses else stalls, "collections" if pauses else "stalls")


if __name__ == "__main__":
    main()
