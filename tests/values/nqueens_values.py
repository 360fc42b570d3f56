"""What pyperformance's nqueens computes."""
# skip: gc-stress
from _program import digest, load
bm = load("nqueens")
for n in range(1, 8):
    found = list(bm.n_queens(n))
    print(n, len(found), digest(found))
print(list(bm.permutations("abc", 2)), list(bm.n_queens(4)))
