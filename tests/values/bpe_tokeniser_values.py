"""What pyperformance's bpe_tokeniser computes."""
# skip: gc-stress jit-stress
import os
from _program import digest, folder, load
bm = load("bpe_tokeniser")
with open(os.path.join(folder("bpe_tokeniser"), "data", "frankenstein_intro.txt"), encoding="utf8") as f:
    data = f.read()
pattern = r"""'s|'t|'re|'ve|'m|'ll|'d| ?[a-zA-Z]+| ?\d+| ?[^\sa-zA-Z\d]+|\s+(?!\S)|\s+"""
encoding = bm.SimpleBytePairEncoding.train(data[:20000], 400, pattern)
tokens = encoding.encode(data[:5000])
print(len(data), len(encoding.mergeable_ranks), digest(sorted(encoding.mergeable_ranks.items())), len(tokens), tokens[:20], encoding.decode(tokens) == data[:5000])
