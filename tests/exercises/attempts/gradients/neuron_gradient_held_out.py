import cmath
import math

import numpy as np


def right_steps_b(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    """Beginner: forwards, then backwards in small named steps."""
    z = w * x + b
    a = math.tanh(z)
    d_a = 2 * (a - y)
    d_z = d_a * (1 - a * a)
    d_w = d_z * x
    d_b = d_z * 1
    return d_w, d_b


def right_numpy_b(x, w, b, y):
    """NumPy, both derivatives in one array of length 2."""
    a = np.tanh(w * x + b)
    return 2 * (a - y) * (1 - a**2) * np.array([x, 1.0])


def right_torch_b(x, w, b, y):
    """Lets autograd do it, in float64."""
    import torch

    weight = torch.tensor(float(w), dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(float(b), dtype=torch.float64, requires_grad=True)
    loss = (torch.tanh(weight * float(x) + bias) - float(y)) ** 2
    loss.backward()
    return weight.grad.item(), bias.grad.item()


def right_sech_b(x, w, b, y):
    """The derivative of tanh as 1/cosh², written so that nothing overflows."""
    z = w * x + b
    e = math.exp(-2 * abs(z))
    sech_squared = 4 * e / (1 + e) ** 2
    slope = 2 * (math.tanh(z) - y) * sech_squared
    return (x * slope, slope)


def right_factored_b(x, w, b, y):
    """Other algebra: minus twice the residual, and (1 - a)(1 + a); a list comes back."""
    a = math.tanh(b + x * w)
    residual = y - a
    common = -2.0 * residual * (1.0 - a) * (1.0 + a)
    return [common * x, common]


def right_sigmoid_b(x, w, b, y):
    """By way of the logistic function: tanh(z) = 2 s(2 z) - 1."""
    z = w * x + b
    if z >= 0:
        s = 1 / (1 + math.exp(-2 * z))
    else:
        e = math.exp(2 * z)
        s = e / (1 + e)
    a = 2 * s - 1
    d_z = 2 * (a - y) * 4 * s * (1 - s)
    return d_z * x, d_z


def right_complex_step_b(x, w, b, y):
    """Exact numerics: a tiny imaginary step, no cancellation."""
    h = 1e-30
    loss = lambda w_, b_: (cmath.tanh(w_ * x + b_) - y) ** 2
    return loss(complex(w, h), b).imag / h, loss(w, complex(b, h)).imag / h


def wrong_no_x_b(x, w, b, y):
    """Forgets the inner derivative x for the weight."""
    a = math.tanh(w * x + b)
    d = 2 * (a - y) * (1 - a**2)
    return d, d


def wrong_no_two_b(x, w, b, y):
    """Forgets the 2 of the square."""
    a = math.tanh(w * x + b)
    dz = (a - y) * (1 - a**2)
    return dz * x, dz


def wrong_no_tanh_slope_b(x, w, b, y):
    """Leaves out the slope of tanh."""
    error = np.tanh(w * x + b) - y
    return 2 * error * x, 2 * error


def wrong_sign_b(x, w, b, y):
    """Takes y - a for a - y and forgets the minus sign of the inner derivative."""
    a = math.tanh(w * x + b)
    d = 2 * (y - a) * (1 - a**2)
    return d * x, d


def wrong_not_squared_b(x, w, b, y):
    """Slope of tanh as 1 - tanh, not squared."""
    z = w * x + b
    dloss = 2 * (math.tanh(z) - y)
    dtanh = 1 - math.tanh(z)
    return dloss * dtanh * x, dloss * dtanh


def wrong_tanh_twice_b(x, w, b, y):
    """Applies tanh to the output once more in the slope: 1 - tanh(a)²."""
    z = w * x + b
    a = math.tanh(z)
    dz = 2 * (a - y) * (1 - math.tanh(a) ** 2)
    return dz * x, dz


def wrong_uses_z_b(x, w, b, y):
    """Slope as 1 - z², with the sum before tanh."""
    z = w * x + b
    a = math.tanh(z)
    dz = 2 * (a - y) * (1 - z**2)
    return dz * x, dz


def wrong_swapped_b(x, w, b, y):
    """Returns the bias first."""
    a = math.tanh(w * x + b)
    grad_b = 2 * (a - y) * (1 - a * a)
    grad_w = grad_b * x
    return grad_b, grad_w


def wrong_sigmoid_slope_b(x, w, b, y):
    """Takes the slope of the logistic function, a (1 - a)."""
    a = math.tanh(w * x + b)
    dz = 2 * (a - y) * a * (1 - a)
    return dz * x, dz


def wrong_times_w_b(x, w, b, y):
    """Multiplies by w where x belongs, and by b for the bias."""
    a = math.tanh(w * x + b)
    dz = 2 * (a - y) * (1 - a**2)
    return dz * w, dz * b


def wrong_bias_times_x_b(x, w, b, y):
    """Takes the whole chain with x for the bias as well."""
    a = np.tanh(w * x + b)
    dz = 2 * (a - y) * (1 - a**2)
    return float(dz * x), float(dz * x)


def wrong_forward_difference_b(x, w, b, y):
    """Numerical forward difference with step 0.001, too coarse for 6 digits."""
    def loss(w, b):
        return (math.tanh(w * x + b) - y) ** 2

    step = 0.001
    dw = (loss(w + step, b) - loss(w, b)) / step
    db = (loss(w, b + step) - loss(w, b)) / step
    return dw, db
