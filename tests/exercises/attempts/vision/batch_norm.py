"""Attempts at batch_norm, written from the task's text alone."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


# ---------------------------------------------------------------- right

def right_textbook(images, weight, bias, epsilon):
    """The formula of the paper, with keepdim."""
    mean = images.mean(dim=(0, 2, 3), keepdim=True)
    variance = ((images - mean) ** 2).mean(dim=(0, 2, 3), keepdim=True)
    normal = (images - mean) / torch.sqrt(variance + epsilon)
    return weight.view(1, -1, 1, 1) * normal + bias.view(1, -1, 1, 1)


def right_var_unbiased_false(images, weight, bias, epsilon):
    """torch.var with unbiased=False, and None for the missing axes."""
    mean = images.mean((0, 2, 3))
    var = images.var((0, 2, 3), unbiased=False)
    x = (images - mean[None, :, None, None]) / (var[None, :, None, None] + epsilon).sqrt()
    return x * weight[None, :, None, None] + bias[None, :, None, None]


def right_var_mean(images, weight, bias, epsilon):
    """Mean and variance in one call, the rest with rsqrt."""
    var, mean = torch.var_mean(images, dim=[0, 2, 3], correction=0, keepdim=True)
    return (images - mean) * torch.rsqrt(var + epsilon) * weight.reshape(-1, 1, 1) + bias.reshape(-1, 1, 1)


def right_channel_loop(images, weight, bias, epsilon):
    """One channel after the other, stacked at the end."""
    done = []
    for c in range(images.shape[1]):
        one = images[:, c]
        one = one - one.mean()
        one = one / (one.pow(2).mean() + epsilon) ** 0.5
        done.append(one * weight[c] + bias[c])
    return torch.stack(done, dim=1)


def right_filled_in(images, weight, bias, epsilon):
    """An empty result, filled channel by channel."""
    out = torch.empty_like(images)
    for channel in range(images.size(1)):
        pixels = images[:, channel, :, :]
        mean = pixels.sum() / pixels.numel()
        variance = ((pixels - mean) ** 2).sum() / pixels.numel()
        out[:, channel, :, :] = (pixels - mean) / torch.sqrt(variance + epsilon) * weight[channel] + bias[channel]
    return out


def right_channels_first(images, weight, bias, epsilon):
    """Every channel becomes one row of numbers, and goes back at the end."""
    batch, channels, height, width = images.shape
    rows = images.transpose(0, 1).reshape(channels, -1)
    rows = rows - rows.mean(1, keepdim=True)
    rows = rows / (rows.square().mean(1, keepdim=True) + epsilon).sqrt()
    rows = rows * weight[:, None] + bias[:, None]
    return rows.reshape(channels, batch, height, width).transpose(0, 1)


def right_channels_last(images, weight, bias, epsilon):
    """Moves the channels to the end, where weight and bias fit by themselves."""
    x = images.permute(0, 2, 3, 1)
    flat = x.reshape(-1, x.shape[-1])
    var, mean = torch.var_mean(flat, 0, correction=0)
    return ((x - mean) / (var + epsilon).sqrt() * weight + bias).permute(0, 3, 1, 2)


def right_einsum(images, weight, bias, epsilon):
    """Sums by einsum."""
    count = images.numel() / images.shape[1]
    centred = images - (torch.einsum("bchw->c", images) / count)[:, None, None]
    variance = torch.einsum("bchw,bchw->c", centred, centred) / count
    return torch.einsum("bchw,c->bchw", centred, weight / (variance + epsilon).sqrt()) + bias[:, None, None]


def right_one_scale_one_shift(images, weight, bias, epsilon):
    """Folds everything into one factor and one summand for each channel; in double precision."""
    x = images.double()
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
    scale = weight.double() / torch.sqrt(var + epsilon)
    shift = bias.double() - mean * scale
    return (x * scale.view(-1, 1, 1) + shift.view(-1, 1, 1)).to(images.dtype)


def right_mean_of_means(images, weight, bias, epsilon):
    """All pictures have equally many pixels, so the mean of the means of the axes is the mean."""
    def mean(x):
        return x.mean(0, keepdim=True).mean(2, keepdim=True).mean(3, keepdim=True)

    centred = images - mean(images)
    return bias[:, None, None] + weight[:, None, None] * centred / (mean(centred * centred) + epsilon).sqrt()


def right_corrected_variance(images, weight, bias, epsilon):
    """Takes the default variance and turns n - 1 into n; a channel of one number is looked after."""
    n = images.numel() // images.shape[1]
    mean = images.mean((0, 2, 3), keepdim=True)
    if n == 1:
        variance = torch.zeros_like(mean)
    else:
        variance = images.var((0, 2, 3), keepdim=True) * (n - 1) / n
    return (images - mean) / (variance + epsilon).sqrt() * weight[None, :, None, None] + bias[None, :, None, None]


def right_module(images, weight, bias, epsilon):
    """A module of one's own, called at once."""
    class Norm(nn.Module):
        def forward(self, x):
            dims = (0, 2, 3)
            centre = x - x.mean(dims, keepdim=True)
            deviation = torch.sqrt(centre.pow(2).mean(dims, keepdim=True) + epsilon)
            return centre / deviation * weight.unsqueeze(-1).unsqueeze(-1) + bias.unsqueeze(-1).unsqueeze(-1)

    return Norm()(images)


def right_vmap(images, weight, bias, epsilon):
    """Written for one channel, mapped over axis 1."""
    def one(channel, w, b):
        centred = channel - channel.mean()
        return centred / torch.sqrt((centred**2).mean() + epsilon) * w + b

    return torch.vmap(one, in_dims=(1, 0, 0), out_dims=1)(images, weight, bias)


def right_welford(images, weight, bias, epsilon):
    """A running mean and a running sum of squares, picture after picture and pixel after pixel."""
    batch, channels, height, width = images.shape
    kind, images = images.dtype, images.double()
    mean, squares, seen = torch.zeros(channels, dtype=torch.float64), torch.zeros(channels, dtype=torch.float64), 0
    for b in range(batch):
        for y in range(height):
            for x in range(width):
                seen += 1
                step = images[b, :, y, x] - mean
                mean = mean + step / seen
                squares = squares + step * (images[b, :, y, x] - mean)
    deviation = (squares / seen + epsilon).sqrt()
    normal = (images - mean[:, None, None]) / deviation[:, None, None]
    return (normal * weight[:, None, None] + bias[:, None, None]).to(kind)


def right_matrix_of_means(images, weight, bias, epsilon):
    """A product with a column of 1/n takes the mean of each row."""
    b, c, h, w = images.shape
    n = b * h * w
    rows = images.transpose(0, 1).reshape(c, n)
    share = torch.full((n, 1), 1 / n, dtype=images.dtype)
    rows = rows - rows @ share
    rows = torch.addcmul(bias[:, None], weight[:, None], rows / ((rows * rows) @ share + epsilon).sqrt())
    return rows.reshape(c, b, h, w).permute(1, 0, 2, 3)


def right_own_copy_changed_in_place(images, weight, bias, epsilon):
    """Makes a copy, and works on that step by step."""
    x = images.clone()
    x = x - x.mean(dim=(0, 2, 3), keepdim=True)
    variance = torch.mean(x * x, dim=(0, 2, 3), keepdim=True)
    x = x / (variance + epsilon).pow(0.5)
    x = x * weight.reshape(1, len(weight), 1, 1)
    x += bias.reshape(1, len(bias), 1, 1)
    return x


# ---------------------------------------------------------------- wrong

def wrong_variance_by_n_minus_1(images, weight, bias, epsilon):
    """Takes torch's default variance, over one less."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_epsilon_outside_root(images, weight, bias, epsilon):
    """Adds epsilon to the deviation and not to the variance."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var.sqrt() + epsilon) * weight[:, None, None] + bias[:, None, None]


def wrong_no_epsilon(images, weight, bias, epsilon):
    """Forgets epsilon."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / var.sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_epsilon_hard_coded(images, weight, bias, epsilon):
    """Writes 1e-5 although epsilon is given."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + 1e-5).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_each_picture_alone(images, weight, bias, epsilon):
    """A mean for each picture and channel: instance norm."""
    mean = images.mean((2, 3), keepdim=True)
    var = images.var((2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_layer_norm(images, weight, bias, epsilon):
    """A mean for each picture over its channels and pixels, as a layer norm."""
    mean = images.mean((1, 2, 3), keepdim=True)
    var = images.var((1, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_over_the_batch_only(images, weight, bias, epsilon):
    """A mean for every pixel over the examples, as for the inputs of a table."""
    mean = images.mean(0, keepdim=True)
    var = images.var(0, keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_one_mean_for_all(images, weight, bias, epsilon):
    """One mean and one variance for the whole tensor."""
    centred = images - images.mean()
    return centred / (centred.square().mean() + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_over_channels(images, weight, bias, epsilon):
    """Normalises over the channels at every pixel."""
    mean = images.mean(1, keepdim=True)
    var = images.var(1, keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_width_forgotten(images, weight, bias, epsilon):
    """The columns are left out of the mean."""
    mean = images.mean((0, 2), keepdim=True)
    var = images.var((0, 2), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_no_weight(images, weight, bias, epsilon):
    """Forgets the weight."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() + bias[:, None, None]


def wrong_no_bias(images, weight, bias, epsilon):
    """Forgets the bias."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None]


def wrong_bias_subtracted(images, weight, bias, epsilon):
    """Takes the bias off, where it is to be added."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] - bias[:, None, None]


def wrong_bias_scaled_too(images, weight, bias, epsilon):
    """Adds the bias first, then multiplies both."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return ((images - mean) / (var + epsilon).sqrt() + bias[:, None, None]) * weight[:, None, None]


def wrong_scaled_first(images, weight, bias, epsilon):
    """Multiplies and adds first, and normalises that: weight and bias vanish again."""
    images = images * weight[:, None, None] + bias[:, None, None]
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt()


def wrong_divided_by_variance(images, weight, bias, epsilon):
    """Forgets the root."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon) * weight[:, None, None] + bias[:, None, None]


def wrong_mean_not_taken_off(images, weight, bias, epsilon):
    """Divides by the deviation, but does not take the mean off."""
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return images / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_mean_square(images, weight, bias, epsilon):
    """Takes the mean of the raw squares for the variance."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.pow(2).mean((0, 2, 3), keepdim=True)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_sum_of_squares(images, weight, bias, epsilon):
    """The sum of the squared distances, not divided by their number."""
    centred = images - images.mean((0, 2, 3), keepdim=True)
    var = (centred**2).sum((0, 2, 3), keepdim=True)
    return centred / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_weight_along_the_width(images, weight, bias, epsilon):
    """weight and bias as they are: they meet the columns, or nothing that fits."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight + bias


def wrong_library(images, weight, bias, epsilon):
    """Calls PyTorch's own, which the task forbids."""
    return F.batch_norm(images, None, None, weight, bias, training=True, eps=epsilon)


def wrong_module_of_the_library(images, weight, bias, epsilon):
    """nn.BatchNorm2d with the numbers put in: forbidden."""
    layer = nn.BatchNorm2d(images.shape[1], eps=epsilon, affine=False)
    return layer(images) * weight[:, None, None] + bias[:, None, None]


def wrong_evaluation(images, weight, bias, epsilon):
    """As in evaluation at the start: running mean 0 and running variance 1."""
    running_mean, running_variance = torch.zeros_like(weight), torch.ones_like(weight)
    x = (images - running_mean[:, None, None]) / (running_variance[:, None, None] + epsilon).sqrt()
    return x * weight[:, None, None] + bias[:, None, None]


def wrong_input_changed(images, weight, bias, epsilon):
    """Works in place on the pictures that it was given."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    images -= mean
    images /= (var + epsilon).sqrt()
    return images * weight[:, None, None] + bias[:, None, None]


def wrong_numpy(images, weight, bias, epsilon):
    """Right numbers in NumPy: no gradient flows."""
    x = images.detach().numpy()
    mean, var = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
    out = (x - mean) / np.sqrt(var + epsilon)
    out = out * weight.detach().numpy()[:, None, None] + bias.detach().numpy()[:, None, None]
    return torch.from_numpy(out)


def wrong_statistics_without_gradient(images, weight, bias, epsilon):
    """Mean and variance under no_grad, like running means: right numbers, another gradient."""
    with torch.no_grad():
        mean = images.mean((0, 2, 3), keepdim=True)
        var = images.var((0, 2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (var + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


def wrong_reshaped_without_transpose(images, weight, bias, epsilon):
    """reshape(channels, -1) without moving the channels first: the rows mix channels."""
    rows = images.reshape(images.shape[1], -1)
    rows = rows - rows.mean(1, keepdim=True)
    rows = rows / (rows.square().mean(1, keepdim=True) + epsilon).sqrt()
    return (rows * weight[:, None] + bias[:, None]).reshape(images.shape)


def wrong_channels_left_in_front(images, weight, bias, epsilon):
    """Right numbers, but (channels, batch, height, width) comes back."""
    done = []
    for c in range(images.shape[1]):
        one = images[:, c] - images[:, c].mean()
        done.append(one / (one.pow(2).mean() + epsilon).sqrt() * weight[c] + bias[c])
    return torch.stack(done)


def wrong_first_channel_returned(images, weight, bias, epsilon):
    """The return stands inside the loop."""
    for c in range(images.shape[1]):
        one = images[:, c] - images[:, c].mean()
        return one / (one.pow(2).mean() + epsilon).sqrt() * weight[c] + bias[c]


def wrong_mean_distance(images, weight, bias, epsilon):
    """The mean distance from the mean in place of the deviation."""
    centred = images - images.mean((0, 2, 3), keepdim=True)
    deviation = centred.abs().mean((0, 2, 3), keepdim=True)
    return centred / (deviation + epsilon) * weight[:, None, None] + bias[:, None, None]
