from collections import deque
import sys

import numpy as np


def right_kahn_b(parents: list, slopes: list, root: int) -> np.ndarray:
    """Counts the uses of every node and lets a node pass on when all its users have reported."""
    n = len(parents)
    waiting = [0] * n
    for ps in parents:
        for p in ps:
            waiting[p] += 1
    grads = np.zeros(n)
    grads[root] = 1.0
    queue = deque(i for i in range(n) if waiting[i] == 0)
    while queue:
        node = queue.popleft()
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
            waiting[p] -= 1
            if waiting[p] == 0:
                queue.append(p)
    return grads


def right_stack_b(parents, slopes, root):
    """Depth-first order with a stack of its own, then backwards through it."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
            continue
        if node in seen:
            continue
        seen.add(node)
        stack.append((node, True))
        for p in parents[node]:
            if p not in seen:
                stack.append((p, False))
    derivative = [0.0] * len(parents)
    derivative[root] = 1.0
    for node in reversed(order):
        for k in range(len(parents[node])):
            derivative[parents[node][k]] += derivative[node] * slopes[node][k]
    return np.array(derivative)


def right_micrograd_b(parents, slopes, root):
    """As in micrograd: recursive topological order, with the recursion limit raised."""
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in parents[v]:
                build(child)
            topo.append(v)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + 2 * len(parents) + 100)
    try:
        build(root)
    finally:
        sys.setrecursionlimit(limit)

    grad = np.zeros(len(parents))
    grad[root] = 1
    for v in topo[::-1]:
        for child, slope in zip(parents[v], slopes[v]):
            grad[child] += slope * grad[v]
    return grad


def right_waves_b(parents, slopes, root):
    """Vectorised: sums over paths by their length, one wave over all edges at a time."""
    n = len(parents)
    user = np.array([i for i in range(n) for _ in parents[i]], dtype=int)
    used = np.array([p for ps in parents for p in ps], dtype=int)
    slope = np.array([s for ss in slopes for s in ss], dtype=float)
    wave = np.zeros(n)
    wave[root] = 1.0
    total = wave.copy()
    for _ in range(n):
        wave = np.bincount(used, weights=slope * wave[user], minlength=n)
        if not wave.any():
            break
        total = total + wave
    return total


def right_graphlib_b(parents, slopes, root):
    """The standard library sorts the nodes."""
    from graphlib import TopologicalSorter

    order = list(TopologicalSorter({i: set(ps) for i, ps in enumerate(parents)}).static_order())
    result = np.zeros(len(parents), dtype=float)
    result[root] = 1.0
    for node in order[::-1]:
        for parent, slope in zip(parents[node], slopes[node]):
            result[parent] = result[parent] + slope * result[node]
    return result


def right_rounds_b(parents, slopes, root):
    """Clumsy rounds: again and again finishes those nodes whose users are all finished."""
    n = len(parents)
    users = [[] for _ in range(n)]
    for i in range(n):
        for k in range(len(parents[i])):
            users[parents[i][k]].append((i, slopes[i][k]))
    done = [False] * n
    grad = [0.0] * n
    left = list(range(n))
    while len(left) > 0:
        still = []
        for i in left:
            ready = True
            for u, _ in users[i]:
                if not done[u]:
                    ready = False
                    break
            if not ready:
                still.append(i)
                continue
            if i == root:
                grad[i] = 1.0
            else:
                for u, s in users[i]:
                    grad[i] += grad[u] * s
            done[i] = True
        left = still
    return np.array(grad, dtype=float)


def right_pull_b(parents, slopes, root):
    """Recursive with a memory: a node asks all its users; the recursion limit is raised."""
    n = len(parents)
    users = {i: [] for i in range(n)}
    for i, (ps, ss) in enumerate(zip(parents, slopes)):
        for p, s in zip(ps, ss):
            users[p].append((i, s))
    known = {root: 1.0}

    def ask(i):
        if i not in known:
            value = 0.0
            for u, s in users[i]:
                value += s * ask(u)
            known[i] = value
        return known[i]

    old = sys.getrecursionlimit()
    sys.setrecursionlimit(old + 3 * n + 100)
    try:
        return np.array([ask(i) for i in range(n)], dtype=float)
    finally:
        sys.setrecursionlimit(old)


def wrong_descending_b(parents, slopes, root):
    """Takes for granted that parents have the smaller numbers."""
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    for i in reversed(range(len(parents))):
        for p, s in zip(parents[i], slopes[i]):
            grad[p] += s * grad[i]
    return grad


def wrong_bfs_b(parents, slopes, root):
    """Breadth first from root, each node once: a node passes on before all its users have reported."""
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    visited = {root}
    queue = deque([root])
    while queue:
        node = queue.popleft()
        for p, s in zip(parents[node], slopes[node]):
            grad[p] += s * grad[node]
            if p not in visited:
                visited.add(p)
                queue.append(p)
    return grad


def wrong_assign_b(parents, slopes, root):
    """= in place of +=: only the last user counts."""
    order, seen = [], set()

    def visit(v):
        if v in seen:
            return
        seen.add(v)
        for p in parents[v]:
            visit(p)
        order.append(v)

    visit(root)
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    for v in reversed(order):
        for p, s in zip(parents[v], slopes[v]):
            grad[p] = s * grad[v]
    return grad


def wrong_dict_b(parents, slopes, root):
    """Makes a dict of parent to slope: the second use by the same node overwrites the first."""
    edges = [dict(zip(ps, ss)) for ps, ss in zip(parents, slopes)]
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for p in edges[v]:
                visit(p)
            order.append(v)

    visit(root)
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    for v in reversed(order):
        for p in edges[v]:
            grad[p] += edges[v][p] * grad[v]
    return grad


def wrong_index_b(parents, slopes, root):
    """Finds the slope with list.index: for a parent that stands there twice the first slope counts twice."""
    n = len(parents)
    count = [0] * n
    for ps in parents:
        for p in ps:
            count[p] += 1
    grad = np.zeros(n)
    grad[root] = 1
    ready = [i for i in range(n) if count[i] == 0]
    while ready:
        i = ready.pop()
        for p in parents[i]:
            grad[p] += grad[i] * slopes[i][parents[i].index(p)]
            count[p] -= 1
            if count[p] == 0:
                ready.append(p)
    return grad


def wrong_last_node_b(parents, slopes, root):
    """Starts at the nodes nobody uses, with 1 in each of them, and not at root."""
    n = len(parents)
    count = [0] * n
    for ps in parents:
        for p in ps:
            count[p] += 1
    grad = np.zeros(n)
    ready = [i for i in range(n) if count[i] == 0]
    for i in ready:
        grad[i] = 1.0
    while ready:
        i = ready.pop()
        for p, s in zip(parents[i], slopes[i]):
            grad[p] += s * grad[i]
            count[p] -= 1
            if count[p] == 0:
                ready.append(p)
    return grad


def wrong_slope_only_b(parents, slopes, root):
    """Adds the slopes without the derivative that arrives from above."""
    topo, seen = [], set()

    def build(v):
        if v not in seen:
            seen.add(v)
            for p in parents[v]:
                build(p)
            topo.append(v)

    build(root)
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    for v in reversed(topo):
        for p, s in zip(parents[v], slopes[v]):
            grad[p] += s
    return grad


def wrong_requeue_b(parents, slopes, root):
    """Queues a node again when more arrives, and passes on all of its sum a second time."""
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    todo = [root]
    while len(todo) > 0:
        node = todo.pop(0)
        for k in range(len(parents[node])):
            p = parents[node][k]
            grad[p] += slopes[node][k] * grad[node]
            if p not in todo:
                todo.append(p)
    return grad


def wrong_counts_all_b(parents, slopes, root):
    """Counts the users in the whole graph but starts at root only: waits for nodes that never report."""
    n = len(parents)
    waiting = np.zeros(n, dtype=int)
    for ps in parents:
        for p in ps:
            waiting[p] += 1
    grad = np.zeros(n)
    grad[root] = 1.0
    queue = deque([root])
    while queue:
        node = queue.popleft()
        for p, s in zip(parents[node], slopes[node]):
            grad[p] += s * grad[node]
            waiting[p] -= 1
            if waiting[p] == 0:
                queue.append(p)
    return grad


def wrong_distance_b(parents, slopes, root):
    """Sorts the nodes by their shortest distance from root in place of the longest."""
    distance = {root: 0}
    queue = deque([root])
    while queue:
        node = queue.popleft()
        for p in parents[node]:
            if p not in distance:
                distance[p] = distance[node] + 1
                queue.append(p)
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    for node in sorted(distance, key=lambda i: distance[i]):
        for p, s in zip(parents[node], slopes[node]):
            grad[p] += s * grad[node]
    return grad


def wrong_not_reversed_b(parents, slopes, root):
    """Forgets to turn the topological order round: the inputs come first."""
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for p in parents[v]:
                build(p)
            topo.append(v)

    build(root)
    grad = np.zeros(len(parents))
    grad[root] = 1.0
    for v in topo:
        for p, s in zip(parents[v], slopes[v]):
            grad[p] += s * grad[v]
    return grad


def wrong_int_array_b(parents, slopes, root):
    """Starts from an array of whole numbers: fractions are cut off."""
    n = len(parents)
    waiting = [0] * n
    for ps in parents:
        for p in ps:
            waiting[p] += 1
    grad = np.array([1 if i == root else 0 for i in range(n)])
    queue = [i for i in range(n) if waiting[i] == 0]
    while queue:
        node = queue.pop()
        for p, s in zip(parents[node], slopes[node]):
            grad[p] = grad[p] + s * grad[node]
            waiting[p] -= 1
            if waiting[p] == 0:
                queue.append(p)
    return grad
