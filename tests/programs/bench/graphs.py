"""Heaps, dicts and deques: shortest paths, flows, components, life on a torus, knapsack."""
from collections import deque
import heapq


def grid_graph(n):
    g = {}
    for r in range(n):
        for c in range(n):
            g[r, c] = [((r + dr, c + dc), 1 + (r * 31 + c * 17 + dr * 5 + dc * 3) % 9) for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)) if 0 <= r + dr < n and 0 <= c + dc < n]
    return g


def dijkstra(g, start):
    dist, heap = {start: 0}, [(0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, w in g[u]:
            nd = d + w
            if nd < dist.get(v, 1 << 60):
                dist[v] = nd
                heapq.heappush(heap, (nd, v))
    return dist


def bellman(g, start):
    dist = dict.fromkeys(g, float("inf"))
    dist[start] = 0
    changed = True
    while changed:
        changed = False
        for u in g:
            for v, w in g[u]:
                if dist[u] + w < dist[v]:
                    dist[v] = dist[u] + w
                    changed = True
    return dist


g = grid_graph(18)
a, b = dijkstra(g, (0, 0)), bellman(g, (0, 0))
print(a == b, a[17, 17], sum(a.values()), max(a.values()))


def components(n, edges):
    parent = list(range(n))

    def find(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x
    for u, v in edges:
        parent[find(u)] = find(v)
    sizes = {}
    for i in range(n):
        r = find(i)
        sizes[r] = sizes.get(r, 0) + 1
    return sorted(sizes.values())


print(components(500, [(i, (i * 37 + 11) % 500) for i in range(0, 500, 3)])[-5:])


def bfs(g, s):
    seen, q, order = {s: 0}, deque([s]), []
    while q:
        u = q.popleft()
        order.append(u)
        for v, _ in g[u]:
            if v not in seen:
                seen[v] = seen[u] + 1
                q.append(v)
    return order, max(seen.values())


order, depth = bfs(g, (9, 9))
print(len(order), depth, order[:4])


def life(cells, n):
    counts = {}
    for r, c in cells:
        for dr in (-1, 0, 1):
            for dc in (-1, 0, 1):
                if dr or dc:
                    k = (r + dr) % n, (c + dc) % n
                    counts[k] = counts.get(k, 0) + 1
    return {k for k, v in counts.items() if v == 3 or v == 2 and k in cells}


cells = {(1, 2), (2, 3), (3, 1), (3, 2), (3, 3), (10, 10), (10, 11), (10, 12), (11, 11), (20, 5), (20, 6), (21, 5), (21, 6)}
for _ in range(40):
    cells = life(cells, 24)
print(len(cells), sorted(cells)[:6])


def knapsack(items, capacity):
    best = [0] * (capacity + 1)
    for value, weight in items:
        for c in range(capacity, weight - 1, -1):
            best[c] = max(best[c], best[c - weight] + value)
    return best[-1]


print(knapsack([(i * 7 % 23 + 1, i * 5 % 17 + 1) for i in range(40)], 150))


def max_flow(cap, s, t):
    flow = 0
    while True:
        parent, q = {s: None}, deque([s])
        while q and t not in parent:
            u = q.popleft()
            for v in sorted(cap[u]):
                if v not in parent and cap[u][v] > 0:
                    parent[v] = u
                    q.append(v)
        if t not in parent:
            return flow
        path, v = [], t
        while parent[v] is not None:
            path.append((parent[v], v))
            v = parent[v]
        push = min(cap[u][v] for u, v in path)
        for u, v in path:
            cap[u][v] -= push
            cap[v][u] = cap[v].get(u, 0) + push
        flow += push


cap = {i: {} for i in range(20)}
for i in range(20):
    for k in (1, 3, 7):
        if i + k < 20:
            cap[i][i + k] = (i * 13 + k * 5) % 10 + 1
print(max_flow(cap, 0, 19))


def lcs(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    out, i, j = [], len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            out.append(a[i - 1])
            i, j = i - 1, j - 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return "".join(reversed(out))


print(lcs("".join(chr(97 + i * i % 11) for i in range(60)), "".join(chr(97 + i * 7 % 13) for i in range(60))))
