"""random: sequences from fixed seeds are the Mersenne Twister's, in every method."""
import random
r = random.Random(12345)
print([r.random() for _ in range(4)], r.getrandbits(5), r.getrandbits(100), r.randrange(10), r.randrange(5, 500, 7), r.randint(-3, 3), r.randbytes(6), r.choice("abcdef"), r.choices("abc", k=5), r.choices([1, 2, 3], weights=[1, 5, 1], k=4), r.choices("xy", cum_weights=[1, 3], k=3), r.sample(range(100), 5), r.sample("abcdefgh", 3), r.sample([1, 2], counts=[3, 4], k=3))
lst = list(range(10))
r.shuffle(lst)
print(lst, r.uniform(2, 5), r.triangular(1, 3, 2), r.triangular(), r.gauss(0, 1), r.gauss(5, 2), r.normalvariate(0, 1), r.lognormvariate(0, 0.5), r.expovariate(2), r.betavariate(2, 3), r.gammavariate(2, 1), r.gammavariate(0.5, 1), r.paretovariate(3), r.weibullvariate(1, 2), r.vonmisesvariate(0, 1), r.binomialvariate(20, 0.3), r.binomialvariate(100, 0.4))
for seed in (0, 1, -5, 2 ** 100, 1.5, "text", b"bytes", bytearray(b"ba"), ""):
    g = random.Random(seed)
    print(repr(seed), g.random(), g.randrange(2 ** 70), g.getrandbits(32))
r.seed(7)
state = r.getstate()
first = [r.random() for _ in range(3)] + [r.gauss(0, 1)]
r.setstate(state)
print(first == [r.random() for _ in range(3)] + [r.gauss(0, 1)], state[0], len(state[1]), state[1][-1], state[2])
r.seed("x", version=1)
print(r.random())
random.seed(99)
print(random.random(), random.randint(1, 6), random.choice([1, 2, 3]), random.getrandbits(1), random.randrange(1), random.sample([], 0))
for f in (lambda: r.choice([]), lambda: r.randrange(0), lambda: r.randrange(1.5), lambda: r.sample([1], 2), lambda: r.sample({1, 2}, 1), lambda: r.choices([], k=1), lambda: r.choices([1], weights=[0]), lambda: r.choices([1, 2], weights=[1]), lambda: r.getrandbits(-1), lambda: r.randint(2, 1), lambda: random.Random([]), lambda: r.setstate((1,)), lambda: r.sample(5, 1), lambda: r.randrange(1, 10, 0), lambda: r.choices([1], weights=[1], cum_weights=[1]), lambda: r.expovariate(0), lambda: r.shuffle((1, 2)), lambda: r.getrandbits("a"), lambda: r.binomialvariate(-1), lambda: r.sample([1, 2], counts=[1], k=1)):
    try:
        print(f())
    except (IndexError, ValueError, TypeError, ZeroDivisionError) as e:
        print(type(e).__name__, str(e).split(":")[0])


class Half(random.Random):
    def random(self):
        return 0.5


h = Half()
print(h.random(), h.uniform(0, 10), h.choice("abcd"), h.randrange(8), h.shuffle(q := [1, 2, 3, 4]), q)
import statistics
g = random.Random(5)
data = [g.gauss(100, 15) for _ in range(500)]
print(round(statistics.mean(data), 6), round(statistics.stdev(data), 6), round(statistics.median(data), 6), statistics.quantiles(range(11), n=4), statistics.mode("aab"), statistics.multimode("aabb"), statistics.fmean([1, 2, 3.5]), statistics.harmonic_mean([40, 60]), statistics.geometric_mean([1, 4]), statistics.pvariance([1, 2, 3]), statistics.variance([1, 2, 4]), statistics.median_low([1, 2, 3, 4]), statistics.median_high([1, 2, 3, 4]), statistics.correlation([1, 2, 3], [1, 2, 4]), statistics.linear_regression([1, 2, 3], [2, 4, 6]), statistics.NormalDist(0, 1).cdf(1.96), statistics.NormalDist(5, 2).inv_cdf(0.9), statistics.median_grouped([1, 2, 2, 3]))
