import cmath
import functools
import math

import numpy as np


# ---------------------------------------------------------------- right


def right_textbook(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    """The textbook: outer slope times inner slope, then x and 1."""
    out = math.tanh(w * x + b)
    slope = 2 * (out - y) * (1 - out**2)
    return slope * x, slope


def right_all_names(x, w, b, y):
    """The beginner who names every step, forwards and backwards."""
    product = w * x
    z = product + b
    t = math.tanh(z)
    e = t - y
    d_loss_d_e = 2 * e
    d_e_d_t = 1
    d_t_d_z = 1 - t * t
    d_z_d_b = 1
    d_z_d_product = 1
    d_product_d_w = x
    d_loss_d_z = d_loss_d_e * d_e_d_t * d_t_d_z
    return (d_loss_d_z * d_z_d_product * d_product_d_w, d_loss_d_z * d_z_d_b)


def right_minus_error(x, w, b, y):
    """Error as y minus output, hence the minus sign in front."""
    output = math.tanh(w * x + b)
    error = y - output
    delta = -2.0 * error * (1.0 - output) * (1.0 + output)
    return delta * x, delta


def right_sech_guarded(x, w, b, y):
    """The mathematician: 1 / cosh², guarded where cosh would overflow."""
    z = w * x + b
    sech_squared = 0.0 if abs(z) > 300 else 1 / math.cosh(z) ** 2
    db = 2 * (math.tanh(z) - y) * sech_squared
    return x * db, db


def right_numpy(x, w, b, y):
    """NumPy where the sheet has math, turned into floats at the end."""
    t = np.tanh(np.float64(w) * x + b)
    both = 2 * (t - y) * (1 - np.square(t)) * np.array([x, 1.0])
    return float(both[0]), float(both[1])


def right_torch_autograd(x, w, b, y):
    """Library: lets torch go backwards, in double precision."""
    import torch

    weight = torch.tensor(float(w), dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(float(b), dtype=torch.float64, requires_grad=True)
    loss = (torch.tanh(weight * float(x) + bias) - float(y)) ** 2
    loss.backward()
    return weight.grad.item(), bias.grad.item()


def right_torch_grad_function(x, w, b, y):
    """Library: torch.autograd.grad of both at once."""
    import torch

    theta = torch.tensor([float(w), float(b)], dtype=torch.double, requires_grad=True)
    inputs = torch.tensor([float(x), 1.0], dtype=torch.double)
    loss = (theta @ inputs).tanh().sub(float(y)).square()
    (gradient,) = torch.autograd.grad(loss, theta)
    return tuple(gradient.tolist())


def right_complex_step(x, w, b, y):
    """Numerically other but exact: the complex step, an imaginary step so small that nothing is rounded."""
    h = 1e-30
    loss = lambda w_, b_: (cmath.tanh(w_ * x + b_) - y) ** 2
    return loss(complex(w, h), complex(b, 0)).imag / h, loss(complex(w, 0), complex(b, h)).imag / h


def right_dual_numbers(x, w, b, y):
    """Forward mode: pairs (value, slope), once per parameter."""

    def slope(dw, db):
        z, dz = w * x + b, dw * x + db
        t, dt = math.tanh(z), (1 - math.tanh(z) ** 2) * dz
        e, de = t - y, dt
        return 2 * e * de

    return slope(1.0, 0.0), slope(0.0, 1.0)


def right_expanded_square(x, w, b, y):
    """Other algebra: multiplies the square out, t² − 2 t y + y², before differentiating."""
    t = math.tanh(x * w + b)
    dt = 1 - t * t
    d_loss = 2 * t * dt - 2 * y * dt
    return (d_loss * x, d_loss)


def right_sigmoid_route(x, w, b, y):
    """Other algebra: tanh(z) = 2 sigmoid(2 z) − 1, with a sigmoid that cannot overflow."""
    z = 2 * (w * x + b)
    small = math.exp(-abs(z))
    s = 1 / (1 + small) if z >= 0 else small / (1 + small)
    d = 4 * s * (1 - s)
    delta = 2 * (2 * s - 1 - y) * d
    return delta * x, delta


def right_product_of_slopes(x, w, b, y):
    """The chain as a list of slopes and math.prod."""
    out = math.tanh(math.fsum([w * x, b]))
    chain = [2, out - y, 1 - out**2]
    return math.prod(chain + [x]), math.prod(chain + [1])


def right_helpers_inside(x, w, b, y):
    """Small inner functions for the neuron and its derivative."""

    def neuron(v):
        return math.tanh(v)

    def neuron_slope(v):
        return 1 - neuron(v) * neuron(v)

    def loss_slope(prediction):
        return 2 * (prediction - y)

    z = w * x + b
    return loss_slope(neuron(z)) * neuron_slope(z) * x, loss_slope(neuron(z)) * neuron_slope(z)


def right_tape(x, w, b, y):
    """A small tape, as an autograd would write it: local slopes noted forwards, applied backwards."""
    values = {"w": w, "b": b}
    tape = []
    values["p"] = values["w"] * x
    tape.append(("p", [("w", x)]))
    values["z"] = values["p"] + values["b"]
    tape.append(("z", [("p", 1.0), ("b", 1.0)]))
    values["t"] = math.tanh(values["z"])
    tape.append(("t", [("z", 1.0 - values["t"] ** 2)]))
    values["loss"] = (values["t"] - y) ** 2
    tape.append(("loss", [("t", 2.0 * (values["t"] - y))]))
    grads = {name: 0.0 for name in values}
    grads["loss"] = 1.0
    for name, local in reversed(tape):
        for parent, slope in local:
            grads[parent] += slope * grads[name]
    return grads["w"], grads["b"]


def right_polynomial_outside(x, w, b, y):
    """The loss as a polynomial in the output, differentiated by np.polyder."""
    t = float(np.tanh(w * x + b))
    outer = float(np.polyval(np.polyder(np.array([1.0, -2.0 * y, float(y) ** 2])), t))
    inner = float(np.polyval([-1.0, 0.0, 1.0], t))
    return outer * inner * x, outer * inner


def right_early_return(x, w, b, y):
    """Defensive: floats first, early return where the output hits the target."""
    x, w, b, y = float(x), float(w), float(b), float(y)
    prediction = math.tanh(w * x + b)
    if prediction == y:
        return 0.0, 0.0
    db = 2.0 * (prediction - y) * (1.0 - prediction * prediction)
    if x == 0.0:
        return 0.0, db
    return db * x, db


def right_exponentials(x, w, b, y):
    """tanh written with exp(−2|z|), which cannot overflow; its slope is 4 e / (1 + e)²."""
    z = w * x + b
    e = math.exp(-2 * abs(z))
    t = math.copysign((1 - e) / (1 + e), z)
    dt = 4 * e / (1 + e) ** 2
    d = 2 * (t - y) * dt
    return d * x, d


def right_list(x, w, b, y):
    """Returns the two derivatives as a list, from a comprehension over the inner slopes."""
    t = math.tanh(w * x + b)
    return [2 * (t - y) * (1 - t**2) * inner for inner in (x, 1)]


def right_cosh(x, w, b, y):
    """1 / cosh² as in the table of derivatives, without a guard: it overflows only beyond |w x + b| = 355."""
    z = w * x + b
    d = 2 * (math.tanh(z) - y) / math.cosh(z) ** 2
    return d * x, d


# ---------------------------------------------------------------- wrong


def wrong_two_forgotten(x, w, b, y):
    """The 2 of the square forgotten (as if the loss had a half in front)."""
    t = math.tanh(w * x + b)
    d = (t - y) * (1 - t**2)
    return d * x, d


def wrong_tanh_slope_forgotten(x, w, b, y):
    """Leaves the slope of tanh out of the chain."""
    t = math.tanh(w * x + b)
    return 2 * (t - y) * x, 2 * (t - y)


def wrong_x_forgotten(x, w, b, y):
    """Both derivatives equal: the inner slope x in w is missing."""
    t = math.tanh(w * x + b)
    d = 2 * (t - y) * (1 - t**2)
    return d, d


def wrong_bias_times_b(x, w, b, y):
    """Multiplies the derivative in the bias by b, as that in w is multiplied by x."""
    t = math.tanh(w * x + b)
    d = 2 * (t - y) * (1 - t**2)
    return d * x, d * b


def wrong_order(x, w, b, y):
    """Returns (in b, in w)."""
    t = math.tanh(w * x + b)
    db = 2 * (t - y) * (1 - t**2)
    dw = db * x
    return db, dw


def wrong_sign(x, w, b, y):
    """Error as y minus output, without the minus that comes with it."""
    t = math.tanh(w * x + b)
    error = y - t
    d = 2 * error * (1 - t**2)
    return d * x, d


def wrong_slope_not_squared(x, w, b, y):
    """1 − tanh instead of 1 − tanh²."""
    out = math.tanh(w * x + b)
    d = 2 * (out - y) * (1 - out)
    return d * x, d


def wrong_slope_of_z(x, w, b, y):
    """1 − z² with the input of tanh where its output belongs."""
    z = w * x + b
    t = math.tanh(z)
    d = 2 * (t - y) * (1 - z**2)
    return d * x, d


def wrong_tanh_twice(x, w, b, y):
    """Puts the output through tanh once more in the slope: 1 − tanh(t)²."""
    t = np.tanh(w * x + b)
    d = 2 * (t - y) * (1 - np.tanh(t) ** 2)
    return float(d * x), float(d)


def wrong_sigmoid_slope(x, w, b, y):
    """Takes the slope of the sigmoid, t (1 − t)."""
    t = math.tanh(w * x + b)
    d = 2 * (t - y) * t * (1 - t)
    return d * x, d


def wrong_times_w(x, w, b, y):
    """Multiplies by w instead of x: the derivative in x, not in w."""
    t = math.tanh(w * x + b)
    d = 2 * (t - y) * (1 - t**2)
    return d * w, d


def wrong_only_weight(x, w, b, y):
    """Returns the derivative in the weight alone."""
    t = math.tanh(w * x + b)
    return 2 * (t - y) * (1 - t**2) * x


def wrong_absolute_error(x, w, b, y):
    """Takes the distance as an absolute value and so loses the sign of the error."""
    t = math.tanh(w * x + b)
    d = 2 * abs(t - y) * (1 - t**2)
    return d * x, d


def wrong_times_loss(x, w, b, y):
    """Multiplies by the loss itself instead of by its slope."""
    t = math.tanh(w * x + b)
    loss = (t - y) ** 2
    d = loss * (1 - t**2)
    return d * x, d


def wrong_plus_slope(x, w, b, y):
    """1 + tanh², the slope of tan with tanh put in."""
    t = math.tanh(w * x + b)
    d = 2 * (t - y) * (1 + t**2)
    return d * x, d


def wrong_bias_forgotten(x, w, b, y):
    """Forgets the bias on the way forward."""
    t = math.tanh(w * x)
    d = 2 * (t - y) * (1 - t * t)
    return d * x, d


def wrong_forward_difference(x, w, b, y):
    """Does not differentiate but compares the losses a coarse step apart, on one side only."""
    loss = lambda w_, b_: (math.tanh(w_ * x + b_) - y) ** 2
    h = 0.001
    return (loss(w + h, b) - loss(w, b)) / h, (loss(w, b + h) - loss(w, b)) / h
