"""What a generator yields is alive while its yield is recorded, which allocates."""

SOURCE = """
def joined(n):
    return "\\n".join(f"line {i}: key{i %% 7}=value_{i * i} # note {i:x}; quoted {i} {i %% 12 + 1:02}-{i %% 28 + 1:02}" for i in range(n))

def pieces(n):
    for i in range(n):
        if i %% 3:
            yield f"{i}-{i * %d}"
        else:
            yield str(i) + "."
"""

wrong = 0
for turn in range(12):
    space = {}
    exec(SOURCE % turn, space)
    text = space["joined"](45)
    lines = text.split("\n")
    if len(lines) != 45 or not all(l.startswith(f"line {i}: ") for i, l in enumerate(lines)):
        wrong += 1
    parts = list(space["pieces"](45))
    if parts != [f"{i}-{i * turn}" if i % 3 else f"{i}." for i in range(45)]:
        wrong += 1
print(wrong, len(text), parts[-3:])
