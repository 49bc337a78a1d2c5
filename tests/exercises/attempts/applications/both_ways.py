import math

import numpy as np
import torch
import torch.nn.functional as F


def _logits(first, second, temperature):
    return F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature


# ---------------------------------------------------------------- right

def right_cross_entropy_twice(first, second, temperature):
    """Cross-entropy of the table and of the table turned round."""
    a = first / first.norm(dim=-1, keepdim=True)
    b = second / second.norm(dim=-1, keepdim=True)
    logits = a @ b.T / temperature
    own = torch.arange(len(first), device=first.device)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def right_log_softmax(first, second, temperature):
    """log_softmax over either axis, the diagonal of each."""
    logits = _logits(first, second, temperature)
    rows = -logits.log_softmax(dim=1).diagonal().mean()
    columns = -logits.log_softmax(dim=0).diagonal().mean()
    return 0.5 * (rows + columns)


def right_logsumexp(first, second, temperature):
    """logsumexp of rows and columns minus the diagonal."""
    logits = _logits(first, second, temperature)
    own = logits.diagonal()
    return ((logits.logsumexp(0) + logits.logsumexp(1)) / 2 - own).mean()


def right_loss_called_twice(first, second, temperature):
    """The in-batch loss of the text, called with both orders."""
    def in_batch(queries, documents):
        q = queries / queries.norm(dim=-1, keepdim=True)
        d = documents / documents.norm(dim=-1, keepdim=True)
        return -(q @ d.T / temperature).log_softmax(-1).diagonal().mean()

    return (in_batch(first, second) + in_batch(second, first)) / 2


def right_cosine_similarity(first, second, temperature):
    """The library's cosine with broadcasting."""
    logits = F.cosine_similarity(first[:, None], second[None], dim=-1) / temperature
    own = torch.arange(first.shape[0])
    losses = [F.cross_entropy(table, own) for table in (logits, logits.t())]
    return sum(losses) / len(losses)


def right_one_cross_entropy(first, second, temperature):
    """Both tables under one another, one cross-entropy of 2 x batch rows."""
    logits = _logits(first, second, temperature)
    own = torch.arange(len(logits)).repeat(2)
    return F.cross_entropy(torch.cat([logits, logits.T]), own)


def right_loops(first, second, temperature):
    """Loops over the rows and all that they could choose."""
    n = first.shape[0]
    total = 0
    for i in range(n):
        row = torch.stack([torch.dot(first[i], second[j]) / (first[i].norm() * second[j].norm()) for j in range(n)])
        column = torch.stack([torch.dot(first[j], second[i]) / (first[j].norm() * second[i].norm()) for j in range(n)])
        for scores in (row / temperature, column / temperature):
            total = total + torch.logsumexp(scores, 0) - scores[i]
    return total / (2 * n)


def right_einsum(first, second, temperature):
    """einsum for the products, and for the lengths."""
    products = torch.einsum("id,jd->ij", first, second)
    lengths = torch.einsum("id,id->i", first, first).sqrt(), torch.einsum("jd,jd->j", second, second).sqrt()
    logits = products / torch.outer(*lengths) / temperature
    return -(logits.log_softmax(0) + logits.log_softmax(1)).trace() / (2 * len(logits))


def right_nll(first, second, temperature):
    """nll_loss."""
    logits = _logits(first, second, temperature)
    own = torch.arange(logits.size(0))
    by_row = F.nll_loss(F.log_softmax(logits, 1), own)
    by_column = F.nll_loss(F.log_softmax(logits.mT, 1), own)
    return torch.stack((by_row, by_column)).mean()


def right_one_hot_targets(first, second, temperature):
    """Probabilities as targets: the identity."""
    logits = _logits(first, second, temperature)
    eye = torch.eye(len(logits), dtype=logits.dtype)
    return F.cross_entropy(logits, eye) / 2 + F.cross_entropy(logits.T, eye) / 2


def right_gather(first, second, temperature):
    """gather picks the own column, then the own row."""
    a, b = F.normalize(first), F.normalize(second)
    logits = (a @ b.transpose(0, 1)).div(temperature)
    own = torch.arange(logits.shape[0]).unsqueeze(1)
    rows = torch.log_softmax(logits, 1).gather(1, own)
    columns = torch.log_softmax(logits, 0).gather(0, own.T)
    return -(rows.sum() + columns.sum()) / (rows.numel() + columns.numel())


def right_categorical(first, second, temperature):
    """torch.distributions: the log probability of choosing one's own."""
    logits = _logits(first, second, temperature)
    own = torch.arange(len(logits))
    chosen = [torch.distributions.Categorical(logits=x).log_prob(own) for x in (logits, logits.T)]
    return -torch.cat(chosen).mean()


def right_kl(first, second, temperature):
    """The Kullback-Leibler divergence from the identity is the cross-entropy."""
    logits = _logits(first, second, temperature)
    eye = torch.eye(len(logits), dtype=logits.dtype)
    rows = F.kl_div(logits.log_softmax(1), eye, reduction="batchmean")
    columns = F.kl_div(logits.T.log_softmax(1), eye, reduction="batchmean")
    return (rows + columns) * 0.5


def right_maximum_by_hand(first, second, temperature):
    """exp and log by hand, after the maximum is taken away."""
    a = first * (first * first).sum(1, keepdim=True).rsqrt()
    b = second * (second * second).sum(1, keepdim=True).rsqrt()
    logits = torch.mm(a, b.T) / temperature
    loss = 0
    for table in (logits, logits.T):
        table = table - table.max(dim=1, keepdim=True).values
        loss = loss + (table.exp().sum(1).log() - table.diag()).mean()
    return loss / 2


def right_module(first, second, temperature):
    """nn.CosineSimilarity and nn.CrossEntropyLoss with a sum, divided at the end."""
    cosine = torch.nn.CosineSimilarity(dim=2)
    add_up = torch.nn.CrossEntropyLoss(reduction="sum")
    logits = cosine(first.unsqueeze(1), second.unsqueeze(0)) / temperature
    own = torch.arange(len(first))
    return (add_up(logits, own) + add_up(logits.T, own)) / (2 * len(first))


def right_differences(first, second, temperature):
    """What each other choice has more than one's own: log of the sum of exp of differences."""
    logits = _logits(first, second, temperature)
    own = logits.diagonal()
    by_row = torch.logsumexp(logits - own[:, None], dim=1)
    by_column = torch.logsumexp(logits - own[None, :], dim=0)
    return (by_row.mean() + by_column.mean()).div(2)


def right_linear_stack(first, second, temperature):
    """F.linear for the table; a batch of two tables in one cross-entropy."""
    table = F.linear(F.normalize(first, p=2, dim=1), F.normalize(second, p=2, dim=1)) / temperature
    tables = torch.stack([table, table.T])
    own = torch.arange(table.shape[0]).expand(2, -1)
    return F.cross_entropy(tables.flatten(0, 1), own.flatten())


def right_log_domain_recursive(first, second, temperature):
    """logaddexp, one choice after the other."""
    def log_total(scores):
        return scores[0] if len(scores) == 1 else torch.logaddexp(scores[0], log_total(scores[1:]))

    logits = _logits(first, second, temperature)
    terms = []
    for i in range(len(logits)):
        terms += [log_total(list(logits[i])) - logits[i, i], log_total(list(logits[:, i])) - logits[i, i]]
    return torch.stack(terms).mean()


# ---------------------------------------------------------------- wrong

def wrong_rows_only(first, second, temperature):
    """The in-batch loss of the text: one way."""
    logits = _logits(first, second, temperature)
    return F.cross_entropy(logits, torch.arange(len(logits)))


def wrong_columns_only(first, second, temperature):
    """The other way alone."""
    logits = _logits(first, second, temperature)
    return F.cross_entropy(logits.T, torch.arange(len(logits)))


def wrong_sum(first, second, temperature):
    """The sum of both ways, not their mean."""
    logits = _logits(first, second, temperature)
    own = torch.arange(len(logits))
    return F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)


def wrong_not_normalised(first, second, temperature):
    """Dot products in place of cosines."""
    logits = first @ second.T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_times_temperature(first, second, temperature):
    """Multiplied with the temperature."""
    logits = F.normalize(first) @ F.normalize(second).T * temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_no_temperature(first, second, temperature):
    """The temperature is forgotten."""
    logits = F.normalize(first) @ F.normalize(second).T
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_sign(first, second, temperature):
    """The minus is forgotten."""
    logits = _logits(first, second, temperature)
    return (logits.log_softmax(0).diagonal().mean() + logits.log_softmax(1).diagonal().mean()) / 2


def wrong_sum_over_batch(first, second, temperature):
    """A sum over the pairs."""
    logits = _logits(first, second, temperature)
    return -(logits.log_softmax(0).diagonal().sum() + logits.log_softmax(1).diagonal().sum()) / 2


def wrong_softmax_twice(first, second, temperature):
    """Gives probabilities to cross_entropy, which takes the softmax itself."""
    logits = _logits(first, second, temperature)
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits.softmax(1), own) + F.cross_entropy(logits.T.softmax(1), own)) / 2


def wrong_whole_table(first, second, temperature):
    """One softmax over the whole table."""
    logits = _logits(first, second, temperature)
    return -logits.flatten().log_softmax(0).view_as(logits).diagonal().mean()


def wrong_rows_twice(first, second, temperature):
    """The transpose is forgotten: rows twice."""
    logits = _logits(first, second, temperature)
    own = torch.arange(len(logits))
    loss_first = F.cross_entropy(logits, own)
    loss_second = F.cross_entropy(logits, own)
    return (loss_first + loss_second) / 2


def wrong_normalised_over_batch(first, second, temperature):
    """Normalises over the batch axis."""
    logits = F.normalize(first, dim=0) @ F.normalize(second, dim=0).T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_second_detached(first, second, temperature):
    """No gradient reaches the second."""
    return right_logsumexp(first, second.detach(), temperature)


def wrong_item(first, second, temperature):
    """A Python number: no gradient flows."""
    return right_logsumexp(first, second, temperature).item()


def wrong_numpy(first, second, temperature):
    """In NumPy: no gradient flows."""
    a, b = first.detach().numpy(), second.detach().numpy()
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    table = a @ b.T / temperature
    both = (np.logaddexp.reduce(table, axis=0) + np.logaddexp.reduce(table, axis=1)) / 2
    return torch.tensor((both - np.diag(table)).mean())


def wrong_zero_targets(first, second, temperature):
    """Everyone is to choose the first pair."""
    logits = _logits(first, second, temperature)
    own = torch.zeros(len(logits), dtype=torch.long)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_one_normalised(first, second, temperature):
    """Only the first is normalised."""
    logits = F.normalize(first, dim=-1) @ second.T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_probabilities(first, second, temperature):
    """Minus the mean probability: the logarithm is forgotten."""
    logits = _logits(first, second, temperature)
    return -(logits.softmax(0).diagonal().mean() + logits.softmax(1).diagonal().mean()) / 2


def wrong_temperature_twice(first, second, temperature):
    """Divides both vectors by the temperature."""
    a, b = F.normalize(first) / temperature, F.normalize(second) / temperature
    logits = a @ b.T
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_own_left_out(first, second, temperature):
    """The sum below holds the wrong ones alone."""
    logits = _logits(first, second, temperature)
    own = logits.diagonal()
    others = logits.masked_fill(torch.eye(len(logits), dtype=torch.bool), -torch.inf)
    return ((others.logsumexp(0) + others.logsumexp(1)) / 2 - own).mean()


def wrong_own_kind_too(first, second, temperature):
    """Texts are compared with the other texts as well, as in SimCLR."""
    both = F.normalize(torch.cat([first, second]), dim=-1)
    logits = (both @ both.T / temperature).masked_fill(torch.eye(len(both), dtype=torch.bool), -torch.inf)
    n = len(first)
    return F.cross_entropy(logits, torch.cat([torch.arange(n, 2 * n), torch.arange(n)]))


def wrong_averaged_logits(first, second, temperature):
    """The mean of the two tables, not of the two losses."""
    logits = _logits(first, second, temperature)
    return F.cross_entropy((logits + logits.T) / 2, torch.arange(len(logits)))


def wrong_in_place(first, second, temperature):
    """Normalises the tensors of the caller."""
    first /= first.norm(dim=-1, keepdim=True)
    second /= second.norm(dim=-1, keepdim=True)
    logits = first @ second.T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_bits(first, second, temperature):
    """In bits."""
    return right_logsumexp(first, second, temperature) / math.log(2)


def wrong_for_each_pair(first, second, temperature):
    """A loss for each pair: the mean over pairs is forgotten."""
    logits = _logits(first, second, temperature)
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own, reduction="none") + F.cross_entropy(logits.T, own, reduction="none")) / 2


def wrong_sigmoid(first, second, temperature):
    """Each square is judged by itself, with a sigmoid."""
    logits = _logits(first, second, temperature)
    return F.binary_cross_entropy_with_logits(logits, torch.eye(len(logits), dtype=logits.dtype))


def wrong_larger(first, second, temperature):
    """The larger of the two losses."""
    logits = _logits(first, second, temperature)
    own = torch.arange(len(logits))
    return torch.maximum(F.cross_entropy(logits, own), F.cross_entropy(logits.T, own))


def wrong_squared_norm(first, second, temperature):
    """Divides by the squares of the lengths: the root is forgotten."""
    a = first / (first**2).sum(-1, keepdim=True)
    b = second / (second**2).sum(-1, keepdim=True)
    logits = a @ b.T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_fixed_temperature(first, second, temperature):
    """0.05 of the cell above in place of the temperature."""
    logits = F.normalize(first) @ F.normalize(second).T / 0.05
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_first_with_itself(first, second, temperature):
    """The second loss is that of the first with itself."""
    own = torch.arange(len(first))
    one = F.cross_entropy(_logits(first, second, temperature), own)
    other = F.cross_entropy(_logits(first, first, temperature), own)
    return (one + other) / 2


# ---------------------------------------------------------------- by another hand

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def right_typed_b(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Short and typed, transpose for the other way."""
    table = F.normalize(first, dim=1).mm(F.normalize(second, dim=1).t()) / temperature
    labels = torch.arange(table.shape[0], device=table.device)
    return F.cross_entropy(table, labels).add(F.cross_entropy(table.t(), labels)).mul(0.5)


def right_pairs_matter_b(first, second, temperature):
    """linalg.vector_norm; the diagonal is a sum of products, never taken from the table."""
    u = first / torch.linalg.vector_norm(first, dim=1, keepdim=True)
    v = second / torch.linalg.vector_norm(second, dim=1, keepdim=True)
    agree = (u * v).sum(dim=1) / temperature
    table = torch.matmul(u, v.T) / temperature
    return 0.5 * (table.logsumexp(dim=1) - agree).mean() + 0.5 * (table.logsumexp(dim=0) - agree).mean()


def right_mask_b(first, second, temperature):
    """Picks the diagonal with an identity, then adds up."""
    u, v = nn.functional.normalize(first), nn.functional.normalize(second)
    z = torch.tensordot(u, v, dims=([1], [1])) / temperature
    eye = torch.eye(z.shape[0], dtype=torch.bool)
    return -(F.log_softmax(z, 0)[eye] + F.log_softmax(z, 1)[eye]).sum() / (2 * z.shape[0])


def right_swap_recursive_b(first, second, temperature, again=True):
    """Calls itself with the two exchanged."""
    u = first / first.pow(2).sum(1, keepdim=True).sqrt()
    v = second / second.pow(2).sum(1, keepdim=True).sqrt()
    z = u.matmul(v.T) / temperature
    mine = torch.stack([-F.log_softmax(z[i], dim=0)[i] for i in range(len(z))]).mean()
    return (mine + right_swap_recursive_b(second, first, temperature, False)) / 2 if again else mine


def right_scaled_before_b(first, second, temperature):
    """Divides one of the vectors by the temperature; the bmm of a batch of one."""
    u = F.normalize(first, dim=-1).unsqueeze(0) / temperature
    v = F.normalize(second, dim=-1).unsqueeze(0)
    z = torch.bmm(u, v.mT).squeeze(0)
    k = torch.arange(z.shape[0])
    return -torch.cat((z.log_softmax(1)[k, k], z.log_softmax(0)[k, k])).mean()


def right_multi_target_b(first, second, temperature):
    """cross_entropy with classes on axis 1 of a batch of two tables."""
    z = F.cosine_similarity(first.unsqueeze(0), second.unsqueeze(1), dim=2) / temperature
    tables = torch.stack([z, z.T], dim=0)
    target = torch.arange(len(z)).repeat(2, 1)
    return F.cross_entropy(tables, target)


def _table(first, second, temperature):
    return F.normalize(first, dim=1) @ F.normalize(second, dim=1).T / temperature


def wrong_half_forgotten_b(first, second, temperature):
    """Slip: only the second of the two losses is halved."""
    z = _table(first, second, temperature)
    k = torch.arange(len(z))
    return F.cross_entropy(z, k) + F.cross_entropy(z.T, k) / 2


def wrong_reshape_b(first, second, temperature):
    """Slip: reshape(n, n) in place of the transpose, which changes nothing."""
    z = _table(first, second, temperature)
    k = torch.arange(len(z))
    return (F.cross_entropy(z, k) + F.cross_entropy(z.reshape(z.shape[1], z.shape[0]), k)) / 2


def wrong_similarity_mean_b(first, second, temperature):
    """Slip: only draws the pairs together, nothing pushes the others away."""
    return -F.cosine_similarity(first, second, dim=1).mean() / temperature


def wrong_scalar_norm_b(first, second, temperature):
    """Slip: one norm of the whole matrix."""
    z = (first / first.norm()) @ (second / second.norm()).T / temperature
    k = torch.arange(len(z))
    return (F.cross_entropy(z, k) + F.cross_entropy(z.T, k)) / 2


def wrong_clip_scale_b(first, second, temperature):
    """Slip: takes the temperature for CLIP's learnt logarithm of a factor."""
    z = F.normalize(first) @ F.normalize(second).T * torch.as_tensor(temperature).exp()
    k = torch.arange(len(z))
    return (F.cross_entropy(z, k) + F.cross_entropy(z.T, k)) / 2


def wrong_no_grad_b(first, second, temperature):
    """Slip: within no_grad, as in the cells that measure."""
    with torch.no_grad():
        z = _table(first, second, temperature)
        k = torch.arange(len(z))
        return (F.cross_entropy(z, k) + F.cross_entropy(z.T, k)) / 2


def wrong_distance_b(first, second, temperature):
    """Slip: Euclidean distances, near is small, so the wrong ones are preferred."""
    z = torch.cdist(F.normalize(first), F.normalize(second)) / temperature
    k = torch.arange(len(z))
    return (F.cross_entropy(z, k) + F.cross_entropy(z.T, k)) / 2


def wrong_product_of_losses_b(first, second, temperature):
    """Slip: the geometric mean of the losses."""
    z = _table(first, second, temperature)
    k = torch.arange(len(z))
    return (F.cross_entropy(z, k) * F.cross_entropy(z.T, k)).sqrt()


def wrong_divided_again_b(first, second, temperature):
    """Slip: divides the mean by the batch once more."""
    z = _table(first, second, temperature)
    k = torch.arange(len(z))
    return (F.cross_entropy(z, k) + F.cross_entropy(z.T, k)) / (2 * len(z))


def wrong_log_of_mean_b(first, second, temperature):
    """Slip: the logarithm of the mean of both probabilities."""
    z = _table(first, second, temperature)
    return -((z.softmax(0) + z.softmax(1)) / 2).diagonal().log().mean()


def wrong_both_detached_b(first, second, temperature):
    """Slip: the lengths and the directions are cut off from the graph."""
    z = _table(first.detach(), second.detach(), temperature)
    k = torch.arange(len(z))
    return (F.cross_entropy(z, k) + F.cross_entropy(z.T, k)) / 2


def wrong_dim_b(first, second, temperature):
    """Slip: normalises the softmax along columns both times, once on each transpose."""
    z = _table(first, second, temperature)
    return -(z.log_softmax(0).diagonal().mean() + z.T.log_softmax(1).diagonal().mean()) / 2


def wrong_prints_b(first, second, temperature):
    """Slip: prints the loss."""
    z = _table(first, second, temperature)
    k = torch.arange(len(z))
    print((F.cross_entropy(z, k) + F.cross_entropy(z.T, k)) / 2)
