import functools
import graphlib
import heapq
import itertools
import math
import sys
from collections import Counter, defaultdict, deque

import numpy as np


# ---------------------------------------------------------------- right


def right_kahn_deque(parents: list, slopes: list, root: int) -> np.ndarray:
    """Kahn's algorithm from the root: counts the uses among the nodes below root, passes on at zero."""
    below = {root}
    stack = [root]
    while stack:
        for p in parents[stack.pop()]:
            if p not in below:
                below.add(p)
                stack.append(p)
    waiting = Counter(p for node in below for p in parents[node])
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    queue = deque([root])
    while queue:
        node = queue.popleft()
        for p, slope in zip(parents[node], slopes[node]):
            grads[p] += slope * grads[node]
            waiting[p] -= 1
            if waiting[p] == 0:
                queue.append(p)
    return grads


def right_iterative_postorder(parents, slopes, root):
    """Depth first without recursion: a stack of (node, done?), the reversed postorder is the order."""
    order, seen = [], set()
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
            continue
        if node in seen:
            continue
        seen.add(node)
        stack.append((node, True))
        for p in parents[node]:
            if p not in seen:
                stack.append((p, False))
    grad = np.zeros(len(parents))
    grad[root] = 1
    for node in reversed(order):
        for p, s in zip(parents[node], slopes[node]):
            grad[p] += s * grad[node]
    return grad


def right_recursive_topological(parents, slopes, root):
    """micrograd style: a recursive build_topo, with the recursion limit raised for long chains."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 4 * len(parents) + 1000))
    topo, visited = [], set()

    def build_topo(node):
        if node not in visited:
            visited.add(node)
            for p in parents[node]:
                build_topo(p)
            topo.append(node)

    try:
        build_topo(root)
    finally:
        sys.setrecursionlimit(limit)
    grads = np.zeros(len(parents), dtype=float)
    grads[root] = 1.0
    for node in topo[::-1]:
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += grads[node] * s
    return grads


def right_graphlib(parents, slopes, root):
    """Library: graphlib of the standard library sorts the whole graph, parents first."""
    sorter = graphlib.TopologicalSorter({i: set(ps) for i, ps in enumerate(parents)})
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in reversed(list(sorter.static_order())):
        for k in range(len(parents[node])):
            grads[parents[node][k]] += slopes[node][k] * grads[node]
    return grads


def right_fixed_point(parents, slopes, root):
    """Sweeps over the equation g = e + sum over the uses until nothing changes; at most one sweep per node."""
    n = len(parents)
    grads = np.zeros(n)
    grads[root] = 1.0
    for _ in range(n + 1):
        new = np.zeros(n)
        new[root] = 1.0
        for node in range(n):
            for p, s in zip(parents[node], slopes[node]):
                new[p] += s * grads[node]
        if np.array_equal(new, grads):
            break
        grads = new
    return grads


def right_wave_matrix(parents, slopes, root):
    """Matrix style: the sum of all A^k e, over path lengths k, until the wave has died."""
    n = len(parents)
    A = np.zeros((n, n))
    for i in range(n):
        for p, s in zip(parents[i], slopes[i]):
            A[p, i] += s
    wave = np.zeros(n)
    wave[root] = 1.0
    total = wave.copy()
    for _ in range(n):
        wave = A @ wave
        if not wave.any():
            break
        total = total + wave
    return total


def right_matrix_doubling(parents, slopes, root):
    """Algebra: (I + A)(I + A²)(I + A⁴)... is the sum of all powers, for A is nilpotent."""
    n = len(parents)
    A = np.zeros((n, n))
    for child, (ps, ss) in enumerate(zip(parents, slopes)):
        np.add.at(A, (np.array(ps, dtype=int), np.full(len(ps), child, dtype=int)), np.array(ss, dtype=float))
    total = np.eye(n)
    power, length = A, 1
    while length <= n:
        total = total + power @ total
        power = power @ power
        length *= 2
    return total[:, root]


def right_wave_dictionary(parents, slopes, root):
    """Waves in dictionaries: whatever arrives in this round is passed on in the next and added to the total."""
    total = np.zeros(len(parents))
    wave = {root: 1.0}
    while wave:
        arriving = defaultdict(float)
        for node, amount in wave.items():
            total[node] += amount
            for p, s in zip(parents[node], slopes[node]):
                arriving[p] += amount * s
        wave = arriving
    return total


def right_memo_over_users(parents, slopes, root):
    """Top-down: the derivative in a node is the sum over its users, memoised with functools.cache."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 12 * len(parents) + 1000))
    users = [[] for _ in parents]
    for child in range(len(parents)):
        for p, s in zip(parents[child], slopes[child]):
            users[p].append((child, s))
    known = {root: 1.0}

    def derivative(node):
        if node not in known:
            answer = 0.0
            for child, s in users[node]:
                answer += s * derivative(child)
            known[node] = answer
        return known[node]

    try:
        return np.array([derivative(node) for node in range(len(parents))], dtype=float)
    finally:
        sys.setrecursionlimit(limit)


def right_forward_mode(parents, slopes, root):
    """Forward mode, once per node: sets its slope to 1 and carries it up to the root. Slow but right."""
    n = len(parents)
    order, placed = [], [False] * n
    while len(order) < n:
        for i in range(n):
            if not placed[i] and all(placed[p] for p in parents[i]):
                placed[i] = True
                order.append(i)
    result = np.zeros(n)
    for source in range(n):
        tangent = [0.0] * n
        for i in order:
            if i == source:
                tangent[i] = 1.0
            else:
                tangent[i] = sum((s * tangent[p] for p, s in zip(parents[i], slopes[i])), 0.0)
        result[source] = tangent[root]
    return result


def right_longest_distance(parents, slopes, root):
    """Sorts the nodes by their longest distance from the root, found by sweeps, and passes on in that order."""
    n = len(parents)
    distance = [-1] * n
    distance[root] = 0
    changed = True
    while changed:
        changed = False
        for node in range(n):
            if distance[node] >= 0:
                for p in parents[node]:
                    if distance[p] < distance[node] + 1:
                        distance[p] = distance[node] + 1
                        changed = True
    grads = np.zeros(n)
    grads[root] = 1.0
    for node in sorted(range(n), key=lambda i: distance[i]):
        if distance[node] < 0:
            continue
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
    return grads


def right_ask_all_users(parents, slopes, root):
    """Clumsy: searches again and again for a node whose users have all reported (over the whole graph)."""
    n = len(parents)
    users = []
    for node in range(n):
        users.append([other for other in range(n) if node in list(parents[other])])
    grads = [0.0] * n
    grads[root] = 1.0
    finished = set()
    while len(finished) < n:
        for node in range(n):
            if node in finished:
                continue
            ready = True
            for other in users[node]:
                if other not in finished:
                    ready = False
            if ready:
                for k in range(len(parents[node])):
                    p = parents[node][k]
                    grads[p] = grads[p] + slopes[node][k] * grads[node]
                finished.add(node)
    return np.array(grads, dtype=float)


def right_all_sinks_kahn(parents, slopes, root):
    """Kahn over the whole graph: starts at every node without a user, of which most carry a 0."""
    n = len(parents)
    uses = [0] * n
    for p in itertools.chain.from_iterable(parents):
        uses[p] += 1
    ready = [i for i in range(n) if uses[i] == 0]
    grads = np.zeros(n)
    grads[root] = 1.0
    while ready:
        node = ready.pop()
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
            uses[p] -= 1
            if uses[p] == 0:
                ready.append(p)
    return grads


def right_node_objects(parents, slopes, root):
    """Object style: a small class of nodes with a gradient and a count of reports to wait for."""

    class Node:
        def __init__(self):
            self.grad = 0.0
            self.edges = []
            self.open_reports = 0
            self.reached = False

    nodes = [Node() for _ in parents]
    for node, ps, ss in zip(nodes, parents, slopes):
        node.edges = [(nodes[p], float(s)) for p, s in zip(ps, ss)]
    todo = [nodes[root]]
    nodes[root].reached = True
    while todo:
        for parent, _ in todo.pop().edges:
            parent.open_reports += 1
            if not parent.reached:
                parent.reached = True
                todo.append(parent)
    nodes[root].grad = 1.0
    todo = [nodes[root]]
    while todo:
        node = todo.pop()
        for parent, slope in node.edges:
            parent.grad += slope * node.grad
            parent.open_reports -= 1
            if parent.open_reports == 0:
                todo.append(parent)
    return np.array([node.grad for node in nodes])


def right_torch_autograd(parents, slopes, root):
    """Library: builds a linear graph with the same slopes in torch and asks autograd."""
    import torch

    n = len(parents)
    values = [None] * n
    for i in graphlib.TopologicalSorter({i: set(ps) for i, ps in enumerate(parents)}).static_order():
        if len(parents[i]) == 0:
            values[i] = torch.zeros((), dtype=torch.float64, requires_grad=True)
        else:
            values[i] = sum(float(s) * values[p] for p, s in zip(parents[i], slopes[i]))
    found = torch.autograd.grad(values[root], values, allow_unused=True)
    return np.array([0.0 if g is None else g.item() for g in found])


def right_sparse_waves(parents, slopes, root):
    """Library: a SciPy sparse matrix (which adds up double edges), waves along it."""
    from scipy.sparse import coo_matrix

    n = len(parents)
    edges = [(p, child, s) for child in range(n) for p, s in zip(parents[child], slopes[child])]
    rows = np.array([e[0] for e in edges], dtype=int)
    columns = np.array([e[1] for e in edges], dtype=int)
    values = np.array([e[2] for e in edges], dtype=float)
    A = coo_matrix((values, (rows, columns)), shape=(n, n)).tocsr()
    wave = np.zeros(n)
    wave[root] = 1.0
    grads = wave.copy()
    while np.any(wave != 0):
        wave = A @ wave
        grads += wave
    return grads


def right_heap_by_rank(parents, slopes, root):
    """Ranks every node above its parents, then always takes the highest rank out of a heap."""
    n = len(parents)
    rank = [0] * n
    for _ in range(n):
        before = list(rank)
        for i in range(n):
            rank[i] = max([rank[p] + 1 for p in parents[i]], default=0)
        if rank == before:
            break
    grads = np.zeros(n)
    grads[root] = 1.0
    heap, queued = [(-rank[root], root)], {root}
    while heap:
        _, node = heapq.heappop(heap)
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
            if p not in queued:
                queued.add(p)
                heapq.heappush(heap, (-rank[p], p))
    return grads


def right_add_at(parents, slopes, root):
    """NumPy in the inner step: np.add.at, which adds up double parents, with early return for an input as root."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    if len(parents[root]) == 0:
        return grads
    left = np.zeros(len(parents), dtype=int)
    for ps in parents:
        np.add.at(left, np.asarray(ps, dtype=int), 1)
    done = np.zeros(len(parents), dtype=bool)
    while not done.all():
        for node in np.flatnonzero((left == 0) & ~done):
            index = np.asarray(parents[node], dtype=int)
            np.add.at(grads, index, np.asarray(slopes[node], dtype=float) * grads[node])
            np.subtract.at(left, index, 1)
            done[node] = True
    return grads


# ---------------------------------------------------------------- wrong


def _below(parents, root):
    """The nodes on which root depends, parents before children (a helper of some wrong attempts)."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((p, False) for p in parents[node])
    return order


def wrong_overwrites(parents, slopes, root):
    """`=` instead of `+=`: a node that is used several times keeps the last report only."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in reversed(_below(parents, root)):
        for p, s in zip(parents[node], slopes[node]):
            grads[p] = s * grads[node]
    return grads


def wrong_by_number(parents, slopes, root):
    """Walks through the nodes from the last number to the first, though they are numbered in any order."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in range(len(parents) - 1, -1, -1):
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
    return grads


def wrong_root_downwards(parents, slopes, root):
    """Starts at the number of the root and goes down, missing parents with higher numbers."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in reversed(range(root + 1)):
        for k, p in enumerate(parents[node]):
            grads[p] += slopes[node][k] * grads[node]
    return grads


def wrong_passes_total_again(parents, slopes, root):
    """A stack without waiting: each report makes the node pass its whole sum on once more."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    stack = [root]
    while stack:
        node = stack.pop()
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
            stack.append(p)
    return grads


def wrong_breadth_first(parents, slopes, root):
    """Breadth first with a visited set: a node may pass on before all that use it have reported."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    queue, visited = deque([root]), {root}
    while queue:
        node = queue.popleft()
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
            if p not in visited:
                visited.add(p)
                queue.append(p)
    return grads


def wrong_waits_for_strangers(parents, slopes, root):
    """Counts all users in the graph, so that a node used outside of root's past waits for ever."""
    uses = Counter(p for ps in parents for p in ps)
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    queue = [root]
    while queue:
        node = queue.pop()
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
            uses[p] -= 1
            if uses[p] == 0:
                queue.append(p)
    return grads


def wrong_double_parent_in_dictionary(parents, slopes, root):
    """dict(zip(parents, slopes)): of a parent used twice by one node (x · x) only the last slope is left."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    edges = [dict(zip(ps, ss)) for ps, ss in zip(parents, slopes)]
    for node in reversed(_below(parents, root)):
        for p, s in edges[node].items():
            grads[p] += s * grads[node]
    return grads


def wrong_slope_by_index(parents, slopes, root):
    """parents[node].index(p) finds the first of equal parents, so the first slope is taken twice."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in _below(parents, root)[::-1]:
        for p in parents[node]:
            grads[p] += slopes[node][parents[node].index(p)] * grads[node]
    return grads


def wrong_root_zero(parents, slopes, root):
    """Takes only the other nodes for asked: the derivative of root in itself is put to 0."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in reversed(_below(parents, root)):
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
    grads[root] = 0.0
    return grads


def wrong_starts_with_ones(parents, slopes, root):
    """np.ones for the start: every node counts as if it were root."""
    grads = np.ones(len(parents))
    for node in reversed(_below(parents, root)):
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
    return grads


def wrong_inputs_only(parents, slopes, root):
    """Clears the nodes on the way: only the inputs keep their derivative."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in reversed(_below(parents, root)):
        if not parents[node]:
            continue
        arrived, grads[node] = grads[node], 0.0
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * arrived
    return grads


def wrong_adds_along_path(parents, slopes, root):
    """Adds the slope to what arrived instead of multiplying."""
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in reversed(_below(parents, root)):
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s + grads[node]
    return grads


def wrong_postorder_not_reversed(parents, slopes, root):
    """Forgets to reverse the order: parents pass on before anything has arrived."""
    order, visited = [], set()

    def visit(node):
        if node in visited:
            return
        visited.add(node)
        for p in parents[node]:
            visit(p)
        order.append(node)

    visit(root)
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in order:
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
    return grads


def wrong_preorder(parents, slopes, root):
    """Takes the order of first visits, depth first, for a topological order."""
    order = []

    def visit(node):
        if node not in order:
            order.append(node)
            for p in parents[node]:
                visit(p)

    visit(root)
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    for node in order:
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
    return grads


def wrong_starts_at_last_node(parents, slopes, root):
    """Takes the last node for the root, as in a graph numbered in order."""
    last = len(parents) - 1
    grads = np.zeros(len(parents))
    grads[last] = 1.0
    for node in reversed(_below(parents, last)):
        for p, s in zip(parents[node], slopes[node]):
            grads[p] += s * grads[node]
    return grads


def wrong_whole_numbers(parents, slopes, root):
    """An array of integers for the derivatives: fractions are cut off on assignment."""
    grads = np.zeros(len(parents), dtype=int)
    grads[root] = 1
    for node in reversed(_below(parents, root)):
        for p, s in zip(parents[node], slopes[node]):
            grads[p] = grads[p] + s * grads[node]
    return grads


def wrong_towards_users(parents, slopes, root):
    """The other direction: the derivative of every node in root instead of that of root in every node."""
    users = [[] for _ in parents]
    for child in range(len(parents)):
        for p, s in zip(parents[child], slopes[child]):
            users[p].append((child, s))
    total = np.zeros(len(parents))
    wave = {root: 1.0}
    while wave:
        arriving = defaultdict(float)
        for node, amount in wave.items():
            total[node] += amount
            for child, s in users[node]:
                arriving[child] += amount * s
        wave = arriving
    return total


def wrong_pops_from_input(parents, slopes, root):
    """The values are right, but the lists given are emptied on the way: inputs changed."""
    order = _below(parents, root)
    grads = np.zeros(len(parents))
    grads[root] = 1.0
    while order:
        node = order.pop()
        while parents[node]:
            p = parents[node].pop()
            grads[p] += slopes[node].pop() * grads[node]
    return grads
