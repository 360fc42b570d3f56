"""What pyperformance's mdp computes."""
# skip: gc-stress
from _program import load
bm = load("mdp")
print(f"{bm.Battle().evaluate(0.9):.12f}")
print(bm.getDamages(100, 145, 110, 80, 2, 4), bm.getCritDist(100, bm.Fraction(1, 4), 145, 100, 110, 100, 80, 2, 1))
