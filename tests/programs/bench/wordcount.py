"""Strings and dicts: a generated text is split, counted, indexed, compressed and searched."""
from collections import Counter, defaultdict

SYLLABLES = "ka to mi re sun dar el vo qua fin os bur".split()


def make_text(n):
    state, words = 7, []
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        words.append("".join(SYLLABLES[(state >> (k * 3 + 5)) % len(SYLLABLES)] for k in range(1 + (state >> 20) % 3)))
        if state % 11 == 0:
            words[-1] += "."
    return " ".join(words)


text = make_text(4000)
print(len(text), text[:60])
counts = {}
for word in text.split():
    word = word.strip(".").lower()
    counts[word] = counts.get(word, 0) + 1
top = sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))[:8]
print(len(counts), top)
assert counts == dict(Counter(w.strip(".") for w in text.split()))
index = defaultdict(list)
for position, sentence in enumerate(text.split(". ")):
    for w in sentence.split():
        index[w].append(position)
print(len(index), sum(map(len, index.values())), sorted(index)[:5], index[top[0][0]][:10])
print("".join(w[0] for w in text.split()[:60]).upper(), text.count("kato"), text.find("quaqua"), text.replace("ka", "KA").count("KA"))


def lzw(data):
    table = {chr(i): i for i in range(256)}
    current, out = "", []
    for ch in data:
        if current + ch in table:
            current += ch
        else:
            out.append(table[current])
            table[current + ch] = len(table)
            current = ch
    out.append(table[current])
    return out


def unlzw(codes):
    table = [chr(i) for i in range(256)]
    previous = table[codes[0]]
    out = [previous]
    for code in codes[1:]:
        entry = table[code] if code < len(table) else previous + previous[0]
        out.append(entry)
        table.append(previous + entry[0])
        previous = entry
    return "".join(out)


codes = lzw(text)
print(len(codes), max(codes), unlzw(codes) == text)


def levenshtein(a, b):
    row = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, cb in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (ca != cb))
    return row[-1]


names = [w for w, _ in top]
print([[levenshtein(a, b) for b in names] for a in names[:4]])
caesar = str.maketrans({chr(97 + i): chr(97 + (i + 13) % 26) for i in range(26)})
print(text[:30].translate(caesar), text.translate(caesar).translate(caesar) == text, max(text.split(), key=len), {len(w) for w in counts} == set(range(min(map(len, counts)), max(map(len, counts)) + 1)) or sorted({len(w) for w in counts}))
