"""Attempts at soft_loss, written from the task's text alone."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def right_two_log_softmax(student, teacher, temperature):
    """Logarithms of both, their difference weighted with the teacher's probabilities."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def right_softmax_beside(student, teacher, temperature):
    """The probabilities from softmax, the logarithms from log_softmax."""
    p = torch.softmax(teacher / temperature, dim=1)
    log_p = torch.log_softmax(teacher / temperature, dim=1)
    log_q = torch.log_softmax(student / temperature, dim=1)
    apart = torch.sum(p * (log_p - log_q), dim=1)
    return torch.mean(apart) * temperature * temperature


def right_logsumexp(student, teacher, temperature):
    """The softmax by hand, with logsumexp."""
    s, t = student / temperature, teacher / temperature
    log_q = s - torch.logsumexp(s, dim=1, keepdim=True)
    log_p = t - torch.logsumexp(t, dim=1, keepdim=True)
    return ((log_p.exp() * (log_p - log_q)).sum() / len(s)) * temperature**2


def right_loop_over_texts(student, teacher, temperature):
    """One text after the other."""
    total = 0
    for s, t in zip(student, teacher):
        log_q, log_p = F.log_softmax(s / temperature, 0), F.log_softmax(t / temperature, 0)
        total = total + (log_p.exp() * (log_p - log_q)).sum()
    return temperature**2 * total / student.shape[0]


def right_loop_over_classes(student, teacher, temperature):
    """A sum that grows by one class at a time."""
    log_q = (student / temperature).log_softmax(-1)
    log_p = (teacher / temperature).log_softmax(-1)
    apart = torch.zeros(student.shape[0], dtype=student.dtype)
    for c in range(student.shape[1]):
        apart = apart + torch.exp(log_p[:, c]) * (log_p[:, c] - log_q[:, c])
    return apart.mean() * temperature**2


def right_einsum(student, teacher, temperature):
    """With einsum over texts and classes."""
    log_q = F.log_softmax(student / temperature, -1)
    log_p = F.log_softmax(teacher / temperature, -1)
    return torch.einsum("nc,nc->", log_p.exp(), log_p - log_q) * (temperature**2 / student.shape[0])


def right_vmap(student, teacher, temperature):
    """Written for one text, and mapped."""

    def one(s, t):
        log_q, log_p = torch.log_softmax(s / temperature, 0), torch.log_softmax(t / temperature, 0)
        return torch.dot(log_p.exp(), log_p - log_q)

    return torch.vmap(one)(student, teacher).mean() * temperature**2


def right_trace(student, teacher, temperature):
    """The diagonal of a product of matrices."""
    log_q = F.log_softmax(student / temperature, 1)
    log_p = F.log_softmax(teacher / temperature, 1)
    return temperature**2 * torch.trace(log_p.exp() @ (log_p - log_q).T) / student.size(0)


def right_batched_product(student, teacher, temperature):
    """A row times a column for each text."""
    log_q = F.log_softmax(student / temperature, 1)
    log_p = F.log_softmax(teacher / temperature, 1)
    apart = torch.bmm(log_p.exp()[:, None, :], (log_p - log_q)[:, :, None])
    return temperature**2 * apart.squeeze(2).squeeze(1).mean()


def right_difference_of_logits(student, teacher, temperature):
    """The mean difference of the logits, less the difference of the normalisers."""
    s, t = student.double() / temperature, teacher.double() / temperature
    p = t.softmax(-1)
    apart = (p * (t - s)).sum(-1) - t.logsumexp(-1) + s.logsumexp(-1)
    return temperature**2 * apart.mean()


def right_cross_entropy_less_entropy(student, teacher, temperature):
    """The cross-entropy of both less the entropy of the teacher."""
    s, t = student.double() / temperature, teacher.double() / temperature
    p = t.softmax(1)
    cross = -(p * s.log_softmax(1)).sum(1)
    entropy = -(p * t.log_softmax(1)).sum(1)
    return temperature**2 * (cross - entropy).mean()


def right_library_cross_entropy(student, teacher, temperature):
    """F.cross_entropy takes probabilities as targets; what is due to the teacher alone is taken off."""
    s, t = student.double() / temperature, teacher.double() / temperature
    p = F.softmax(t, dim=1)
    return temperature**2 * (F.cross_entropy(s, p) - F.cross_entropy(t, p))


def right_module(student, teacher, temperature):
    """nn.LogSoftmax as a module."""
    log_softmax = torch.nn.LogSoftmax(dim=1)
    log_q, log_p = log_softmax(student / temperature), log_softmax(teacher / temperature)
    return torch.mul(log_p.exp(), log_p.sub(log_q)).sum(dim=1).mean(dim=0).mul(temperature**2)


def right_shifted_by_hand(student, teacher, temperature):
    """exp and log by hand, after the largest logit is taken off."""

    def logs(logits):
        x = logits / temperature
        x = x - x.max(dim=1, keepdim=True).values
        return x - x.exp().sum(1, keepdim=True).log()

    log_q, log_p = logs(student), logs(teacher)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(1).mean()


def right_stacked(student, teacher, temperature):
    """Both models in one tensor."""
    log_q, log_p = torch.stack([student, teacher]).div(temperature).log_softmax(-1)
    return torch.square(torch.as_tensor(temperature, dtype=log_q.dtype)) * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def right_list_of_texts(student, teacher, temperature):
    """A list of divergences, stacked."""

    def apart(s, t):
        log_q, log_p = F.log_softmax(s / temperature, dim=0), F.log_softmax(t / temperature, dim=0)
        return sum(log_p[i].exp() * (log_p[i] - log_q[i]) for i in range(len(s)))

    return torch.stack([apart(s, t) for s, t in zip(student, teacher)]).mean() * temperature**2


def right_mean_times_classes(student, teacher, temperature):
    """The mean over all, times the number of classes."""
    log_q = F.log_softmax(student / temperature, -1)
    log_p = F.log_softmax(teacher / temperature, -1)
    return (log_p.exp() * (log_p - log_q)).mean() * student.shape[-1] * temperature**2


def wrong_no_square(student, teacher, temperature):
    """T² is missing."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_times_t(student, teacher, temperature):
    """Times T, not T²."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_divided_by_square(student, teacher, temperature):
    """Divides by T²."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean() / temperature**2


def wrong_other_direction(student, teacher, temperature):
    """The divergence of the teacher from the student: p and q are swapped."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_q.exp() * (log_q - log_p)).sum(-1).mean()


def wrong_sum_over_texts(student, teacher, temperature):
    """Adds the texts up where the mean is due."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum()


def wrong_mean_over_all(student, teacher, temperature):
    """The mean over texts and classes."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).mean()


def wrong_teacher_not_softened(student, teacher, temperature):
    """The teacher's probabilities are at temperature 1."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_student_not_softened(student, teacher, temperature):
    """The student's probabilities are at temperature 1."""
    log_q = F.log_softmax(student, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_multiplied(student, teacher, temperature):
    """The logits are multiplied with the temperature."""
    log_q = F.log_softmax(student * temperature, dim=-1)
    log_p = F.log_softmax(teacher * temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_softmax_over_texts(student, teacher, temperature):
    """The softmax goes over the texts."""
    log_q = F.log_softmax(student / temperature, dim=0)
    log_p = F.log_softmax(teacher / temperature, dim=0)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_cross_entropy(student, teacher, temperature):
    """The cross-entropy with the teacher: its entropy was not taken off."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    p = F.softmax(teacher / temperature, dim=-1)
    return -(temperature**2) * (p * log_q).sum(-1).mean()


def wrong_sign(student, teacher, temperature):
    """The logarithm of q / p, which gives the negative."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_q - log_p)).sum(-1).mean()


def wrong_bits(student, teacher, temperature):
    """The logarithm to base 2."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean() / math.log(2)


def wrong_squares(student, teacher, temperature):
    """The squared distance of the probabilities."""
    q = F.softmax(student / temperature, dim=-1)
    p = F.softmax(teacher / temperature, dim=-1)
    return temperature**2 * ((p - q) ** 2).sum(-1).mean()


def wrong_hard_labels(student, teacher, temperature):
    """The teacher's likeliest class serves as a label."""
    return temperature**2 * F.cross_entropy(student / temperature, teacher.argmax(-1))


def wrong_divided_after_softmax(student, teacher, temperature):
    """Divides the probabilities, not the logits, by the temperature."""
    q = F.softmax(student, dim=-1) / temperature
    p = F.softmax(teacher, dim=-1) / temperature
    return temperature**2 * (p * (p / q).log()).sum(-1).mean()


def wrong_no_gradient(student, teacher, temperature):
    """A Python number comes back, through which no gradient flows."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return (temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()).item()


def wrong_numpy(student, teacher, temperature):
    """In NumPy: the value is right, but no gradient flows."""
    s = student.detach().numpy() / temperature
    t = teacher.detach().numpy() / temperature
    log_q = s - np.logaddexp.reduce(s, axis=1, keepdims=True)
    log_p = t - np.logaddexp.reduce(t, axis=1, keepdims=True)
    return torch.tensor(temperature**2 * (np.exp(log_p) * (log_p - log_q)).sum(1).mean())


def wrong_each_text(student, teacher, temperature):
    """One number for each text, without the mean."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1)


def wrong_first_text(student, teacher, temperature):
    """Returns inside the loop, after the first text."""
    for s, t in zip(student, teacher):
        log_q, log_p = F.log_softmax(s / temperature, 0), F.log_softmax(t / temperature, 0)
        return temperature**2 * (log_p.exp() * (log_p - log_q)).sum()


def wrong_always_2(student, teacher, temperature):
    """The temperature of the example."""
    log_q = F.log_softmax(student / 2.0, dim=-1)
    log_p = F.log_softmax(teacher / 2.0, dim=-1)
    return 4.0 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_both_directions(student, teacher, temperature):
    """The mean of both directions."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher / temperature, dim=-1)
    return temperature**2 * ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum(-1).mean() / 2


def wrong_changes_the_teacher(student, teacher, temperature):
    """The value is right, but the caller's teacher has been softened."""
    with torch.no_grad():
        teacher /= temperature
    log_q = F.log_softmax(student / temperature, dim=-1)
    log_p = F.log_softmax(teacher, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()


def wrong_teacher_as_logits(student, teacher, temperature):
    """Takes the teacher's softened logits for its probabilities' logarithms, not normalised."""
    log_q = F.log_softmax(student / temperature, dim=-1)
    t = teacher / temperature
    return temperature**2 * (t.exp() * (t - log_q)).sum(-1).mean()


def wrong_difference_of_probabilities(student, teacher, temperature):
    """p · (p − q): the logarithm is missing."""
    q = F.softmax(student / temperature, dim=-1)
    p = F.softmax(teacher / temperature, dim=-1)
    return temperature**2 * (p * (p - q)).sum(-1).mean()
