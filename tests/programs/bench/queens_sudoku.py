"""Recursion, generators and sets: eight queens, a sudoku by constraint propagation, permutations."""


def queens(n, row=0, cols=0, left=0, right=0):
    if row == n:
        return 1
    count, free = 0, ~(cols | left | right) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        count += queens(n, row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


def queens_gen(n, placed=()):
    if len(placed) == n:
        yield placed
        return
    for c in range(n):
        if all(c != p and abs(c - p) != len(placed) - i for i, p in enumerate(placed)):
            yield from queens_gen(n, placed + (c,))


print([queens(n) for n in range(1, 9)], sum(1 for _ in queens_gen(6)), next(queens_gen(8)))
DIGITS = "123456789"
CELLS = [r + c for r in "ABCDEFGHI" for c in DIGITS]
UNITS = [[r + c for r in "ABCDEFGHI"] for c in DIGITS] + [[r + c for c in DIGITS] for r in "ABCDEFGHI"]
UNITS += [[r + c for r in rs for c in cs] for rs in ("ABC", "DEF", "GHI") for cs in ("123", "456", "789")]
UNITS_OF = {s: [u for u in UNITS if s in u] for s in CELLS}
PEERS = {s: sorted(set(sum(UNITS_OF[s], [])) - {s}) for s in CELLS}


def assign(values, s, d):
    return values if all(eliminate(values, s, o) for o in values[s].replace(d, "")) else None


def eliminate(values, s, d):
    if d not in values[s]:
        return values
    values[s] = values[s].replace(d, "")
    if not values[s]:
        return None
    if len(values[s]) == 1 and not all(eliminate(values, p, values[s]) for p in PEERS[s]):
        return None
    for u in UNITS_OF[s]:
        places = [x for x in u if d in values[x]]
        if not places or (len(places) == 1 and not assign(values, places[0], d)):
            return None
    return values


def solve(grid):
    values = dict.fromkeys(CELLS, DIGITS)
    for s, d in zip(CELLS, grid):
        if d in DIGITS and not assign(values, s, d):
            return None
    return search(values)


def search(values):
    if values is None:
        return None
    if all(len(values[s]) == 1 for s in CELLS):
        return values
    _, s = min((len(values[s]), s) for s in CELLS if len(values[s]) > 1)
    for d in values[s]:
        if result := search(assign(values.copy(), s, d)):
            return result
    return None


for grid in ("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
             "1....7.9..3..2...8..96..5....53..9...1..8...26....4...3......1..4......7..7...3.."):
    solved = solve(grid)
    for r in "ABCDEFGHI":
        print("".join(solved[r + c] for c in DIGITS), end=" ")
    print()


def permutations(items):
    if not items:
        yield []
    for i, x in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield [x, *rest]


def flips(perm):
    perm, n = list(perm), 0
    while (k := perm[0]) > 1:
        perm[:k] = perm[k - 1::-1] if k <= len(perm) else perm
        n += 1
    return n


print(max(flips(p) for p in permutations([1, 2, 3, 4, 5, 6])), sum(1 for p in permutations(list(range(5))) if all(p[i] != i for i in range(5))))


def hanoi(n, a="a", b="b", c="c"):
    if n:
        yield from hanoi(n - 1, a, c, b)
        yield a + c
        yield from hanoi(n - 1, b, a, c)


moves = list(hanoi(8))
print(len(moves), moves[:5], moves.count("ac"))
