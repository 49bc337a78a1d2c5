import math

import numpy as np
import torch


def right_where(activations, probability, training, uniform):
    """torch.where."""
    if not training:
        return activations
    return torch.where(uniform < probability, torch.zeros_like(activations), activations / (1 - probability))


def right_mask(activations, probability, training, uniform):
    """Mask as numbers, with the case of 1 apart."""
    if not training:
        return activations
    if probability >= 1:
        return torch.zeros_like(activations)
    keep = (uniform >= probability).to(activations.dtype)
    return activations * keep / (1 - probability)


def right_masked_fill(activations, probability, training, uniform):
    """masked_fill (not in place)."""
    if training and probability > 0:
        scaled = activations / (1.0 - probability)
        return scaled.masked_fill(uniform < probability, 0.0)
    return activations


def right_clone_index(activations, probability, training, uniform):
    """Clones, scales, then writes zeros by index."""
    out = activations.clone()
    if training:
        out = out / (1 - probability)
        out[uniform < probability] = 0
    return out


def right_loops(activations, probability, training, uniform):
    """Beginner's two loops."""
    result = activations.clone()
    if training == False:
        return result
    for i in range(activations.shape[0]):
        for j in range(activations.shape[1]):
            if uniform[i, j] < probability:
                result[i, j] = 0
            else:
                result[i, j] = activations[i, j] / (1 - probability)
    return result


def right_numpy(activations, probability, training, uniform):
    """NumPy and back."""
    a = activations.detach().numpy()
    u = uniform.detach().numpy()
    if not training:
        return torch.from_numpy(a.copy())
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.where(u < probability, 0.0, a / np.asarray(1 - probability, dtype=a.dtype))
    return torch.from_numpy(out.astype(a.dtype))


def right_lists(activations, probability, training, uniform):
    """Nested comprehension that gives a tensor."""
    if not training:
        return activations
    if probability >= 1:
        return torch.zeros_like(activations)
    dropped = (uniform < probability).tolist()
    rows = [
        [0.0 if d else x / (1 - probability) for x, d in zip(row, flags)]
        for row, flags in zip(activations.tolist(), dropped)
    ]
    return torch.tensor(rows, dtype=activations.dtype).reshape(activations.shape)


def right_keep_probability(activations, probability, training, uniform):
    """Names the probability of keeping."""
    keep_probability = 1.0 - probability
    if not training or probability == 0:
        return activations.clone()
    if keep_probability == 0.0:
        return activations * 0
    mask = (~(uniform < probability)).float()
    scale = 1 / keep_probability
    return (activations * mask * scale).to(activations.dtype)


def right_einsum(activations, probability, training, uniform):
    """einsum of the activations and the scaled mask."""
    if not training:
        return activations
    if probability == 1:
        return torch.zeros_like(activations)
    factor = torch.ge(uniform, probability).to(activations.dtype).div(1 - probability)
    return torch.einsum("bu,bu->bu", activations, factor)


def right_bool_multiply(activations, probability, training, uniform):
    """Multiplies by the boolean mask."""
    if training is True or training:
        if math.isclose(probability, 1.0, abs_tol=0.0, rel_tol=0.0):
            return torch.zeros_like(activations)
        return activations * (uniform >= probability) / (1 - probability)
    else:
        return activations


def right_logical_not(activations, probability, training, uniform):
    """One expression with a conditional."""
    return (
        activations
        if not training
        else torch.where(torch.logical_not(uniform < probability), activations / (1 - probability), 0.0)
    )


def right_zeros_then_fill(activations, probability, training, uniform):
    """Starts from zeros and fills in what stays."""
    if not training:
        return activations
    stay = uniform >= probability
    out = torch.zeros_like(activations)
    out[stay] = activations[stay] / (1 - probability)
    return out


def right_subtract_dropped(activations, probability, training, uniform):
    """Subtracts what is dropped, then scales."""
    if not training:
        return activations
    if probability >= 1:
        return torch.zeros_like(activations)
    dropped = activations * (uniform < probability)
    return (activations - dropped) * (1 / (1 - probability))


def right_per_row(activations, probability, training, uniform):
    """Row by row, stacked."""
    if not training or len(activations) == 0:
        return activations
    rows = []
    for row, chance in zip(activations, uniform):
        new = row / (1 - probability)
        rows.append(torch.where(chance < probability, torch.zeros_like(new), new))
    return torch.stack(rows)


def right_flat(activations, probability, training, uniform):
    """Flattens, while loop, reshapes again."""
    if not training:
        return activations
    if probability >= 1:
        return torch.zeros_like(activations)
    flat = activations.reshape(-1)
    dropped = (uniform < probability).reshape(-1).tolist()
    out = []
    i = 0
    while i < flat.numel():
        if dropped[i]:
            out.append(0.0)
        else:
            out.append(flat[i].item() / (1 - probability))
        i += 1
    return torch.tensor(out, dtype=activations.dtype).view(activations.shape)


def right_scale_zero_if_eval(activations, probability, training, uniform):
    """Sets the probability to zero for evaluation and goes on."""
    p = probability if training else 0.0
    if p == 1.0:
        return torch.zeros_like(activations)
    return activations.masked_fill(uniform < p, 0) / (1 - p)


def right_defensive(activations, probability, training, uniform):
    """Checks the arguments first."""
    if not 0 <= probability <= 1:
        raise ValueError("probability must be from 0 to 1")
    if activations.shape != uniform.shape:
        raise ValueError("shapes differ")
    if not bool(training):
        return activations.clone()
    mask = torch.lt(uniform, probability)
    return torch.div(activations, 1 - probability).masked_fill(mask, 0.0)


def right_plain_lists(activations, probability, training, uniform):
    """Gives an array of NumPy back instead of a tensor."""
    a = activations.detach().cpu().numpy().copy()
    if training:
        drop = (uniform < probability).numpy()
        a[~drop] = a[~drop] / (1 - probability)
        a[drop] = 0
    return a


def wrong_not_inverted(activations, probability, training, uniform):
    """Does not scale at all."""
    if not training:
        return activations
    return torch.where(uniform < probability, torch.zeros_like(activations), activations)


def wrong_divides_by_probability(activations, probability, training, uniform):
    """Divides by the probability of dropping."""
    if not training:
        return activations
    keep = (uniform >= probability).float()
    return activations * keep / probability


def wrong_multiplies(activations, probability, training, uniform):
    """Multiplies by 1 - p instead of dividing."""
    if not training:
        return activations
    keep = uniform >= probability
    return activations * keep * (1 - probability)


def wrong_mask_reversed(activations, probability, training, uniform):
    """Keeps what has uniform < probability."""
    if training:
        mask = (uniform < probability).float()
        return activations * mask / (1 - probability)
    return activations


def wrong_less_or_equal(activations, probability, training, uniform):
    """<= for <: drops what is equal to the probability."""
    if not training:
        return activations
    out = activations / (1 - probability)
    return out.masked_fill(uniform <= probability, 0.0)


def wrong_scales_in_evaluation(activations, probability, training, uniform):
    """The old dropout: scales down in evaluation, not in training."""
    if training:
        return activations * (uniform >= probability)
    return activations * (1 - probability)


def wrong_both_scaled(activations, probability, training, uniform):
    """Scales in training and in evaluation."""
    scaled = activations / (1 - probability)
    if training:
        scaled = torch.where(uniform < probability, torch.zeros_like(scaled), scaled)
    return scaled


def wrong_training_ignored(activations, probability, training, uniform):
    """Drops in evaluation too."""
    keep = (uniform >= probability).to(activations.dtype)
    return activations * keep / (1 - probability)


def wrong_training_reversed(activations, probability, training, uniform):
    """The two modes mixed up."""
    if training:
        return activations
    return activations * (uniform >= probability).float() / (1 - probability)


def wrong_in_place(activations, probability, training, uniform):
    """Changes the given activations in place."""
    if not training:
        return activations
    activations[uniform < probability] = 0
    activations /= 1 - probability
    return activations


def wrong_own_random(activations, probability, training, uniform):
    """PyTorch's own dropout with its own random numbers."""
    return torch.nn.functional.dropout(activations, p=probability, training=training)


def wrong_actual_fraction(activations, probability, training, uniform):
    """Scales by the share that was really kept, not by the expected one."""
    if not training:
        return activations
    keep = (uniform >= probability).float()
    share = keep.mean().clamp(min=1e-12)
    return activations * keep / share


def wrong_whole_units(activations, probability, training, uniform):
    """One mask for the whole batch: that of the first row."""
    if not training:
        return activations
    keep = (uniform[0] >= probability).float()
    return activations * keep / (1 - probability)


def wrong_hard_half(activations, probability, training, uniform):
    """Scales by 2, right only for a probability of one half."""
    if not training:
        return activations
    return torch.where(uniform < probability, 0.0, activations * 2)


def wrong_root(activations, probability, training, uniform):
    """Keeps the mean square instead of the mean: divides by the root."""
    if not training:
        return activations
    keep = (uniform >= probability).to(activations.dtype)
    return activations * keep / np.sqrt(1 - probability)


def wrong_keep_threshold(activations, probability, training, uniform):
    """Drops what is above 1 - p: the same share, other units."""
    if not training:
        return activations
    keep_probability = 1 - probability
    mask = (uniform < keep_probability).float()
    return activations * mask / keep_probability


def wrong_row_normalised(activations, probability, training, uniform):
    """Rescales every row so that its sum is as before."""
    if not training:
        return activations
    dropped = activations.masked_fill(uniform < probability, 0.0)
    before = activations.sum(dim=1, keepdim=True)
    after = dropped.sum(dim=1, keepdim=True)
    return torch.where(after == 0, dropped, dropped * before / after)


def wrong_compresses(activations, probability, training, uniform):
    """Leaves the dropped units out instead of writing zeros: another shape."""
    if not training:
        return activations
    keep = uniform >= probability
    return activations[keep] / (1 - probability)
