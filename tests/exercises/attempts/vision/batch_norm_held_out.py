"""More attempts at batch_norm, of another hand, written from the task's text alone."""

import torch
import torch.nn.functional as F


def right_unbind_and_stack(images, weight, bias, epsilon):
    """zip over channels, weights and biases."""
    def norm(x, w, b):
        d = x - x.mean()
        return w * d / torch.sqrt(torch.mean(d * d) + epsilon) + b

    return torch.stack([norm(*each) for each in zip(images.unbind(1), weight, bias)], 1)


def right_flattened_pixels(images, weight, bias, epsilon):
    """Pixels of a picture in one axis; two-axis statistics."""
    x = images.flatten(2)  # (batch, channels, pixels)
    mu = x.mean((0, 2), keepdim=True)
    sigma2 = (x - mu).pow(2).mean((0, 2), keepdim=True)
    y = (x - mu) * (sigma2 + epsilon).pow(-0.5)
    return (y * weight[:, None] + bias[:, None]).reshape(images.shape)


def right_diagonal_of_the_covariance(images, weight, bias, epsilon):
    """Channels as variables of a table: the variances are the diagonal of X'X / n."""
    b, c, h, w = images.shape
    table = images.movedim(1, -1).reshape(-1, c)
    table = table - table.mean(0)
    variances = torch.diagonal(table.T @ table) / table.shape[0]
    table = table @ torch.diag(weight / torch.sqrt(variances + epsilon)) + bias
    return table.reshape(b, h, w, c).movedim(-1, 1)


def right_pooling(images, weight, bias, epsilon):
    """Average pooling to one pixel and the mean over the batch."""
    mean = F.adaptive_avg_pool2d(images, 1).mean(0)
    d = images - mean
    variance = F.adaptive_avg_pool2d(d * d, 1).mean(0)
    return d / (variance + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def right_half_the_distance_of_pairs(images, weight, bias, epsilon):
    """The variance is half the mean squared distance of two numbers drawn from the channel."""
    rows = images.transpose(0, 1).flatten(1)
    variance = torch.stack([((r[:, None] - r[None]) ** 2).mean() / 2 for r in rows])
    centred = rows - rows.mean(1, keepdim=True)
    out = centred / (variance[:, None] + epsilon).sqrt() * weight[:, None] + bias[:, None]
    return out.unflatten(1, (images.shape[0], *images.shape[2:])).transpose(0, 1)


def right_plain_sums(images, weight, bias, epsilon):
    """Counts the numbers of a channel and divides sums by it."""
    b, c, h, w = images.size()
    count = b * h * w
    shape = (1, c, 1, 1)
    mean = images.sum(dim=(0, 2, 3)) / count
    distance = images - mean.reshape(shape)
    variance = (distance * distance).sum(dim=(0, 2, 3)) / count
    factor = 1 / (variance + epsilon) ** 0.5
    return distance * factor.reshape(shape) * weight.reshape(shape) + bias.reshape(shape)


def wrong_sample_deviation(images, weight, bias, epsilon):
    """std with its default (one less), and epsilon beside it."""
    d = (0, 2, 3)
    z = (images - images.mean(d, True)) / (images.std(d, keepdim=True) + epsilon)
    return z * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def wrong_mean_of_the_variances(images, weight, bias, epsilon):
    """The mean of the variances of the pictures is not the variance of all pixels."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = images.var((2, 3), unbiased=False, keepdim=True).mean(0, keepdim=True)
    return (images - mean) / (var + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def wrong_variance_without_the_square_of_the_mean(images, weight, bias, epsilon):
    """E[x²] - E[x]: the square of the mean forgotten."""
    mean = images.mean((0, 2, 3), keepdim=True)
    var = (images**2).mean((0, 2, 3), keepdim=True) - mean
    return (images - mean) / (var.abs() + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def wrong_epsilon_as_a_floor(images, weight, bias, epsilon):
    """Uses epsilon as the least variance instead of adding it."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / var.clamp(min=epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def wrong_one_plus_weight(images, weight, bias, epsilon):
    """Takes the weight for what is to be added to 1."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (var + epsilon).sqrt() * (1 + weight.view(-1, 1, 1)) + bias.view(-1, 1, 1)


def wrong_group_norm(images, weight, bias, epsilon):
    """A detour through another of PyTorch's norms: forbidden."""
    swapped = images.transpose(0, 1).reshape(1, images.shape[1], -1)
    x = F.group_norm(swapped, images.shape[1], weight, bias, epsilon)
    return x.view(images.shape[1], images.shape[0], *images.shape[2:]).transpose(0, 1)


def wrong_variance_of_the_first_picture(images, weight, bias, epsilon):
    """Mean and variance of the first picture for all."""
    var, mean = torch.var_mean(images[:1], (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (var + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def wrong_running_mean_mixed_in(images, weight, bias, epsilon):
    """Uses running means after one step of momentum 0.1."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    mean, var = 0.1 * mean, 0.9 + 0.1 * var
    return (images - mean) / (var + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def wrong_multiplied_by_the_deviation(images, weight, bias, epsilon):
    """Multiplies by the deviation where it should divide."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) * (var + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


def wrong_squeezed_between(images, weight, bias, epsilon):
    """To lists and back: right numbers, no gradient."""
    planes = []
    for c in range(images.shape[1]):
        numbers = images[:, c].flatten().tolist()
        m = sum(numbers) / len(numbers)
        v = sum((x - m) ** 2 for x in numbers) / len(numbers)
        scaled = [(x - m) / (v + float(epsilon)) ** 0.5 * weight[c].item() + bias[c].item() for x in numbers]
        planes.append(torch.tensor(scaled, dtype=images.dtype).view(images[:, c].shape))
    return torch.stack(planes, 1)


def wrong_with_its_statistics(images, weight, bias, epsilon):
    """Returns the mean and the variance as well."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    out = (images - mean) / (var + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)
    return out, mean.flatten(), var.flatten()


def wrong_only_normalised(images, weight, bias, epsilon):
    """Stops after normalising: neither weight nor bias."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (var + epsilon).sqrt()


def wrong_scaled_deviation(images, weight, bias, epsilon):
    """Puts the weight under the root with the variance."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (var * weight.view(-1, 1, 1) ** 2 + epsilon).sqrt() + bias.view(-1, 1, 1)


def wrong_result_printed(images, weight, bias, epsilon):
    """Prints the result instead of returning it."""
    var, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    print(((images - mean) / (var + epsilon).sqrt() * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)).shape)
