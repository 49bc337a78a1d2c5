import itertools
import math

import numpy as np


def right_plain_loop(losses, patience):
    """Beginner's loop with a counter."""
    best = losses[0]
    best_epoch = 0
    waited = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best = losses[epoch]
            best_epoch = epoch
            waited = 0
        else:
            waited += 1
            if waited >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def right_infinity(losses, patience):
    """Starts from infinity, with enumerate."""
    best, kept, bad = float("inf"), 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, kept, bad = loss, epoch, 0
        else:
            bad += 1
        if bad == patience:
            return epoch, kept
    return len(losses) - 1, kept


def right_distance(losses, patience):
    """No counter: distance to the best epoch."""
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return (epoch, best)
    return (len(losses) - 1, best)


def right_while(losses, patience):
    """While loop with a break."""
    epoch = 0
    best = 0
    while epoch < len(losses) - 1:
        if epoch - best == patience:
            break
        epoch += 1
        if losses[epoch] < losses[best]:
            best = epoch
    return epoch, best


def right_argmin_prefix(losses, patience):
    """NumPy: argmin of each prefix."""
    values = np.asarray(losses, dtype=float)
    for epoch in range(len(values)):
        kept = int(np.argmin(values[: epoch + 1]))
        if epoch - kept >= patience:
            return epoch, kept
    return len(values) - 1, int(np.argmin(values))


def right_accumulate(losses, patience):
    """itertools: running minimum."""
    lowest = list(itertools.accumulate(losses, min))
    kept = 0
    for epoch in range(1, len(losses)):
        if lowest[epoch] < lowest[epoch - 1]:
            kept = epoch
        elif epoch - kept >= patience:
            return epoch, kept
    return len(losses) - 1, kept


def right_numpy_records(losses, patience):
    """NumPy: epochs of the records and the gaps between them."""
    values = np.asarray(losses, dtype=float)
    running = np.minimum.accumulate(values)
    records = [0] + [int(i) + 1 for i in np.flatnonzero(running[1:] < running[:-1])]
    last = len(values) - 1
    for here, following in zip(records, records[1:] + [None]):
        if following is None:
            return min(here + patience, last), here
        if following - here > patience:
            return here + patience, here


def right_recursive(losses, patience):
    """Recursive over the records."""

    def go(best):
        for epoch in range(best + 1, min(best + patience, len(losses) - 1) + 1):
            if losses[epoch] < losses[best]:
                return go(epoch)
        return min(best + patience, len(losses) - 1), best

    import sys

    old = sys.getrecursionlimit()
    sys.setrecursionlimit(max(old, 2 * len(losses) + 1000))
    try:
        return go(0)
    finally:
        sys.setrecursionlimit(old)


def right_windows(losses, patience):
    """Looks at the window of the last `patience` epochs."""
    stop = len(losses) - 1
    for epoch in range(patience, len(losses)):
        window = losses[epoch - patience + 1 : epoch + 1]
        before = min(losses[: epoch - patience + 1])
        if all(loss >= before for loss in window):
            stop = epoch
            break
    run = list(losses[: stop + 1])
    return stop, run.index(min(run))


def right_next_default(losses, patience):
    """A generator with next and a default."""
    run = (e for e in range(patience, len(losses)) if min(losses[e - patience + 1 : e + 1]) >= min(losses[: e - patience + 1]))
    stop = next(run, len(losses) - 1)
    kept = min(range(stop + 1), key=lambda e: losses[e])
    return stop, kept


def right_none_start(losses, patience):
    """Defensive: starts from None, accepts arrays and tuples."""
    losses = [float(x) for x in losses]
    best = None
    kept = -1
    without = 0
    last = -1
    for loss in losses:
        last += 1
        if best is None or loss < best:
            best = loss
            kept = last
            without = 0
            continue
        without += 1
        if without >= patience:
            break
    return last, kept


def right_class(losses, patience):
    """Object-oriented, as in a training library."""

    class Stopper:
        def __init__(self, patience):
            self.patience = patience
            self.best = math.inf
            self.best_epoch = 0
            self.counter = 0

        def step(self, epoch, loss):
            if loss < self.best:
                self.best = loss
                self.best_epoch = epoch
                self.counter = 0
            else:
                self.counter += 1
            return self.counter >= self.patience

    stopper = Stopper(patience)
    for epoch, loss in enumerate(losses):
        if stopper.step(epoch, loss):
            break
    return epoch, stopper.best_epoch


def right_countdown(losses, patience):
    """Counts the lives left down to zero."""
    lives = patience
    kept = 0
    for epoch, loss in enumerate(losses):
        if epoch == 0:
            continue
        if loss < losses[kept]:
            kept = epoch
            lives = patience
        else:
            lives -= 1
        if lives <= 0:
            return epoch, kept
    return len(losses) - 1, kept


def right_for_else(losses, patience):
    """for ... else."""
    history = []
    kept = 0
    for epoch, loss in enumerate(losses):
        if history and loss < min(history):
            kept = epoch
        history.append(loss)
        if epoch - kept >= patience:
            stop = epoch
            break
    else:
        stop = len(losses) - 1
    return stop, kept


def right_flags(losses, patience):
    """Writes down for each epoch if it was better, then counts the False in a row."""
    better = []
    for i in range(len(losses)):
        is_better = True
        for j in range(i):
            if losses[j] <= losses[i]:
                is_better = False
        better.append(is_better)
    in_a_row = 0
    stop = len(losses) - 1
    for i in range(len(better)):
        if better[i] == True:
            in_a_row = 0
        else:
            in_a_row = in_a_row + 1
        if in_a_row == patience:
            stop = i
            break
    kept = 0
    for i in range(stop + 1):
        if better[i]:
            kept = i
    return stop, kept


def right_deque(losses, patience):
    """Keeps the last verdicts in a deque."""
    from collections import deque

    recent = deque(maxlen=patience)
    lowest = losses[0]
    kept = 0
    for epoch in range(1, len(losses)):
        improved = losses[epoch] < lowest
        recent.append(improved)
        if improved:
            lowest, kept = losses[epoch], epoch
        if len(recent) == patience and not any(recent):
            return epoch, kept
    return len(losses) - 1, kept


def right_list_answer(losses, patience):
    """Gives the pair as a list."""
    kept = 0
    answer = [len(losses) - 1, 0]
    for epoch, loss in enumerate(losses):
        if loss < losses[kept]:
            kept = epoch
        answer[1] = kept
        if epoch >= kept + patience:
            answer[0] = epoch
            break
    return answer


def right_reduce(losses, patience):
    """Functional: a fold with a state."""
    from functools import reduce

    def step(state, item):
        last, kept, lowest, done = state
        epoch, loss = item
        if done:
            return state
        if loss < lowest:
            return epoch, epoch, loss, False
        return epoch, kept, lowest, epoch - kept >= patience

    last, kept, _, _ = reduce(step, list(enumerate(losses))[1:], (0, 0, losses[0], False))
    return last, kept


def wrong_patience_plus_one(losses, patience):
    """> for >=: waits one epoch too many."""
    best, kept, bad = float("inf"), 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, kept, bad = loss, epoch, 0
        else:
            bad += 1
        if bad > patience:
            return epoch, kept
    return len(losses) - 1, kept


def wrong_ties_count_as_better(losses, patience):
    """<= for <: an equal loss counts as a new lowest."""
    best = losses[0]
    kept = 0
    bad = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] <= best:
            best, kept, bad = losses[epoch], epoch, 0
        else:
            bad += 1
            if bad >= patience:
                return epoch, kept
    return len(losses) - 1, kept


def wrong_never_reset(losses, patience):
    """The counter is never reset: bad epochs in all, not in a row."""
    best = losses[0]
    kept = 0
    bad = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best = losses[epoch]
            kept = epoch
        else:
            bad += 1
            if bad >= patience:
                return epoch, kept
    return len(losses) - 1, kept


def wrong_compares_with_previous(losses, patience):
    """Compares with the epoch before, not with the lowest so far."""
    bad = 0
    kept = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            bad = 0
            if losses[epoch] < losses[kept]:
                kept = epoch
        else:
            bad += 1
        if bad == patience:
            return epoch, kept
    return len(losses) - 1, kept


def wrong_best_of_all(losses, patience):
    """Keeps the lowest of the whole list, also after the stop."""
    best = losses[0]
    bad = 0
    stop = len(losses) - 1
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best = losses[epoch]
            bad = 0
        else:
            bad += 1
        if bad == patience:
            stop = epoch
            break
    return stop, int(np.argmin(losses))


def wrong_order(losses, patience):
    """The two results in the wrong order."""
    kept = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[kept]:
            kept = epoch
        if epoch - kept >= patience:
            return kept, epoch
    return kept, len(losses) - 1


def wrong_keeps_last(losses, patience):
    """Keeps the weights of the last epoch run."""
    best = math.inf
    bad = 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best = loss
            bad = 0
        else:
            bad += 1
            if bad == patience:
                return epoch, epoch
    return len(losses) - 1, len(losses) - 1


def wrong_counted_from_one(losses, patience):
    """Epochs counted from 1."""
    best, kept, bad = math.inf, 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, kept, bad = loss, epoch, 0
        else:
            bad += 1
        if bad == patience:
            return epoch, kept
    return len(losses), kept


def wrong_len_at_the_end(losses, patience):
    """len(losses) instead of len(losses) - 1 where it never stops."""
    kept = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[kept]:
            kept = epoch
        if epoch - kept >= patience:
            return epoch, kept
    return len(losses), kept


def wrong_returns_loss(losses, patience):
    """Returns the lowest loss in place of its epoch."""
    best = losses[0]
    bad = 0
    for epoch, loss in enumerate(losses[1:], 1):
        if loss < best:
            best = loss
            bad = 0
        else:
            bad += 1
        if bad >= patience:
            return epoch, best
    return len(losses) - 1, best


def wrong_only_global_minimum(losses, patience):
    """Stops `patience` epochs after the lowest of the whole list."""
    kept = losses.index(min(losses))
    return min(kept + patience, len(losses) - 1), kept


def wrong_stop_before(losses, patience):
    """Says the epoch before: the last bad one is not counted as run."""
    kept = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[kept]:
            kept = epoch
        if epoch - kept >= patience:
            return epoch - 1, kept
    return len(losses) - 1, kept


def wrong_best_starts_at_one(losses, patience):
    """The lowest so far starts at 1.0 instead of infinity."""
    best, kept, bad = 1.0, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, kept, bad = loss, epoch, 0
        else:
            bad += 1
        if bad >= patience:
            return epoch, kept
    return len(losses) - 1, kept


def wrong_kept_is_stop_minus_patience(losses, patience):
    """Computes the kept epoch as stop - patience, also where it never stops early."""
    best = losses[0]
    bad = 0
    stop = len(losses) - 1
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best = losses[epoch]
            bad = 0
        else:
            bad += 1
        if bad == patience:
            stop = epoch
            break
    return stop, max(stop - patience, 0)


def wrong_last_of_equals(losses, patience):
    """Stops rightly, but keeps the last of equal lowest losses."""
    best = losses[0]
    bad = 0
    stop = len(losses) - 1
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best = losses[epoch]
            bad = 0
        else:
            bad += 1
        if bad == patience:
            stop = epoch
            break
    kept = 0
    for epoch in range(stop + 1):
        if losses[epoch] <= losses[kept]:
            kept = epoch
    return stop, kept


def wrong_no_break(losses, patience):
    """Does not leave the loop: a later stop overwrites the first one."""
    stop = len(losses) - 1
    kept = 0
    bad = 0
    best = losses[0]
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best, kept, bad = losses[epoch], epoch, 0
        else:
            bad += 1
            if bad == patience:
                stop = epoch
    return stop, kept


def wrong_sorts_input(losses, patience):
    """Sorts the given list in place to find the lowest loss of the epochs run."""
    original = list(losses)
    kept = 0
    for epoch in range(len(original)):
        if original[epoch] < original[kept]:
            kept = epoch
        if epoch - kept >= patience:
            losses.sort()
            return epoch, kept
    losses.sort()
    return len(losses) - 1, original.index(losses[0])


def wrong_best_not_updated(losses, patience):
    """Always compares with the first epoch: the lowest is never updated."""
    best = losses[0]
    kept = 0
    bad = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            kept = epoch
            bad = 0
        else:
            bad += 1
            if bad >= patience:
                return epoch, kept
    return len(losses) - 1, kept
