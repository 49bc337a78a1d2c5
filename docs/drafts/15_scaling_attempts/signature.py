"""Attempts at signature, written from the task's text alone."""

import functools
import heapq
import math

import numpy as np
import torch


# ---------------------------------------------------------------- right
def right_two_loops(numbers, a, b, prime):
    """Two loops and a least value."""
    result = []
    for i in range(len(a)):
        least = None
        for x in numbers:
            value = (int(a[i]) * int(x) + int(b[i])) % int(prime)
            if least is None or value < least:
                least = value
        result.append(least)
    return result


def right_broadcast(numbers, a, b, prime):
    """A table (n, members), and the least of each row."""
    numbers, a, b = (np.asarray(each, dtype=np.int64) for each in (numbers, a, b))
    return ((a[:, None] * numbers[None, :] + b[:, None]) % prime).min(axis=1)


def right_other_way_round(numbers, a, b, prime):
    """A table (members, n), and the least of each column."""
    x = np.asarray(numbers, dtype=np.int64).reshape(-1, 1)
    return np.min((x * np.asarray(a) + np.asarray(b)) % prime, axis=0)


def right_torch(numbers, a, b, prime):
    """torch, in int64."""
    x, a, b = (torch.as_tensor(each).long() for each in (numbers, a, b))
    return ((a.unsqueeze(1) * x + b.unsqueeze(1)) % prime).amin(dim=1)


def right_torch_min_values(numbers, a, b, prime):
    """min over a dimension gives values and places; the values are wanted."""
    x, a, b = (torch.as_tensor(each, dtype=torch.int64) for each in (numbers, a, b))
    return torch.remainder(torch.outer(x, a) + b, prime).min(dim=0).values


def right_comprehension(numbers, a, b, prime):
    """A min of a generator in a comprehension over the functions."""
    members = [int(x) for x in numbers]
    return [min((int(p) * x + int(q)) % prime for x in members) for p, q in zip(a, b)]


def right_outer(numbers, a, b, prime):
    """np.outer makes the products."""
    table = np.outer(np.asarray(a, dtype=np.int64), np.asarray(numbers, dtype=np.int64))
    table += np.asarray(b).reshape(-1, 1)
    return np.mod(table, prime).min(1)


def right_running_minimum(numbers, a, b, prime):
    """One member after the other lowers the signature where it is less."""
    a, b = np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)
    result = np.full(len(a), prime)
    for x in numbers:
        result = np.minimum(result, (a * int(x) + b) % prime)
    return result


def right_reduce(numbers, a, b, prime):
    """Each member's own signature, folded by np.minimum."""
    a, b = np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)
    return functools.reduce(np.minimum, [(a * int(x) + b) % prime for x in numbers])


def right_sorted(numbers, a, b, prime):
    """Sorts all values of a function and takes the first."""
    signature = []
    for p, q in zip(a, b):
        values = sorted((int(p) * int(x) + int(q)) % prime for x in numbers)
        signature.append(values[0])
    return np.array(signature)


def right_halves(numbers, a, b, prime):
    """The signature of two sets together is the least of both: by recursion."""
    x = [int(each) for each in numbers]

    def of(part):
        if len(part) == 1:
            return [(int(p) * part[0] + int(q)) % prime for p, q in zip(a, b)]
        middle = len(part) // 2
        return [min(pair) for pair in zip(of(part[:middle]), of(part[middle:]))]

    return of(x)


def right_map(numbers, a, b, prime):
    """map and a lambda."""
    members = list(map(int, numbers))
    return list(map(lambda p, q: min(map(lambda x: (int(p) * x + int(q)) % prime, members)), a, b))


def right_ufunc_reduce(numbers, a, b, prime):
    """np.minimum.reduce of np.multiply.outer."""
    products = np.multiply.outer(np.asarray(numbers, dtype=np.int64), np.asarray(a, dtype=np.int64))
    return np.minimum.reduce(np.remainder(products + np.asarray(b), prime), axis=0)


def right_matrix_product(numbers, a, b, prime):
    """[a b] times [x; 1]."""
    x = np.asarray(numbers, dtype=np.int64)
    functions = np.stack([np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)], axis=1)
    return (functions @ np.stack([x, np.ones_like(x)]) % prime).min(axis=1)


def right_heap(numbers, a, b, prime):
    """heapq finds the one smallest."""
    members = {int(x) for x in numbers}
    return tuple(heapq.nsmallest(1, ((int(p) * x + int(q)) % prime for x in members))[0] for p, q in zip(a, b))


def right_vectorize(numbers, a, b, prime):
    """np.vectorize of a function of one hash function."""
    x = np.asarray(numbers, dtype=np.int64)

    def least(p, q):
        return int(((p * x + q) % prime).min())

    return np.vectorize(least, otypes=[np.int64])(np.asarray(a), np.asarray(b))


def right_greatest_of_negative(numbers, a, b, prime):
    """The least is minus the greatest of the negatives."""
    x = torch.as_tensor(numbers).long()[:, None]
    hashed = (torch.as_tensor(a).long() * x + torch.as_tensor(b).long()) % prime
    return -torch.max(-hashed, dim=0)[0]


def right_argmin(numbers, a, b, prime):
    """Finds the winning member, then its value."""
    x = np.asarray(numbers, dtype=np.int64)
    hashed = (np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime
    return np.take_along_axis(hashed, hashed.argmin(axis=1)[:, None], axis=1)[:, 0]


def right_best_key(numbers, a, b, prime):
    """The member with the least value, by a key; then its value."""
    members = [int(x) for x in numbers]
    result = []
    for p, q in zip(a, b):
        def value(x):
            return (int(p) * x + int(q)) % int(prime)

        result.append(value(min(members, key=value)))
    return result


def right_infinity(numbers, a, b, prime):
    """Begins with infinity and fills in an array."""
    out = np.zeros(len(a), dtype=np.int64)
    for i in range(len(a)):
        best = math.inf
        for x in numbers:
            best = min(best, divmod(int(a[i]) * int(x) + int(b[i]), int(prime))[1])
        out[i] = best
    return out


def right_partition(numbers, a, b, prime):
    """np.partition puts the least in front."""
    x = np.asarray(numbers, dtype=np.int64)
    table = (np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime
    return np.partition(table, 0, axis=1)[:, 0]


# ---------------------------------------------------------------- wrong
def wrong_greatest(numbers, a, b, prime):
    """max in place of min."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime).max(axis=1)


def wrong_axis(numbers, a, b, prime):
    """The least over the functions: one number for each member."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime).min(axis=0)


def wrong_least_of_all(numbers, a, b, prime):
    """The least of the whole table: one number."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime).min()


def wrong_least_member_first(numbers, a, b, prime):
    """Hashes the least member, in place of the least hash."""
    x = int(min(numbers))
    return [(int(p) * x + int(q)) % prime for p, q in zip(a, b)]


def wrong_remainder_after_min(numbers, a, b, prime):
    """The remainder is taken of the least value."""
    x = np.asarray(numbers, dtype=np.int64)
    return (np.asarray(a)[:, None] * x + np.asarray(b)[:, None]).min(axis=1) % prime


def wrong_no_remainder(numbers, a, b, prime):
    """Forgets the remainder."""
    x = np.asarray(numbers, dtype=np.int64)
    return (np.asarray(a)[:, None] * x + np.asarray(b)[:, None]).min(axis=1)


def wrong_bracket(numbers, a, b, prime):
    """A missing bracket: only b is taken mod prime."""
    members = [int(x) for x in numbers]
    return [min(int(p) * x + int(q) % prime for x in members) for p, q in zip(a, b)]


def wrong_b_after_remainder(numbers, a, b, prime):
    """b is added after the remainder."""
    members = [int(x) for x in numbers]
    return [min(int(p) * x % prime + int(q) for x in members) for p, q in zip(a, b)]


def wrong_times_both(numbers, a, b, prime):
    """a (x + b)."""
    members = [int(x) for x in numbers]
    return [min(int(p) * (x + int(q)) % prime for x in members) for p, q in zip(a, b)]


def wrong_a_and_b_swapped(numbers, a, b, prime):
    """b x + a."""
    members = [int(x) for x in numbers]
    return [min((int(q) * x + int(p)) % prime for x in members) for p, q in zip(a, b)]


def wrong_no_b(numbers, a, b, prime):
    """b is forgotten."""
    members = [int(x) for x in numbers]
    return [min(int(p) * x % prime for x in members) for p in a]


def wrong_first_member(numbers, a, b, prime):
    """Hashes the first member alone."""
    return [(int(p) * int(numbers[0]) + int(q)) % prime for p, q in zip(a, b)]


def wrong_first_function(numbers, a, b, prime):
    """Uses the first hash function in all places."""
    members = [int(x) for x in numbers]
    return [min((int(a[0]) * x + int(b[0])) % prime for x in members) for _ in a]


def wrong_one_b(numbers, a, b, prime):
    """The same b for all functions."""
    members = [int(x) for x in numbers]
    return [min((int(p) * x + int(b[0])) % prime for x in members) for p in a]


def wrong_best_not_reset(numbers, a, b, prime):
    """The least value is carried over to the next function."""
    result, best = [], prime
    for p, q in zip(a, b):
        for x in numbers:
            best = min(best, (int(p) * int(x) + int(q)) % prime)
        result.append(best)
    return result


def wrong_starts_at_zero(numbers, a, b, prime):
    """The least value starts at 0, and nothing is below."""
    result = np.zeros(len(a), dtype=np.int64)
    for x in numbers:
        result = np.minimum(result, (np.asarray(a) * int(x) + np.asarray(b)) % prime)
    return result


def wrong_starts_at_a_thousand(numbers, a, b, prime):
    """A thousand is taken for large enough to start from."""
    result = []
    for p, q in zip(a, b):
        best = 1000
        for x in numbers:
            best = min(best, (int(p) * int(x) + int(q)) % prime)
        result.append(best)
    return result


def wrong_which_member(numbers, a, b, prime):
    """Returns the member that has the least value."""
    members = [int(x) for x in numbers]
    return [min(members, key=lambda x, p=p, q=q: (int(p) * x + int(q)) % prime) for p, q in zip(a, b)]


def wrong_place_of_the_least(numbers, a, b, prime):
    """argmin: the place, not the value."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime).argmin(axis=1)


def wrong_least_n_of_one_function(numbers, a, b, prime):
    """The n least values of one function: another kind of sketch."""
    return sorted((int(a[0]) * int(x) + int(b[0])) % prime for x in numbers)[: len(a)]


def wrong_pairs(numbers, a, b, prime):
    """Member i goes with function i alone."""
    return [(int(p) * int(x) + int(q)) % prime for x, p, q in zip(numbers, a, b)]


def wrong_skips_the_last(numbers, a, b, prime):
    """range(len − 1) leaves out the last member."""
    result = []
    for p, q in zip(a, b):
        best = prime
        for j in range(len(numbers) - 1):
            best = min(best, (int(p) * int(numbers[j]) + int(q)) % prime)
        result.append(best)
    return result


def wrong_mod_n(numbers, a, b, prime):
    """The remainder of the number of functions."""
    members = [int(x) for x in numbers]
    return [min((int(p) * x + int(q)) % len(a) for x in members) for p, q in zip(a, b)]


def wrong_quotient(numbers, a, b, prime):
    """// in place of %."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) // prime).min(axis=1)


def wrong_sorted_signature(numbers, a, b, prime):
    """The least values in order of size, and not of the functions."""
    members = [int(x) for x in numbers]
    return sorted(min((int(p) * x + int(q)) % prime for x in members) for p, q in zip(a, b))


def wrong_mean(numbers, a, b, prime):
    """The mean value of each function."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime).mean(axis=1)


def wrong_whole_table(numbers, a, b, prime):
    """All values, and no least."""
    x = np.asarray(numbers, dtype=np.int64)
    return (np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime


def wrong_float32(numbers, a, b, prime):
    """32-bit floats: large products lose their last digits."""
    x, a, b = (torch.as_tensor(each).float() for each in (numbers, a, b))
    return ((a[:, None] * x + b[:, None]) % prime).amin(dim=1).long()


def wrong_int32(numbers, a, b, prime):
    """Whole numbers of 32 bits: large products run over."""
    x, a, b = (torch.as_tensor(each).to(torch.int32) for each in (numbers, a, b))
    return ((a[:, None] * x + b[:, None]) % prime).amin(dim=1)


def wrong_prints(numbers, a, b, prime):
    """Prints every place and returns nothing."""
    for p, q in zip(a, b):
        print(min((int(p) * int(x) + int(q)) % prime for x in numbers))


def wrong_return_in_loop(numbers, a, b, prime):
    """Returns after the first function."""
    result = []
    for p, q in zip(a, b):
        result.append(min((int(p) * int(x) + int(q)) % prime for x in numbers))
        return result


def wrong_column(numbers, a, b, prime):
    """The shape is (n, 1)."""
    x = np.asarray(numbers, dtype=np.int64)
    return ((np.asarray(a)[:, None] * x + np.asarray(b)[:, None]) % prime).min(axis=1, keepdims=True)
