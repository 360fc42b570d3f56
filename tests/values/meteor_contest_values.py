"""What pyperformance's meteor_contest computes."""
# skip: gc-stress
from _program import digest, load
bm = load("meteor_contest")
board, cti, pieces = bm.get_puzzle(bm.WIDTH, bm.HEIGHT)
fps = bm.get_footprints(board, cti, pieces)
solutions = []
bm.solve(bm.SOLVE_ARG, 0, frozenset(range(len(board))), [-1] * len(board), list(range(len(pieces))), solutions, fps, bm.get_senh(board, cti))
print(len(solutions), solutions == bm.SOLUTIONS, digest(solutions), len(pieces), sum(len(f) for row in fps for f in row))
