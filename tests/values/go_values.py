"""What pyperformance's go computes."""
# skip: gc-stress
from _program import digest, load
bm = load("go")
bm.GAMES = 60
move = bm.versus_cpu()
print(move, bm.MOVES, bm.TIMESTAMP, bm.random.random())
board = bm.Board()
bm.random.seed(7)
for _ in range(60):
    p = board.random_move()
    if p == bm.PASS:
        break
    board.move(p)
board.check()
print(board, board.score(bm.BLACK), board.score(bm.WHITE), board.zobrist.hash == board.zobrist.hash, digest(board.history))
