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
