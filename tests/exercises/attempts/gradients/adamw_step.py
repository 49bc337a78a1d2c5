import functools
import itertools
import math

import numpy as np


def _adam_change(gradient, first, second, step):
    """(m̂ / (√ŝ + ε), m, s) of plain Adam (a helper of some attempts)."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    return (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8), m, s


# ---------------------------------------------------------------- right


def right_textbook(
    weights: np.ndarray,
    gradient: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    step: int,
    learning_rate: float,
    weight_decay: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All in one formula: minus the change of Adam, minus the decay of the old weights."""
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    first_hat = first / (1 - 0.9**step)
    second_hat = second / (1 - 0.999**step)
    adam = learning_rate * first_hat / (np.sqrt(second_hat) + 1e-8)
    return weights - adam - learning_rate * weight_decay * weights, first, second


def right_shrinks_first(weights, gradient, first, second, step, learning_rate, weight_decay):
    """PyTorch's order: the weights shrink first, then Adam moves them."""
    weights = weights * (1 - learning_rate * weight_decay)
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    weights = weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return weights, m, s


def right_bracket(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The learning rate before the bracket of both."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights - learning_rate * (change + weight_decay * weights), m, s


def right_afterwards_with_old(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Adam first, the decay afterwards, but of the weights remembered from before."""
    old = weights.copy()
    change, m, s = _adam_change(gradient, first, second, step)
    new = old - learning_rate * change
    new = new - learning_rate * weight_decay * old
    return new, m, s


def right_plain_loop(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The beginner: weight after weight in a loop."""
    n = len(weights)
    w, m, s = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        m[i] = 0.9 * first[i] + 0.1 * gradient[i]
        s[i] = 0.999 * second[i] + 0.001 * gradient[i] ** 2
        a = m[i] / (1 - 0.9**step)
        q = s[i] / (1 - 0.999**step)
        w[i] = weights[i] - learning_rate * weight_decay * weights[i]
        w[i] = w[i] - learning_rate * a / (q**0.5 + 1e-8)
    return w, m, s


def right_torch_optim(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Library: puts the state into torch.optim.AdamW and takes one step."""
    import torch

    double = lambda a: torch.tensor(np.asarray(a), dtype=torch.float64)
    parameter = torch.nn.Parameter(double(weights))
    optimizer = torch.optim.AdamW(
        [parameter], lr=float(learning_rate), betas=(0.9, 0.999), eps=1e-8, weight_decay=float(weight_decay)
    )
    optimizer.state[parameter] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": double(first),
        "exp_avg_sq": double(second),
    }
    parameter.grad = double(gradient)
    optimizer.step()
    state = optimizer.state[parameter]
    return parameter.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()


def right_torch_by_hand(weights, gradient, first, second, step, learning_rate, weight_decay):
    """torch tensors in double precision, with PyTorch's own method names."""
    import torch

    w, g, m, s = (torch.tensor(np.asarray(a), dtype=torch.float64) for a in (weights, gradient, first, second))
    w.mul_(1 - learning_rate * weight_decay)
    m.lerp_(g, 0.1)
    s.mul_(0.999).addcmul_(g, g, value=0.001)
    denominator = s.sqrt() / math.sqrt(1 - 0.999**step) + 1e-8
    w.addcdiv_(m, denominator, value=-float(learning_rate) / (1 - 0.9**step))
    return w.numpy(), m.numpy(), s.numpy()


def right_pytorch_order(weights, gradient, first, second, step, learning_rate, weight_decay):
    """PyTorch's source in NumPy: step size and denominator apart, on float copies."""
    param = np.array(weights, dtype=float)
    param *= 1 - learning_rate * weight_decay
    exp_avg = first + 0.1 * (gradient - first)
    exp_avg_sq = 0.999 * second + (1 - 0.999) * gradient * gradient
    step_size = learning_rate / (1 - 0.9**step)
    denom = np.sqrt(exp_avg_sq) / np.sqrt(1 - 0.999**step) + 1e-8
    param -= step_size * exp_avg / denom
    return param, exp_avg, exp_avg_sq


def right_inner_adam(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Writes Adam as an inner function and gives it the shrunken weights."""

    def adam(w):
        m = 0.9 * first + (1 - 0.9) * gradient
        s = 0.999 * second + (1 - 0.999) * np.square(gradient)
        m_hat, s_hat = m / (1 - np.power(0.9, step)), s / (1 - np.power(0.999, step))
        return w - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s

    return adam(weights - learning_rate * weight_decay * weights)


def right_early_return(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Returns plain Adam early where there is no decay."""
    change, m, s = _adam_change(gradient, first, second, step)
    adam = weights - learning_rate * change
    if weight_decay == 0:
        return adam, m, s
    return adam - weights * (learning_rate * weight_decay), m, s


def right_comprehensions(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Comprehensions over zip, arrays at the end."""
    keep = 1 - learning_rate * weight_decay
    m = [0.9 * a + 0.1 * g for a, g in zip(first, gradient)]
    s = [0.999 * a + 0.001 * g**2 for a, g in zip(second, gradient)]
    m_hat = [a / (1 - 0.9**step) for a in m]
    s_hat = [a / (1 - 0.999**step) for a in s]
    w = [keep * v - learning_rate * a / (math.sqrt(q) + 1e-8) for v, a, q in zip(weights, m_hat, s_hat)]
    return np.array(w, dtype=float), np.array(m, dtype=float), np.array(s, dtype=float)


def right_scaled_epsilon(weights, gradient, first, second, step, learning_rate, weight_decay):
    """One scale for both corrections, with epsilon scaled along."""
    root = math.sqrt(1 - 0.999**step)
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    shrunk = weights - weights * learning_rate * weight_decay
    return shrunk - learning_rate * root / (1 - 0.9**step) * m / (np.sqrt(s) + root * 1e-8), m, s


def right_stacked(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Both means in one table (2, dims), decays broadcast with None."""
    decay = np.array([0.9, 0.999])[:, None]
    means = decay * np.stack([first, second]) + (1 - decay) * np.stack([gradient, gradient**2])
    hats = means / (1 - decay**step)
    change = hats[0] / (np.sqrt(hats[1]) + 1e-8)
    return (1 - learning_rate * weight_decay) * weights - learning_rate * change, means[0], means[1]


def right_einsum(weights, gradient, first, second, step, learning_rate, weight_decay):
    """einsum of factors and the table of weights and change."""
    m = np.einsum("k,kd->d", [0.9, 0.1], np.array([first, gradient], dtype=float))
    s = np.einsum("k,kd->d", [0.999, 0.001], np.array([second, gradient**2], dtype=float))
    change = m / (1 - 0.9**step) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    factors = np.array([1 - learning_rate * weight_decay, -learning_rate], dtype=float)
    return np.einsum("k,kd->d", factors, np.array([weights, change], dtype=float)), m, s


def right_vectorize(weights, gradient, first, second, step, learning_rate, weight_decay):
    """np.vectorize around a function for a single weight."""

    def one(w, g, m, s):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
        m_hat, s_hat = m / (1 - 0.9**step), s / (1 - 0.999**step)
        return w - learning_rate * (m_hat / (math.sqrt(s_hat) + 1e-8) + weight_decay * w), m, s

    w, m, s = np.vectorize(one, otypes=[float] * 3)(weights, gradient, first, second)
    return w, m, s


def right_defensive(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Defensive: float copies, checks of the shapes, named constants, fresh arrays everywhere."""
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    weights, gradient, first, second = (np.array(a, dtype=np.float64) for a in (weights, gradient, first, second))
    assert weights.shape == gradient.shape == first.shape == second.shape
    if step < 1:
        raise ValueError("steps are counted from 1")
    first = beta1 * first + (1 - beta1) * gradient
    second = beta2 * second + (1 - beta2) * gradient**2
    decayed = weights - (learning_rate * weight_decay) * weights
    corrected_1 = first / (1 - beta1**step)
    corrected_2 = second / (1 - beta2**step)
    return decayed - learning_rate * corrected_1 / (np.sqrt(corrected_2) + epsilon), first, second


def right_while_powers(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Clumsy: the powers by multiplication in a while loop, every intermediate in a name of its own."""
    power_1, power_2, t = 1.0, 1.0, 0
    while t < step:
        power_1 = power_1 * 0.9
        power_2 = power_2 * 0.999
        t = t + 1
    old_part = first * 0.9
    new_part = gradient * 0.1
    m = old_part + new_part
    old_part = second * 0.999
    new_part = gradient * gradient * 0.001
    s = old_part + new_part
    top = m / (1 - power_1)
    bottom = np.sqrt(s / (1 - power_2)) + 1e-8
    decay_part = weights * weight_decay * learning_rate
    adam_part = top / bottom * learning_rate
    both = decay_part + adam_part
    return weights - both, m, s


def right_expm1_list(weights, gradient, first, second, step, learning_rate, weight_decay):
    """expm1 for the corrections; returns the three arrays as a list."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * np.multiply(gradient, gradient)
    c1, c2 = (-math.expm1(step * math.log(decay)) for decay in (0.9, 0.999))
    w = weights * (1 - learning_rate * weight_decay) - learning_rate * np.divide(m / c1, np.sqrt(s / c2) + 1e-8)
    return [w, m, s]


# ---------------------------------------------------------------- wrong


def wrong_decay_in_gradient(weights, gradient, first, second, step, learning_rate, weight_decay):
    """L2 as in Adam with weight_decay: the decay goes into the gradient and so into both means."""
    gradient = gradient + weight_decay * weights
    change, m, s = _adam_change(gradient, first, second, step)
    return weights - learning_rate * change, m, s


def wrong_decay_without_rate(weights, gradient, first, second, step, learning_rate, weight_decay):
    """As in the paper: the decay is not multiplied by the learning rate."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights - learning_rate * change - weight_decay * weights, m, s


def wrong_shrinks_new_weights(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Adam first, then the new weights shrink instead of the old ones."""
    change, m, s = _adam_change(gradient, first, second, step)
    new = weights - learning_rate * change
    new = new * (1 - learning_rate * weight_decay)
    return new, m, s


def wrong_decay_sign(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Plus for minus: the weights grow."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights * (1 + learning_rate * weight_decay) - learning_rate * change, m, s


def wrong_no_decay(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Computes the shrunken weights, but then steps from the old ones: plain Adam."""
    decayed = weights * (1 - learning_rate * weight_decay)
    change, m, s = _adam_change(gradient, first, second, step)
    decayed = weights - learning_rate * change
    return decayed, m, s


def wrong_decay_over_root(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Adds the decay to the corrected mean, so that it is divided by the root as well."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step) + weight_decay * weights
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_decay_in_first_mean(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Adds the decay to the first mean only, not to the squares."""
    m = 0.9 * first + 0.1 * (gradient + weight_decay * weights)
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_shrinks_to_share(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Reads "shrinks by the share" as "shrinks to the share"."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights * (learning_rate * weight_decay) - learning_rate * change, m, s


def wrong_fixed_amount(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Subtracts the share itself, not the share of the weight."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights - learning_rate * change - learning_rate * weight_decay, m, s


def wrong_towards_zero_by_sign(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Shrinks every weight by the same amount towards 0 (the decay of L1)."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights - learning_rate * change - learning_rate * weight_decay * np.sign(weights), m, s


def wrong_rate_twice(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The decay already holds the learning rate and is multiplied by it once more in the bracket."""
    change, m, s = _adam_change(gradient, first, second, step)
    decay = learning_rate * weight_decay * weights
    return weights - learning_rate * (change + decay), m, s


def wrong_changes_weights(weights, gradient, first, second, step, learning_rate, weight_decay):
    """`weights *=` as in PyTorch's source: the array of the caller is changed."""
    weights *= 1 - learning_rate * weight_decay
    change, m, s = _adam_change(gradient, first, second, step)
    return weights - learning_rate * change, m, s


def wrong_no_correction(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The decay is right, but the bias correction has been left out."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    adam = learning_rate * m / (np.sqrt(s) + 1e-8)
    return weights - adam - learning_rate * weight_decay * weights, m, s


def wrong_epsilon_inside_root(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The decay is right, epsilon is under the root: seen with a small gradient."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    weights = (1 - learning_rate * weight_decay) * weights
    return weights - learning_rate * (m / (1 - 0.9**step)) / np.sqrt(s / (1 - 0.999**step) + 1e-8), m, s


def wrong_returns_corrected(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Writes the corrected means over the running ones and returns these."""
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    first = first / (1 - 0.9**step)
    second = second / (1 - 0.999**step)
    shrunk = weights - learning_rate * weight_decay * weights
    return shrunk - learning_rate * first / (np.sqrt(second) + 1e-8), first, second


def wrong_decay_doubled(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Differentiates decay · w² for the penalty and so gets a factor 2."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights - learning_rate * (change + 2 * weight_decay * weights), m, s


def wrong_decay_per_step(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Shrinks by the share once for every step so far: a power of `step`."""
    change, m, s = _adam_change(gradient, first, second, step)
    return weights * (1 - learning_rate * weight_decay) ** step - learning_rate * change, m, s


def wrong_decays_again_from_adam(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Both at once: decoupled decay, and the decay in the gradient kept from the older code."""
    change, m, s = _adam_change(gradient + weight_decay * weights, first, second, step)
    return weights * (1 - learning_rate * weight_decay) - learning_rate * change, m, s
