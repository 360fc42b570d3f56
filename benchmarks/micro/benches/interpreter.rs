//! The interpreter alone: dispatch, dicts, allocation.

use criterion::{Criterion, criterion_group, criterion_main};
use krait_bench_micro::session::Session;
use krait_bench_micro::{group, row};

/// Turns of the loop in each program.
const N: u64 = 1000;

const DISPATCH: [(&str, &str); 5] = [
    ("int loop", "def f():\n s = 0\n for i in range(1000):\n  s += i & 7\n return s\n"),
    ("float loop", "def f():\n s = 0.0\n for i in range(1000):\n  s = s * 0.5 + 1.5\n return s\n"),
    ("calls", "def g(x):\n return x\ndef f():\n for i in range(1000):\n  g(i)\n"),
    (
        "methods and attributes",
        "class C:\n def __init__(self):\n  self.n = 0\n def m(self):\n  self.n += 1\no = C()\n\
         def f():\n for i in range(1000):\n  o.m()\n",
    ),
    (
        "branches",
        "def f():\n n = 0\n for i in range(1000):\n  if i % 3 == 0:\n   n += 1\n  elif i % 5 == 0:\n   n -= 1\n return n\n",
    ),
];

const DICT: [(&str, &str); 5] = [
    ("get by str", "d = {str(i): i for i in range(100)}\nk = list(d) * 10\ndef f():\n for x in k:\n  d[x]\n"),
    ("get by int", "d = {i: i for i in range(1000)}\ndef f():\n for x in range(1000):\n  d[x]\n"),
    ("insert", "def f():\n d = {}\n for x in range(1000):\n  d[x] = x\n return d\n"),
    (
        "count words",
        "k = ['a%d' % (i % 37) for i in range(1000)]\ndef f():\n d = {}\n for x in k:\n  d[x] = d.get(x, 0) + 1\n return d\n",
    ),
    (
        "iterate",
        "d = {i: i for i in range(1000)}\ndef f():\n n = 0\n for k, v in d.items():\n  n += v\n return n\n",
    ),
];

const ALLOCATION: [(&str, &str); 5] = [
    (
        "objects",
        "class C:\n def __init__(self, a):\n  self.a = a\ndef f():\n for i in range(1000):\n  C(i)\n",
    ),
    ("tuples", "def f():\n for i in range(1000):\n  (i, i)\n"),
    ("lists kept", "def f():\n return [[i] for i in range(1000)]\n"),
    ("strings", "def f():\n for i in range(1000):\n  str(i)\n"),
    ("big integers", "def f():\n n = 2 ** 70\n for i in range(1000):\n  n + i\n"),
];

fn interpreter(criterion: &mut Criterion) {
    let session = Session::new(krait_jit::Options::default());
    for (name, programs) in [("dispatch", DISPATCH), ("dict", DICT), ("allocation", ALLOCATION)] {
        let mut group = group(criterion, name, N);
        for (name, source) in programs {
            row(&mut group, &session, name, source);
        }
        group.finish();
    }
}

criterion_group!(benches, interpreter);
criterion_main!(benches);
