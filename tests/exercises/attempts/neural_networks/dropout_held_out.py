import numpy as np
import torch
import torch.nn.functional as F


def right_mask_b(activations, probability, training, uniform):
    """Mask as floats, early return in evaluation."""
    if not training:
        return activations
    mask = (uniform >= probability).to(activations.dtype)
    return activations * mask / (1 - probability)


def right_where_b(activations, probability, training, uniform):
    """torch.where in one expression."""
    return torch.where(uniform < probability, 0.0, activations / (1 - probability)) if training else activations


def right_loop_b(activations, probability, training, uniform):
    """Beginner: two loops on a copy."""
    result = activations.clone()
    if training == True:  # noqa: E712
        for i in range(activations.shape[0]):
            for j in range(activations.shape[1]):
                if uniform[i, j] < probability:
                    result[i, j] = 0
                else:
                    result[i, j] = activations[i, j] / (1 - probability)
    return result


def right_masked_fill_b(activations, probability, training, uniform):
    """Defensive: probability 0 handled apart, masked_fill for the rest."""
    if not training or probability == 0:
        return activations.clone()
    keep = 1.0 - probability
    return activations.masked_fill(uniform < probability, 0).div(keep)


def right_numpy_b(activations, probability, training, uniform):
    """NumPy person: copy, boolean index, back to torch."""
    out = activations.detach().numpy().copy()
    if training:
        dropped = (uniform < probability).numpy()
        out[dropped] = 0
        out[~dropped] /= 1 - probability
    return torch.from_numpy(out)


def right_lists_b(activations, probability, training, uniform):
    """List comprehension, returns a list of lists."""
    if not training:
        return activations.tolist()
    off = (uniform < probability).tolist()
    scale = 1 / (1 - probability)
    return [[0.0 if o else a * scale for a, o in zip(row, row_off)] for row, row_off in zip(activations.tolist(), off)]


def right_einsum_b(activations, probability, training, uniform):
    """The factor of each unit first (0, or 1 / keep; all ones in evaluation), then einsum."""
    factors = torch.ones_like(activations)
    if training:
        factors = factors / (1 - probability)
        factors[torch.lt(uniform, probability)] = 0
    return torch.einsum("bu,bu->bu", activations, factors)


def wrong_no_scale_b(activations, probability, training, uniform):
    """Slip: not scaled up at all."""
    if not training:
        return activations
    mask = uniform >= probability
    return activations * mask


def wrong_by_probability_b(activations, probability, training, uniform):
    """Slip: divides by the probability of dropping instead of that of keeping."""
    if training:
        return torch.where(uniform < probability, torch.zeros_like(activations), activations / probability)
    return activations


def wrong_times_keep_b(activations, probability, training, uniform):
    """Slip: multiplies by 1 - probability instead of dividing."""
    if training:
        mask = (uniform >= probability).float()
        return activations * mask * (1 - probability)
    else:
        return activations


def wrong_flipped_b(activations, probability, training, uniform):
    """Slip: keeps what should be dropped."""
    if not training:
        return activations
    mask = (uniform < probability).float()
    return mask * activations / (1 - probability)


def wrong_less_equal_b(activations, probability, training, uniform):
    """Slip: drops at equality too (keeps only uniform > probability)."""
    if not training:
        return activations
    return activations * (uniform > probability) / (1.0 - probability)


def wrong_classic_b(activations, probability, training, uniform):
    """Slip: classic dropout, not inverted: scales down in evaluation instead."""
    if training:
        out = activations.clone()
        out[uniform < probability] = 0
        return out
    return activations * (1 - probability)


def wrong_always_b(activations, probability, training, uniform):
    """Slip: training is not looked at, drops in evaluation too."""
    keep = 1 - probability
    mask = (uniform >= probability).float() / keep
    return activations * mask


def wrong_in_place_b(activations, probability, training, uniform):
    """Slip: zeros written into the input."""
    if not training:
        return activations
    activations[uniform < probability] = 0
    return activations / (1 - probability)


def wrong_actual_share_b(activations, probability, training, uniform):
    """Slip: divides by the share that happened to be kept, not by the expected share."""
    if not training:
        return activations
    mask = (uniform >= probability).to(activations.dtype)
    return activations * mask / mask.mean()


def wrong_library_b(activations, probability, training, uniform):
    """Slip: the library draws its own random numbers, uniform is not used."""
    return F.dropout(activations, p=probability, training=training)


def wrong_scaled_in_evaluation_b(activations, probability, training, uniform):
    """Slip: the scaling stands outside the if and acts in evaluation too."""
    result = []
    for row, chances in zip(activations, uniform):
        if training:
            row = row * (chances >= probability)
        result.append(row / (1 - probability))
    return torch.stack(result)


def wrong_precedence_b(activations, probability, training, uniform):
    """Slip: brackets missing around 1 - probability (NumPy style)."""
    a = activations.detach().numpy()
    if not training:
        return torch.from_numpy(a.copy())
    return torch.from_numpy(np.where(uniform.numpy() < probability, 0, a / 1 - probability))
