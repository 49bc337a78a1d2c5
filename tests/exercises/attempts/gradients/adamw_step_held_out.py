import math

import numpy as np


def right_textbook_b(
    weights: np.ndarray,
    gradient: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    step: int,
    learning_rate: float,
    weight_decay: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shrinks first, then takes the step of Adam, in new arrays."""
    weights = weights * (1 - learning_rate * weight_decay)
    first = 0.9 * first + (1 - 0.9) * gradient
    second = 0.999 * second + (1 - 0.999) * gradient**2
    m_hat = first / (1 - 0.9**step)
    s_hat = second / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), first, second


def right_loop_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Beginner's loop, weight by weight."""
    w_new = np.zeros(len(weights))
    m_new = np.zeros(len(weights))
    s_new = np.zeros(len(weights))
    for i in range(len(weights)):
        m_new[i] = 0.9 * first[i] + 0.1 * gradient[i]
        s_new[i] = 0.999 * second[i] + 0.001 * gradient[i] ** 2
        m_hat = m_new[i] / (1 - 0.9**step)
        s_hat = s_new[i] / (1 - 0.999**step)
        adam = learning_rate * m_hat / (math.sqrt(s_hat) + 1e-8)
        decay = learning_rate * weight_decay * weights[i]
        w_new[i] = weights[i] - adam - decay
    return w_new, m_new, s_new


def right_torch_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Hands the state to torch.optim.AdamW and takes one step."""
    import torch

    w = torch.tensor(weights, dtype=torch.float64, requires_grad=True)
    w.grad = torch.tensor(gradient, dtype=torch.float64)
    optimizer = torch.optim.AdamW([w], lr=learning_rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=weight_decay)
    optimizer.state[w] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": torch.tensor(first, dtype=torch.float64),
        "exp_avg_sq": torch.tensor(second, dtype=torch.float64),
    }
    optimizer.step()
    state = optimizer.state[w]
    return w.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()


def right_one_bracket_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Other algebra: learning rate times (direction + decay * weights)."""
    m = np.average([first, gradient], axis=0, weights=[0.9, 0.1])
    s = np.average([second, np.square(gradient)], axis=0, weights=[0.999, 0.001])
    direction = m / (1 - 0.9**step) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    return weights - learning_rate * (direction + weight_decay * weights), m, s


def _adam_direction(gradient, first, second, step):
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient * gradient
    return m / (1 - 0.9**step) / ((s / (1 - 0.999**step)) ** 0.5 + 1e-8), m, s


def right_helper_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """A helper gives Adam's direction; the decay is subtracted after, from the kept old weights."""
    old = weights.copy()
    direction, m, s = _adam_direction(gradient, first, second, step)
    new = old - learning_rate * direction
    new = new - learning_rate * weight_decay * old
    return new, m, s


def right_rearranged_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Both corrections in the rate, epsilon scaled; in place, on float copies."""
    w, m, s = (np.array(a, dtype=float) for a in (weights, first, second))
    w *= 1.0 - learning_rate * weight_decay
    m += 0.1 * (gradient - m)
    s += 0.001 * (np.multiply(gradient, gradient) - s)
    root = np.sqrt(1 - 0.999**step)
    w -= learning_rate * root / (1 - 0.9**step) * m / (np.sqrt(s) + 1e-8 * root)
    return w, m, s


def right_einsum_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Einsum for the running means, stacked (2 means, old and new, dims)."""
    decay = np.array([0.9, 0.999])
    share = np.stack([decay, 1 - decay], axis=1)
    values = np.array([[first, gradient], [second, gradient**2]], dtype=float)
    means = np.einsum("ko,kod->kd", share, values)
    m_hat, s_hat = means / (1 - decay**step)[:, None]
    kept = (1 - learning_rate * weight_decay) * weights
    return kept - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), means[0], means[1]


def wrong_l2_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Adds the decay to the gradient: L2 regularisation, as in Adam with weight_decay."""
    gradient = gradient + weight_decay * weights
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    m_hat = first / (1 - 0.9**step)
    s_hat = second / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), first, second


def wrong_no_learning_rate_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The decay is not multiplied by the learning rate, as in the paper."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8) - weight_decay * weights, m, s


def wrong_after_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Shrinks the weights after the step of Adam, so the new ones shrink."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    weights = weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    weights = weights - learning_rate * weight_decay * weights
    return weights, m, s


def wrong_grows_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Wrong sign: the weights grow."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    new = weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8) + learning_rate * weight_decay * weights
    return new, m, s


def wrong_numerator_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The decay joins the corrected mean, and so is divided by the root too."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    update = (m_hat + weight_decay * weights) / (np.sqrt(s_hat) + 1e-8)
    return weights - learning_rate * update, m, s


def wrong_in_place_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """weights *= ... shrinks the array of the caller."""
    weights *= 1 - learning_rate * weight_decay
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_rate_twice_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """The learning rate meets the decay twice."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    direction = (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    decay = learning_rate * weight_decay * weights
    return weights - learning_rate * (direction + decay), m, s


def wrong_amount_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Subtracts learning_rate * weight_decay itself from every weight, not that share of it."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * weight_decay - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_shrinks_to_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Reads 'by the share' as 'to the share': keeps only learning_rate * weight_decay of each weight."""
    kept = weights * (learning_rate * weight_decay)
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    m_hat = first / (1 - 0.9**step)
    s_hat = second / (1 - 0.999**step)
    return kept - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), first, second


def wrong_returns_corrected_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Returns the corrected means."""
    weights = weights - learning_rate * weight_decay * weights
    first = (0.9 * first + 0.1 * gradient) / (1 - 0.9**step)
    second = (0.999 * second + 0.001 * gradient**2) / (1 - 0.999**step)
    weights = weights - learning_rate * first / (np.sqrt(second) + 1e-8)
    return weights, first, second


def wrong_times_step_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """0.9 * step in place of 0.9 ** step in the corrections."""
    weights = (1 - learning_rate * weight_decay) * weights
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9 * step)
    s_hat = s / (1 - 0.999 * step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_no_correction_b(weights, gradient, first, second, step, learning_rate, weight_decay):
    """Forgets the bias correction, in a loop."""
    new_weights, new_first, new_second = [], [], []
    for w, g, m, s in zip(weights, gradient, first, second):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        w = w - learning_rate * weight_decay * w - learning_rate * m / (np.sqrt(s) + 1e-8)
        new_weights.append(w)
        new_first.append(m)
        new_second.append(s)
    return np.array(new_weights), np.array(new_first), np.array(new_second)
