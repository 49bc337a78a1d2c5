"""Held-out attempts at signature, by another hand, written from the task's text alone."""

import itertools

import numpy as np
import torch


def right_polynomial(numbers, a, b, prime):
    """a x + b is a polynomial of degree 1 in x."""
    x = np.asarray(numbers, dtype=np.int64)
    return [int(np.min(np.polyval(np.array([int(p), int(q)], dtype=np.int64), x) % prime)) for p, q in zip(a, b)]


def right_product(numbers, a, b, prime):
    """All pairs of function and member in one loop, with a dictionary."""
    least = {}
    for (i, (p, q)), x in itertools.product(enumerate(zip(a, b)), numbers):
        value = (int(p) * int(x) + int(q)) % int(prime)
        least[i] = min(least.get(i, value), value)
    return [least[i] for i in range(len(least))]


def right_while(numbers, a, b, prime):
    """Two while loops, and a swap of what is less."""
    values, i = [], 0
    while i < len(a):
        j = 1
        best = (int(a[i]) * int(numbers[0]) + int(b[i])) % int(prime)
        while j < len(numbers):
            new = (int(a[i]) * int(numbers[j]) + int(b[i])) % int(prime)
            if new < best:
                best = new
            j += 1
        values.append(best)
        i += 1
    return torch.tensor(values)


def right_cumulated(numbers, a, b, prime):
    """The last of the running least values."""
    x = torch.as_tensor(numbers).to(torch.int64)
    a, b = torch.as_tensor(a).to(torch.int64), torch.as_tensor(b).to(torch.int64)
    hashed = torch.einsum("m,n->mn", x, a).add(b).remainder(prime)
    return torch.cummin(hashed, dim=0).values[-1]


def right_remainders_first(numbers, a, b, prime):
    """Takes remainders before the product as well, which changes nothing but the size of the numbers."""
    p = int(prime)
    small = {int(x) % p for x in numbers}
    return np.fromiter((min((int(s) % p * x + int(t) % p) % p for x in small) for s, t in zip(a, b)), dtype=np.int64)


def right_along_axis(numbers, a, b, prime):
    """A function of one row (a, b), applied along an axis."""
    x = np.asarray(numbers, dtype=np.int64)
    rows = np.column_stack([np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)])
    return np.apply_along_axis(lambda row: np.sort((row[0] * x + row[1]) % prime)[0], 1, rows)


def wrong_zero_is_nothing(numbers, a, b, prime):
    """`not best` is true for a least value of 0 as well, which is then replaced."""
    result = []
    for p, q in zip(a, b):
        best = None
        for x in numbers:
            value = (int(p) * int(x) + int(q)) % prime
            if not best or value < best:
                best = value
        result.append(best)
    return result


def wrong_last_member(numbers, a, b, prime):
    """The value of the last member stays, since nothing is compared."""
    signature = [0] * len(a)
    for x in numbers:
        for i in range(len(a)):
            signature[i] = (int(a[i]) * int(x) + int(b[i])) % prime
    return signature


def wrong_second_least(numbers, a, b, prime):
    """Element 1 of the sorted values."""
    return [sorted((int(p) * int(x) + int(q)) % prime for x in numbers)[min(1, len(numbers) - 1)] for p, q in zip(a, b)]


def wrong_prime_less_one(numbers, a, b, prime):
    """The remainder of prime − 1."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.outer(np.asarray(a), x) + np.asarray(b)[:, None]) % (prime - 1)).min(axis=1)


def wrong_functions_of_positions(numbers, a, b, prime):
    """Hashes the places 0, 1, 2, ... of the members, not the members."""
    return [min((int(p) * j + int(q)) % prime for j in range(len(numbers))) for p, q in zip(a, b)]


def wrong_sum_of_the_set(numbers, a, b, prime):
    """Hashes the sum of the members."""
    whole = sum(int(x) for x in numbers)
    return [(int(p) * whole + int(q)) % prime for p, q in zip(a, b)]


def wrong_torch_min_pair(numbers, a, b, prime):
    """torch's min over a dimension gives a pair; its second half is taken."""
    x = torch.as_tensor(numbers).long()
    hashed = (torch.as_tensor(a).long()[:, None] * x + torch.as_tensor(b).long()[:, None]) % prime
    return hashed.min(dim=1)[1]


def wrong_only_one_place(numbers, a, b, prime):
    """The least of the last function is returned: the list is overwritten."""
    for p, q in zip(a, b):
        result = [min((int(p) * int(x) + int(q)) % prime for x in numbers)]
    return result


def wrong_power(numbers, a, b, prime):
    """x to the a in place of a times x."""
    return [min((pow(int(x), int(p), int(prime)) + int(q)) % prime for x in numbers) for p, q in zip(a, b)]


def wrong_share(numbers, a, b, prime):
    """Divides by prime, to have numbers between 0 and 1."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.outer(np.asarray(a), x) + np.asarray(b)[:, None]) % prime).min(axis=1) / prime


def wrong_distinct(numbers, a, b, prime):
    """A set of the least values: equal ones fall together and the order is lost."""
    return sorted({min((int(p) * int(x) + int(q)) % prime for x in numbers) for p, q in zip(a, b)})


def wrong_seen_functions(numbers, a, b, prime):
    """Goes on from function to function: the remainder is hashed once more."""
    values = [int(x) for x in numbers]
    result = []
    for p, q in zip(a, b):
        values = [(int(p) * x + int(q)) % prime for x in values]
        result.append(min(values))
    return result
