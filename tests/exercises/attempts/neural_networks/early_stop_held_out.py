import math
from itertools import accumulate

import numpy as np


def right_loop_b(losses, patience):
    """Beginner: one loop with a counter."""
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
            if waited == patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def right_while_b(losses, patience):
    """While loop without counter: distance to the best epoch."""
    epoch, kept = 0, 0
    while epoch - kept < patience and epoch + 1 < len(losses):
        epoch += 1
        if losses[epoch] < losses[kept]:
            kept = epoch
    return epoch, kept


def right_numpy_b(losses, patience):
    """NumPy: running minimum, last record, first epoch that is too far from it."""
    x = np.array(losses, dtype=float)
    epochs = np.arange(len(x))
    record = np.ones(len(x), dtype=bool)
    record[1:] = x[1:] < np.minimum.accumulate(x)[:-1]
    last_record = np.maximum.accumulate(np.where(record, epochs, 0))
    too_long = np.flatnonzero(epochs - last_record >= patience)
    stop = int(too_long[0]) if len(too_long) else len(x) - 1
    return stop, int(np.argmin(x[: stop + 1]))


def right_slices_b(losses, patience):
    """Comprehension style: first epoch whose last `patience` losses are none below all those before."""
    stops = [
        e
        for e in range(patience, len(losses))
        if min(losses[e - patience + 1 : e + 1]) >= min(losses[: e - patience + 1])
    ]
    stop = stops[0] if stops else len(losses) - 1
    seen = losses[: stop + 1]
    return stop, seen.index(min(seen))


def right_accumulate_b(losses, patience):
    """Functional: accumulate over the epochs of the best, then next."""
    best = list(accumulate(range(len(losses)), lambda b, e: e if losses[e] < losses[b] else b))
    stop = next((e for e, b in enumerate(best) if e - b >= patience), len(losses) - 1)
    return stop, best[stop]


def right_jump_b(losses, patience):
    """Jumps from one best epoch to the next, looking at most `patience` ahead."""
    best, last = 0, len(losses) - 1
    while True:
        end = min(best + patience, last)
        for e in range(best + 1, end + 1):
            if losses[e] < losses[best]:
                best = e
                break
        else:
            return end, best


def right_object_b(losses, patience):
    """Keras style: a small object that is asked after every epoch."""

    class Stopper:
        def __init__(self):
            self.best, self.best_epoch, self.bad = math.inf, None, 0

        def step(self, epoch, loss):
            if loss < self.best:
                self.best, self.best_epoch, self.bad = loss, epoch, 0
            else:
                self.bad += 1
            return self.bad >= patience

    stopper = Stopper()
    epoch = -1
    for epoch, loss in enumerate(losses):
        if stopper.step(epoch, loss):
            break
    return epoch, stopper.best_epoch


def wrong_ties_b(losses, patience):
    """Slip: an equal loss counts as better (<=)."""
    best, best_epoch, wait = float("inf"), 0, 0
    for epoch, loss in enumerate(losses):
        if loss <= best:
            best, best_epoch, wait = loss, epoch, 0
        else:
            wait += 1
            if wait >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def wrong_no_reset_b(losses, patience):
    """Slip: the counter is never set back to 0."""
    best = losses[0]
    best_epoch = 0
    counter = 0
    for i in range(1, len(losses)):
        if losses[i] < best:
            best = losses[i]
            best_epoch = i
        else:
            counter += 1
        if counter == patience:
            return i, best_epoch
    return len(losses) - 1, best_epoch


def wrong_one_late_b(losses, patience):
    """Slip: > for >=, stops one epoch late."""
    best_epoch = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best_epoch]:
            best_epoch = epoch
        if epoch - best_epoch > patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def wrong_previous_b(losses, patience):
    """Slip: compares with the previous epoch instead of the lowest so far."""
    bad = 0
    stop = len(losses) - 1
    for e in range(1, len(losses)):
        if losses[e] < losses[e - 1]:
            bad = 0
        else:
            bad += 1
        if bad == patience:
            stop = e
            break
    seen = losses[: stop + 1]
    return stop, seen.index(min(seen))


def wrong_min_of_all_b(losses, patience):
    """Slip: the kept epoch is the lowest of all losses, also of those after the stop."""
    best, wait, stop = losses[0], 0, len(losses) - 1
    for epoch, loss in enumerate(losses[1:], start=1):
        if loss < best:
            best, wait = loss, 0
        else:
            wait += 1
        if wait >= patience:
            stop = epoch
            break
    return stop, int(np.argmin(losses))


def wrong_order_b(losses, patience):
    """Slip: the two results in the wrong order."""
    kept = 0
    epoch = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[kept]:
            kept = epoch
        elif epoch - kept >= patience:
            break
    return kept, epoch


def wrong_first_counts_b(losses, patience):
    """Slip: epoch 0 is compared with itself and counted as without progress, so it may stop one early."""
    best = losses[0]
    best_epoch = 0
    count = 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best = loss
            best_epoch = epoch
            count = 0
        else:
            count += 1
            if count == patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch


def wrong_next_epoch_b(losses, patience):
    """Slip: gives the first epoch that is not run any more (the number of epochs), also at the end."""
    best = 0
    epoch = 1
    while epoch < len(losses):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best == patience:
            return epoch + 1, best
        epoch += 1
    return len(losses), best


def wrong_last_when_no_stop_b(losses, patience):
    """Slip: if it never stops, keeps the last epoch's weights instead of the best."""
    best, wait = float("inf"), 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, wait = loss, 0
        else:
            wait += 1
        if wait == patience:
            return epoch, epoch - patience
    return len(losses) - 1, len(losses) - 1


def wrong_best_not_updated_b(losses, patience):
    """Slip: the lowest loss is never updated, every epoch is compared with the first."""
    best = losses[0]
    best_epoch = 0
    waiting = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best_epoch = epoch
            waiting = 0
        else:
            waiting += 1
        if waiting >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def wrong_ties_not_counted_b(losses, patience):
    """Slip: only a higher loss counts against the patience, an equal one does nothing."""
    lowest, where, bad = losses[0], 0, 0
    for e, value in enumerate(losses):
        if value < lowest:
            lowest, where, bad = value, e, 0
        elif value > lowest:
            bad += 1
        if bad == patience:
            return e, where
    return len(losses) - 1, where


def wrong_start_at_one_b(losses, patience):
    """Slip: the lowest so far starts at a hard-coded 1.0, as if every loss began above it."""
    best_loss = 1.0
    best_epoch = 0
    bad_epochs = 0
    for epoch, loss in enumerate(losses):
        if loss < best_loss:
            best_loss = loss
            best_epoch = epoch
            bad_epochs = 0
        else:
            bad_epochs += 1
            if bad_epochs >= patience:
                return epoch, best_epoch
    return len(losses) - 1, best_epoch
