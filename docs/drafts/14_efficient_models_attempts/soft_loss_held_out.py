"""Other attempts at soft_loss, of a different hand, from the task's text alone."""

import torch
from torch import nn


def right_helper(student, teacher, temperature):
    """A helper for the softened logarithms."""

    def soft(x):
        return nn.functional.log_softmax(x / temperature, dim=-1)

    p = soft(teacher).exp()
    per_text = (p * soft(teacher) - p * soft(student)).sum(dim=-1)
    return per_text.mean() * temperature**2


def right_squares_inside(student, teacher, temperature):
    """Each factor T goes to another place of the product."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    weighted = temperature * a.exp()
    difference = (a - b) * temperature
    return torch.tensordot(weighted, difference, dims=2) / a.shape[0]


def right_running_mean(student, teacher, temperature):
    """A running mean over the texts."""
    mean = student.new_zeros(())
    for i in range(len(student)):
        a = torch.log_softmax(teacher[i] / temperature, 0)
        b = torch.log_softmax(student[i] / temperature, 0)
        mean = mean + ((a.exp() * (a - b)).sum() - mean) / (i + 1)
    return mean * temperature**2


def right_flat_inner(student, teacher, temperature):
    """An inner product of all in one line."""
    a, b = (torch.special.log_softmax(x / temperature, 1) for x in (teacher, student))
    return torch.inner(a.exp().flatten(), (a - b).flatten()) * temperature**2 / len(a)


def right_expected_log_ratio(student, teacher, temperature):
    """All class pairs: each logit is compared with all of its text to get its probability."""

    def log_probability(x):
        x = x / temperature
        return -torch.logsumexp(x[:, None, :] - x[:, :, None], dim=2)

    a, b = log_probability(teacher), log_probability(student)
    return temperature**2 * (a.exp() * (a - b)).sum(1).mean()


def right_halves(student, teacher, temperature):
    """The sum over texts by recursion in halves."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)

    def added(start, end):
        if end - start == 1:
            return (a[start].exp() * (a[start] - b[start])).sum()
        middle = (start + end) // 2
        return added(start, middle) + added(middle, end)

    return temperature**2 * added(0, len(a)) / len(a)


def wrong_root(student, teacher, temperature):
    """Times the square root of T."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    return temperature**0.5 * (a.exp() * (a - b)).sum(1).mean()


def wrong_divided_by_the_square(student, teacher, temperature):
    """The logits are divided by T² too."""
    a, b = torch.log_softmax(teacher / temperature**2, 1), torch.log_softmax(student / temperature**2, 1)
    return temperature**2 * (a.exp() * (a - b)).sum(1).mean()


def wrong_student_detached(student, teacher, temperature):
    """Detaches the student, so that it cannot learn."""
    a = torch.log_softmax(teacher / temperature, 1)
    b = torch.log_softmax(student.detach() / temperature, 1)
    return temperature**2 * (a.exp() * (a - b)).sum(1).mean()


def wrong_inference(student, teacher, temperature):
    """All of it without gradients, as for an evaluation."""
    with torch.no_grad():
        a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
        return temperature**2 * (a.exp() * (a - b)).sum(1).mean()


def wrong_logits_apart(student, teacher, temperature):
    """The mean square of the difference of logits, which is another way of distilling."""
    return ((teacher - student) ** 2).sum(1).mean() / 2


def wrong_plus_in_the_logarithm(student, teacher, temperature):
    """Adds the logarithms, where the one should be taken from the other."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    return -(temperature**2) * (a.exp() * (a + b)).sum(1).mean()


def wrong_likeliest_class(student, teacher, temperature):
    """Only the term of the teacher's likeliest class."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    place = a.argmax(1, keepdim=True)
    return temperature**2 * (a.exp() * (a - b)).gather(1, place).mean()


def wrong_sizes(student, teacher, temperature):
    """The size of each term, so that what is negative counts up as well."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    return temperature**2 * (a.exp() * (a - b)).abs().sum(1).mean()


def wrong_half_and_half(student, teacher, temperature):
    """Halves the loss, as in the whole one with soft = 0.5."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    return 0.5 * temperature**2 * (a.exp() * (a - b)).sum(1).mean()


def wrong_with_the_middle(student, teacher, temperature):
    """Both are compared with their middle, which is the divergence of Jensen and Shannon."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    m = torch.logaddexp(a, b) - torch.log(torch.tensor(2.0, dtype=a.dtype))
    apart = (a.exp() * (a - m)).sum(1) + (b.exp() * (b - m)).sum(1)
    return temperature**2 * (apart / 2).mean()


def wrong_even_weights(student, teacher, temperature):
    """The mean of log(p / q) with the same weight for each class."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    return temperature**2 * (a - b).mean(1).mean()


def wrong_softmax_twice(student, teacher, temperature):
    """Softens the probabilities, not the logits, and so has the softmax twice."""
    a = torch.log_softmax(torch.softmax(teacher, 1) / temperature, 1)
    b = torch.log_softmax(torch.softmax(student, 1) / temperature, 1)
    return temperature**2 * (a.exp() * (a - b)).sum(1).mean()


def wrong_mean_probabilities(student, teacher, temperature):
    """The mean over texts comes first, and then one divergence of the means."""
    p, q = torch.softmax(teacher / temperature, 1).mean(0), torch.softmax(student / temperature, 1).mean(0)
    return temperature**2 * (p * (p.log() - q.log())).sum()


def wrong_a_number_for_each_class(student, teacher, temperature):
    """The mean over texts is there, but the classes are not added up."""
    a, b = torch.log_softmax(teacher / temperature, 1), torch.log_softmax(student / temperature, 1)
    return temperature**2 * (a.exp() * (a - b)).mean(0)
