"""Rich comparison: chains, reflected methods, defaults, containers, errors."""


class V:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"V{self.v}"

    def __lt__(self, o):
        print("lt", self, o)
        return self.v < o.v

    def __eq__(self, o):
        if not isinstance(o, V):
            return NotImplemented
        return self.v == o.v

    def __hash__(self):
        return hash(self.v)


print(V(1) < V(2), V(1) > V(2), V(1) == V(1), V(1) != V(1), V(1) == 1)
try:
    V(1) <= V(2)
except TypeError as e:
    print(e)


def say(v):
    print("eval", v)
    return v


print(say(1) < say(3) > say(2) != say(5))
print(say(5) < say(1) < say(9))
print(1 < 2 < 3 < 4 > 0, 1 == 1 is not None, [1] == [1] != [2], not 1 == 2)


class Odd:
    def __eq__(self, o):
        return "truthy eq"

    def __lt__(self, o):
        return []


print(Odd() == 1, Odd() != 1, Odd() < 1, (Odd() < 1) < 2 if False else "", 1 == Odd(), 1 > Odd())
try:
    hash(Odd())
except TypeError as e:
    print(e)


class Sub(V):
    def __eq__(self, o):
        print("Sub.eq")
        return True

    __hash__ = V.__hash__


print(V(1) == Sub(2), Sub(1) == V(2), V(5) in [Sub(1)])
nan = float("nan")
print(nan == nan, nan in [nan], [nan] == [nan], (nan,) < (nan,), [1, nan].index(nan), {nan: 1}[nan])
print([1, 2] < [1, 2, 0], (1, "a") < (2, None), [] < [0], (1, 2) >= (1, 2), "a" < "b" < "ba", b"a" < b"aa")
for src in ("(1, 'a') < (1, 2)", "[1] < (1,)", "1 < 'a'", "None < None", "{} < {}", "1j < 2j", "object() < 1" ,
            "len < max", "{1} < [1]"):
    try:
        print(src, eval(src))
    except TypeError as e:
        print(str(e).replace("builtin_function_or_method", "builtin"))
print({1, 2} < {1, 2, 3}, {1} <= {1}, {1, 2} > {3}, {1: 2} == {1: 2.0}, frozenset([1]) == {1}, {}.keys() == set())
print(1 == 1.0 == True, 1 == 1 + 0j, 0.1 + 0.2 == 0.3, 2 ** 53 == 2.0 ** 53, 2 ** 53 + 1 == 2.0 ** 53, 10 ** 400 > 1e308)
print(max(V(3), V(7), V(5)), min([V(3), V(1)]))
print(sorted([V(2), V(1)]))
print([1, 2, 3] is [1, 2, 3], () is (), None is None, "a" is not None)
print(type(1) == int, type(1) is type(2), int != float, Ellipsis == ..., NotImplemented is NotImplemented)
from functools import total_ordering


@total_ordering
class T:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n


print(T(1) <= T(1), T(2) > T(1), T(1) >= T(2))


class BadBool:
    def __bool__(self): return 2


class LenBool:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n


try:
    if BadBool(): pass
except TypeError as e:
    print(e)
print(bool(LenBool(0)), bool(LenBool(3)), not LenBool(0), LenBool(0) or "or", LenBool(1) and "and")
try:
    bool(LenBool(-1))
except ValueError as e:
    print(e)
