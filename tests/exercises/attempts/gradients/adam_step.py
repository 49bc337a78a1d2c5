import functools
import itertools
import math

import numpy as np


# ---------------------------------------------------------------- right


def right_textbook(
    weights: np.ndarray, gradient: np.ndarray, first: np.ndarray, second: np.ndarray, step: int, learning_rate: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The lines of algorithm 1, one by one."""
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    first_hat = first / (1 - 0.9**step)
    second_hat = second / (1 - 0.999**step)
    return weights - learning_rate * first_hat / (np.sqrt(second_hat) + 1e-8), first, second


def right_named_constants(weights, gradient, first, second, step, learning_rate):
    """Names for beta1, beta2 and epsilon, as in the paper."""
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    m = beta1 * first + (1 - beta1) * gradient
    s = beta2 * second + (1 - beta2) * gradient * gradient
    m_hat = m / (1 - beta1**step)
    s_hat = s / (1 - beta2**step)
    new_weights = weights - learning_rate * m_hat / (s_hat**0.5 + epsilon)
    return new_weights, m, s


def right_plain_loop(weights, gradient, first, second, step, learning_rate):
    """The beginner: one weight after the other, in plain lists, arrays at the end."""
    new_w, new_m, new_s = [], [], []
    for i in range(len(weights)):
        m = 0.9 * float(first[i]) + 0.1 * float(gradient[i])
        s = 0.999 * float(second[i]) + 0.001 * float(gradient[i]) ** 2
        m_hat = m / (1 - 0.9**step)
        s_hat = s / (1 - 0.999**step)
        new_w.append(float(weights[i]) - learning_rate * m_hat / (math.sqrt(s_hat) + 1e-8))
        new_m.append(m)
        new_s.append(s)
    return np.array(new_w, dtype=float), np.array(new_m, dtype=float), np.array(new_s, dtype=float)


def right_lerp(weights, gradient, first, second, step, learning_rate):
    """Other algebra: the running means move a share towards the new value."""
    m = first + (gradient - first) * 0.1
    s = second + (np.square(gradient) - second) * 0.001
    direction = (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    return weights - learning_rate * direction, m, s


def right_pytorch_order(weights, gradient, first, second, step, learning_rate):
    """The order of operations in PyTorch's source: step size and denominator apart."""
    exp_avg = first * 0.9 + gradient * (1 - 0.9)
    exp_avg_sq = second * 0.999 + gradient * gradient * (1 - 0.999)
    bias_correction1 = 1 - 0.9**step
    bias_correction2 = 1 - 0.999**step
    step_size = learning_rate / bias_correction1
    denom = np.sqrt(exp_avg_sq) / math.sqrt(bias_correction2) + 1e-8
    return weights - step_size * (exp_avg / denom), exp_avg, exp_avg_sq


def right_torch_optim(weights, gradient, first, second, step, learning_rate):
    """Library: puts the state into torch.optim.Adam and takes one step."""
    import torch

    double = lambda a: torch.tensor(np.asarray(a), dtype=torch.float64)
    parameter = torch.nn.Parameter(double(weights))
    optimizer = torch.optim.Adam([parameter], lr=float(learning_rate), betas=(0.9, 0.999), eps=1e-8)
    state = {"step": torch.tensor(float(step - 1)), "exp_avg": double(first), "exp_avg_sq": double(second)}
    optimizer.state[parameter] = state
    parameter.grad = double(gradient)
    optimizer.step()
    state = optimizer.state[parameter]
    return parameter.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()


def right_torch_by_hand(weights, gradient, first, second, step, learning_rate):
    """The formula in torch tensors of double precision, back to NumPy at the end."""
    import torch

    w, g, m, s = (torch.tensor(np.asarray(a), dtype=torch.float64) for a in (weights, gradient, first, second))
    m = m.mul(0.9).add(g, alpha=0.1)
    s = s.mul(0.999).addcmul(g, g, value=0.001)
    denominator = (s / (1 - 0.999**step)).sqrt().add(1e-8)
    w = w - learning_rate * (m / (1 - 0.9**step)) / denominator
    return w.numpy(), m.numpy(), s.numpy()


def right_in_place_on_copies(weights, gradient, first, second, step, learning_rate):
    """In-place style, but on float copies, so that the arguments stay as they are."""
    w = np.array(weights, dtype=float)
    m = np.array(first, dtype=float)
    s = np.array(second, dtype=float)
    m *= 0.9
    m += 0.1 * gradient
    s *= 0.999
    s += 0.001 * gradient**2
    w -= learning_rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    return w, m, s


def right_scaled_epsilon(weights, gradient, first, second, step, learning_rate):
    """The paper's faster order (end of section 2), with epsilon scaled along so that nothing changes."""
    root = math.sqrt(1 - 0.999**step)
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    alpha = learning_rate * root / (1 - 0.9**step)
    return weights - alpha * m / (np.sqrt(s) + 1e-8 * root), m, s


def right_inner_helper(weights, gradient, first, second, step, learning_rate):
    """One inner function for both running means and one for both corrections."""

    def update(mean, value, decay):
        return decay * mean + (1 - decay) * value

    def corrected(mean, decay):
        return mean / (1 - decay**step)

    m = update(first, gradient, 0.9)
    s = update(second, np.power(gradient, 2), 0.999)
    return weights - learning_rate * corrected(m, 0.9) / (np.sqrt(corrected(s, 0.999)) + 1e-8), m, s


def right_stacked(weights, gradient, first, second, step, learning_rate):
    """Both means in one table, decays broadcast with None."""
    decay = np.array([0.9, 0.999])
    means = np.stack([first, second])
    values = np.stack([gradient, gradient**2])
    means = decay[:, None] * means + (1 - decay)[:, None] * values
    m_hat, s_hat = means / (1 - decay**step)[:, None]
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), means[0], means[1]


def right_weighted_average(weights, gradient, first, second, step, learning_rate):
    """Library: np.average with weights for the running means."""
    m = np.average([first, gradient], axis=0, weights=[0.9, 0.1])
    s = np.average([second, np.multiply(gradient, gradient)], axis=0, weights=[0.999, 0.001])
    m_hat = np.divide(m, 1 - np.power(0.9, step))
    s_hat = np.divide(s, 1 - np.power(0.999, step))
    change = np.divide(np.multiply(learning_rate, m_hat), np.add(np.sqrt(s_hat), 1e-8))
    return np.subtract(weights, change), m, s


def right_expm1(weights, gradient, first, second, step, learning_rate):
    """Careful numerics: the corrections by expm1 of step times the logarithm of the decay."""
    correction_1 = -math.expm1(step * math.log(0.9))
    correction_2 = -math.expm1(step * math.log(0.999))
    m = np.asarray(first, dtype=float) * 0.9 + np.asarray(gradient, dtype=float) * 0.1
    s = np.asarray(second, dtype=float) * 0.999 + np.asarray(gradient, dtype=float) ** 2 * 0.001
    return weights - learning_rate * (m / correction_1) / (np.sqrt(s / correction_2) + 1e-8), m, s


def right_zip_comprehension(weights, gradient, first, second, step, learning_rate):
    """A comprehension over zip for every line."""
    m = [0.9 * a + 0.1 * g for a, g in zip(first, gradient)]
    s = [0.999 * a + 0.001 * g * g for a, g in zip(second, gradient)]
    c1, c2 = 1 - 0.9**step, 1 - 0.999**step
    w = [v - learning_rate * (a / c1) / ((q / c2) ** 0.5 + 1e-8) for v, a, q in zip(weights, m, s)]
    return np.array(w), np.array(m), np.array(s)


def right_einsum(weights, gradient, first, second, step, learning_rate):
    """einsum for every product, even where none is needed."""
    m = np.einsum("k,kd->d", np.array([0.9, 0.1]), np.array([first, gradient], dtype=float))
    square = np.einsum("d,d->d", gradient, gradient)
    s = np.einsum("k,kd->d", np.array([0.999, 0.001]), np.array([second, square], dtype=float))
    scale = 1 / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    change = np.einsum("d,d->d", m / (1 - 0.9**step), scale)
    return weights - learning_rate * change, m, s


def right_geometric_sum(weights, gradient, first, second, step, learning_rate):
    """Other algebra: 1 − decay^t as (1 − decay) times the sum of the weights used so far, in a while loop."""
    total_1 = total_2 = 0.0
    k = 0
    power_1 = power_2 = 1.0
    while k < step:
        total_1 += power_1
        total_2 += power_2
        power_1 *= 0.9
        power_2 *= 0.999
        k += 1
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (0.1 * total_1)
    s_hat = s / (0.001 * total_2)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def right_vectorize(weights, gradient, first, second, step, learning_rate):
    """np.vectorize around a function for a single weight, returned as a tuple of three arrays."""

    def one(w, g, m, s):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g * g
        return w - learning_rate * m / (1 - 0.9**step) / (math.sqrt(s / (1 - 0.999**step)) + 1e-8), m, s

    return np.vectorize(one, otypes=[float, float, float])(weights, gradient, first, second)


def right_defensive_list(weights, gradient, first, second, step, learning_rate):
    """Defensive: everything to float first; computes the negative change and adds it; returns a list of the three."""
    w, g, m, s = [np.array(a, dtype=np.float64, copy=True) for a in (weights, gradient, first, second)]
    t = int(step)
    assert t >= 1
    m_new = (9 * m + g) / 10
    s_new = (999 * s + g * g) / 1000
    speed = -learning_rate / (1 - math.pow(0.9, t))
    width = np.sqrt(s_new / (1 - math.pow(0.999, t))) + 1e-8
    return [w + speed * m_new / width, m_new, s_new]


# ---------------------------------------------------------------- wrong


def wrong_no_correction(weights, gradient, first, second, step, learning_rate):
    """No bias correction at all."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    return weights - learning_rate * m / (np.sqrt(s) + 1e-8), m, s


def wrong_times_step(weights, gradient, first, second, step, learning_rate):
    """0.9 * step for 0.9 ** step (and the same for 0.999), under an absolute value because the root complained."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9 * step)
    s_hat = s / abs(1 - 0.999 * step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_step_plus_one(weights, gradient, first, second, step, learning_rate):
    """Counts steps from 0 and so takes step + 1 in the exponent."""
    beta1, beta2 = 0.9, 0.999
    m = beta1 * first + (1 - beta1) * gradient
    s = beta2 * second + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1 ** (step + 1))
    s_hat = s / (1 - beta2 ** (step + 1))
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_epsilon_inside_root(weights, gradient, first, second, step, learning_rate):
    """Epsilon under the root: seen with a small gradient."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / np.sqrt(s_hat + 1e-8), m, s


def wrong_epsilon_unscaled(weights, gradient, first, second, step, learning_rate):
    """The paper's faster order with the same epsilon, which then weighs more: not what PyTorch does."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    alpha = learning_rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    return weights - alpha * m / (np.sqrt(s) + 1e-8), m, s


def wrong_returns_corrected(weights, gradient, first, second, step, learning_rate):
    """Returns the corrected means, which would be corrected again in the next step."""
    first = (0.9 * first + 0.1 * gradient) / (1 - 0.9**step)
    second = (0.999 * second + 0.001 * gradient**2) / (1 - 0.999**step)
    return weights - learning_rate * first / (np.sqrt(second) + 1e-8), first, second


def wrong_decays_swapped(weights, gradient, first, second, step, learning_rate):
    """0.999 for the mean and 0.9 for the squares."""
    m = 0.999 * first + 0.001 * gradient
    s = 0.9 * second + 0.1 * gradient**2
    m_hat = m / (1 - 0.999**step)
    s_hat = s / (1 - 0.9**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_shares_swapped(weights, gradient, first, second, step, learning_rate):
    """Keeps 0.1 of the old mean and takes 0.9 of the new gradient (the same for the squares)."""
    m = 0.1 * first + 0.9 * gradient
    s = 0.001 * second + 0.999 * gradient**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def wrong_changes_means(weights, gradient, first, second, step, learning_rate):
    """`*=` and `+=` on the arguments: the running means given are changed."""
    first *= 0.9
    first += 0.1 * gradient
    second *= 0.999
    second += 0.001 * gradient**2
    first_hat = first / (1 - 0.9**step)
    second_hat = second / (1 - 0.999**step)
    return weights - learning_rate * first_hat / (np.sqrt(second_hat) + 1e-8), first, second


def wrong_changes_weights(weights, gradient, first, second, step, learning_rate):
    """`weights -=` changes the array of the caller."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    weights -= learning_rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    return weights, m, s


def wrong_uphill(weights, gradient, first, second, step, learning_rate):
    """Plus for minus: climbs."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    return weights + learning_rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8), m, s


def wrong_root_forgotten(weights, gradient, first, second, step, learning_rate):
    """Divides by the mean square itself, without the root."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    m_hat, s_hat = m / (1 - 0.9**step), s / (1 - 0.999**step)
    return weights - learning_rate * m_hat / (s_hat + 1e-8), m, s


def wrong_old_means(weights, gradient, first, second, step, learning_rate):
    """Moves the weights by the means from before this step and updates these afterwards."""
    m_hat = first / (1 - 0.9**step)
    s_hat = second / (1 - 0.999**step)
    new_weights = weights - learning_rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return new_weights, 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2


def wrong_order_of_results(weights, gradient, first, second, step, learning_rate):
    """Returns (first, second, weights)."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    w = weights - learning_rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    return m, s, w


def wrong_gradient_not_squared(weights, gradient, first, second, step, learning_rate):
    """Forgets the square in the second mean; an absolute value saves the root."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * np.abs(gradient)
    return weights - learning_rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8), m, s


def wrong_norm_of_gradient(weights, gradient, first, second, step, learning_rate):
    """gradient @ gradient: one square for all weights instead of one for each."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * (gradient @ gradient)
    return weights - learning_rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8), m, s


def wrong_epsilon_missing(weights, gradient, first, second, step, learning_rate):
    """No epsilon: 0 / 0 where the gradient has always been 0."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    return weights - learning_rate * (m / (1 - 0.9**step)) / np.sqrt(s / (1 - 0.999**step)), m, s


def wrong_one_correction_for_both(weights, gradient, first, second, step, learning_rate):
    """Corrects both means with 1 − 0.9^t."""
    m = 0.9 * first + 0.1 * gradient
    s = 0.999 * second + 0.001 * gradient**2
    correction = 1 - 0.9**step
    return weights - learning_rate * (m / correction) / (np.sqrt(s / correction) + 1e-8), m, s
