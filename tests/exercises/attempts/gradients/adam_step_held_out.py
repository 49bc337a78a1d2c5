import math

import numpy as np


def right_textbook_b(
    weights: np.ndarray,
    gradient: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    step: int,
    learning_rate: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectorised, as in the paper."""
    first = 0.9 * first + (1 - 0.9) * gradient
    second = 0.999 * second + (1 - 0.999) * gradient**2
    m_hat = first / (1 - 0.9**step)
    s_hat = second / (1 - 0.999**step)
    weights = weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return weights, first, second


def right_loop_b(weights, gradient, first, second, step, learning_rate):
    """Beginner's loop over the weights, with lists."""
    new_weights, new_first, new_second = [], [], []
    for i in range(len(weights)):
        m = 0.9 * first[i] + 0.1 * gradient[i]
        s = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i]
        m_hat = m / (1 - 0.9**step)
        s_hat = s / (1 - 0.999**step)
        new_weights.append(weights[i] - learning_rate * m_hat / (math.sqrt(s_hat) + 1e-8))
        new_first.append(m)
        new_second.append(s)
    return np.array(new_weights), np.array(new_first), np.array(new_second)


def right_torch_b(weights, gradient, first, second, step, learning_rate):
    """Hands the state to torch.optim.Adam and takes one step."""
    import torch

    w = torch.nn.Parameter(torch.tensor(weights, dtype=torch.float64))
    w.grad = torch.tensor(gradient, dtype=torch.float64)
    optimizer = torch.optim.Adam([w], lr=learning_rate, betas=(0.9, 0.999), eps=1e-8)
    optimizer.state[w] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": torch.tensor(first, dtype=torch.float64),
        "exp_avg_sq": torch.tensor(second, dtype=torch.float64),
    }
    optimizer.step()
    state = optimizer.state[w]
    return w.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()


def right_rearranged_b(weights, gradient, first, second, step, learning_rate):
    """Other algebra: both corrections in the learning rate, epsilon scaled to match."""
    m = first * 0.9 + gradient * 0.1
    s = second * 0.999 + gradient * gradient * 0.001
    root = math.sqrt(1 - 0.999**step)
    rate = learning_rate * root / (1 - 0.9**step)
    return weights - rate * m / (np.sqrt(s) + 1e-8 * root), m, s


def right_lerp_b(weights, gradient, first, second, step, learning_rate):
    """Means moved towards the new value by a share of the difference."""
    g = np.asarray(gradient, dtype=float)
    m = first + (g - first) * (1 - 0.9)
    s = second + (np.square(g) - second) * (1 - 0.999)
    correction_m, correction_s = 1 - pow(0.9, step), 1 - pow(0.999, step)
    denominator = np.add(np.sqrt(np.divide(s, correction_s)), 1e-8)
    return np.subtract(weights, learning_rate * (m / correction_m) / denominator), m, s


def right_copies_b(weights, gradient, first, second, step, learning_rate):
    """In place, but on float copies of its own; powers by a while loop."""
    w = np.array(weights, dtype=float)
    m = np.array(first, dtype=float)
    s = np.array(second, dtype=float)
    g = np.array(gradient, dtype=float)
    m *= 0.9
    m += 0.1 * g
    s *= 0.999
    s += 0.001 * g**2
    power_m = power_s = 1.0
    t = 0
    while t < step:
        power_m *= 0.9
        power_s *= 0.999
        t += 1
    w -= learning_rate * (m / (1 - power_m)) / (np.sqrt(s / (1 - power_s)) + 1e-8)
    return w, m, s


def right_stacked_b(weights, gradient, first, second, step, learning_rate):
    """Both means in one (2, dims) array, the decays broadcast with None."""
    decay = np.array([0.9, 0.999])[:, None]
    means = decay * np.stack([first, second]) + (1 - decay) * np.stack([gradient, gradient**2])
    m_hat, s_hat = means / (1 - decay**step)
    return weights - learning_rate * m_hat / (s_hat**0.5 + 1e-8), means[0], means[1]


def wrong_no_correction_b(weights, gradient, first, second, step, learning_rate):
    """Forgets the bias correction."""
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    weights = weights - learning_rate * first / (np.sqrt(second) + 1e-8)
    return weights, first, second


def wrong_times_step_b(weights, gradient, first, second, step, learning_rate):
    """0.9 * step in place of 0.9 ** step."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9 * step)
    s_hat = s / (1 - 0.999 * step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_returns_corrected_b(weights, gradient, first, second, step, learning_rate):
    """Corrects the means in their own variables and so returns them corrected."""
    first = 0.9 * first + (1 - 0.9) * gradient
    second = 0.999 * second + (1 - 0.999) * gradient**2
    first = first / (1 - 0.9**step)
    second = second / (1 - 0.999**step)
    weights = weights - learning_rate * first / (np.sqrt(second) + 1e-8)
    return weights, first, second


def wrong_epsilon_inside_b(weights, gradient, first, second, step, learning_rate):
    """Epsilon stands under the root."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / np.sqrt(s_hat + 1e-8), m, s


def wrong_not_squared_b(weights, gradient, first, second, step, learning_rate):
    """The second mean takes the size of the gradient and not its square."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * np.abs(gradient)
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_same_decay_b(weights, gradient, first, second, step, learning_rate):
    """Copied line: decay 0.9 in the correction of the second mean too."""
    new_first = 0.9 * first + 0.1 * gradient
    new_second = 0.999 * second + 0.001 * gradient**2
    correction = 1 - 0.9**step
    m_hat = new_first / correction
    s_hat = new_second / correction
    new_weights = weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return new_weights, new_first, new_second


def wrong_step_plus_one_b(weights, gradient, first, second, step, learning_rate):
    """Counts the steps from 0: exponent step + 1."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    t = step + 1
    m_hat = m / (1 - 0.9**t)
    s_hat = s / (1 - 0.999**t)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_in_place_b(weights, gradient, first, second, step, learning_rate):
    """Changes the arrays of the caller with *= and += and -=."""
    first *= 0.9
    first += 0.1 * gradient
    second *= 0.999
    second += 0.001 * gradient**2
    weights -= learning_rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights, first, second


def wrong_no_share_b(weights, gradient, first, second, step, learning_rate):
    """Adds the whole gradient to the mean, as for momentum, without the factor 1 - 0.9."""
    m = 0.9 * first + gradient
    s = 0.999 * second + gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_no_epsilon_b(weights, gradient, first, second, step, learning_rate):
    """Leaves epsilon out: not a number where every gradient was 0."""
    m = 0.9 * first + (1 - 0.9) * gradient
    s = 0.999 * second + (1 - 0.999) * gradient * gradient
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / np.sqrt(s_hat), m, s


def wrong_no_root_b(weights, gradient, first, second, step, learning_rate):
    """Divides by the second mean without the square root, in a loop."""
    new_w, new_m, new_s = [], [], []
    for w, g, m, s in zip(weights, gradient, first, second):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat = m / (1 - 0.9**step)
        s_hat = s / (1 - 0.999**step)
        new_w.append(w - learning_rate * m_hat / (s_hat + 1e-8))
        new_m.append(m)
        new_s.append(s)
    return np.array(new_w), np.array(new_m), np.array(new_s)


def wrong_decay_swapped_b(weights, gradient, first, second, step, learning_rate):
    """Gives 0.9 and 0.999 to the new value and the rest to the old mean."""
    beta1, beta2 = 0.9, 0.999
    m = (1 - beta1) * first + beta1 * gradient
    s = (1 - beta2) * second + beta2 * gradient**2
    m_hat = m / (1 - beta1**step)
    s_hat = s / (1 - beta2**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s
