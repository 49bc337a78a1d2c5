"""What three processes do in the tests of `lessons.scaling.processes`; process 0 prints what it saw as JSON.

Run by torchrun, never imported. First one of them dies in the middle of a training, and torchrun starts all again: the
checkpoint lies in FOLDER. Differences are the largest ones between two tensors, in float64.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterable
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from lessons.gpt import GPT, Chunks, GPTConfig, causal_loss
from lessons.kit.training import fit
from lessons.scaling import processes
from lessons.transformer import FeedForward


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 6), nn.Tanh(), nn.Linear(6, 3)).double()


def data() -> list[tuple[Tensor, Tensor]]:
    draw = torch.Generator().manual_seed(1)
    return [(torch.randn(6, 5, generator=draw).double(), torch.randn(6, 3, generator=draw).double()) for _ in range(4)]


def adamw(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.1)


def trained(model: nn.Module, optimizer: object, share: bool = True) -> list[Tensor]:
    for batch in data():
        inputs, targets = processes.my_share(batch) if share else batch
        model.zero_grad()
        mse_loss(model(inputs), targets).backward()
        optimizer.step()
    return [full(p).clone() for p in model.parameters()]


def full(parameter: Tensor) -> Tensor:
    whole = getattr(parameter, "full_tensor", None)
    return (whole() if whole else parameter).detach()


def apart(some: Iterable[Tensor], others: Iterable[Tensor]) -> float:
    return max((a - b).abs().max().item() for a, b in zip(some, others, strict=True))


def sums(seen: dict) -> None:
    me = dist.get_rank()
    for size in (1, 2, 7, 1000):
        mine = torch.arange(size, dtype=torch.float64) * (me + 1)
        ring, star, reference = mine.clone(), mine.clone(), mine.clone()
        dist.all_reduce(reference)
        seen[f"ring {size}"] = [processes.ring_sum(ring), apart([ring], [reference])]
        seen[f"star {size}"] = [processes.gathered_sum(star), apart([star], [reference])]
    try:
        processes.ring_sum(torch.zeros(3, 4, dtype=torch.float64).T)
    except ValueError as error:
        seen["not in one piece"] = str(error)
    try:
        processes.my_share(torch.zeros(4))
    except ValueError as error:
        seen["unequal shares"] = str(error)


def dying(seen: dict) -> None:
    """A training of which one process dies, and one that was let alone."""
    folder, rank = Path(os.environ["FOLDER"]), dist.get_rank()
    if not rank:
        with (folder / "begun").open("a") as file:
            file.write("x")
    steps: list[int] = []
    found = interrupted(folder, rank, steps)
    alone = interrupted(None, rank, [])
    equal = all(torch.equal(a, b) for a, b in zip(found.parameters(), alone.parameters(), strict=True))
    begun = len((folder / "begun").read_text())
    seen["died"] = {"begun": begun, "went on from step": 10 - len(steps), "equal": equal}


def interrupted(folder: Path | None, rank: int, steps: list[int]) -> nn.Module:
    """Two epochs of five steps; process 1 ends itself in the sixth, once."""
    torch.manual_seed(0)
    model = GPT(GPTConfig(20, 8, 1, 2, 6, dropout=0.2))
    processes.share_gradients(model)
    text = torch.randint(20, (200,), generator=torch.Generator().manual_seed(1))

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        steps.append(len(steps))
        if folder and rank == 1 and len(steps) == 6 and not (folder / "died").exists():
            (folder / "died").touch()
            os._exit(1)  # as if its machine had lost power
        return causal_loss(model, processes.my_share(batch))

    checkpoint = processes.SharedCheckpoint(folder, every_batches=2) if folder else None
    fit(model, Chunks(text, 6, 6, 5), loss, epochs=2, checkpoint=checkpoint, progress=False, device="cpu")
    return model


def data_parallel(seen: dict) -> None:
    from torch.distributed.device_mesh import init_device_mesh  # not before the first start is over
    from torch.distributed.fsdp import fully_shard
    from torch.nn.parallel import DistributedDataParallel

    alone = trained(model := network(), adamw(model), share=False)
    model = network()
    if dist.get_rank():
        with torch.no_grad():
            model[0].weight.add_(1)  # process 0's weights count
    processes.share_gradients(model)
    by_hand = trained(model, adamw(model))
    theirs = DistributedDataParallel(network())
    by_pytorch = trained(theirs, adamw(theirs))
    sharded = network()
    optimizer = processes.ShardedAdamW(sharded, 1e-2, 0.1)
    in_parts = trained(sharded, optimizer)
    fsdp, mesh = network(), init_device_mesh("cpu", (dist.get_world_size(),))
    for part in (fsdp[0], fsdp[2], fsdp[4], fsdp):
        fully_shard(part, mesh=mesh)
    by_fsdp = trained(fsdp, adamw(fsdp))
    for name, found in {"by hand": by_hand, "DDP": by_pytorch, "sharded": in_parts, "FSDP2": by_fsdp}.items():
        seen[name] = apart(found, alone)
    seen["state"] = [optimizer.state_bytes(), 2 * 8 * sum(p.numel() for p in sharded.parameters())]
    del theirs, fsdp, model, sharded, optimizer


def split_layer(seen: dict) -> None:
    torch.manual_seed(3)
    whole, hidden = FeedForward(4, 6).double(), torch.randn(2, 3, 4).double().requires_grad_()
    split, again = processes.SplitFeedForward(copy.deepcopy(whole)), hidden.detach().clone().requires_grad_()
    one, two = whole(hidden), split(again)
    one.square().sum().backward()
    two.square().sum().backward()
    rows = slice(2 * dist.get_rank(), 2 * dist.get_rank() + 2)
    seen["split"] = apart(
        [two, again.grad, split.expand.grad, split.contract.grad, split.contract_bias.grad],
        [
            one,
            hidden.grad,
            whole.expand.weight.grad[rows],
            whole.contract.weight.grad[:, rows],
            whole.contract.bias.grad,
        ],
    )
    try:
        processes.SplitFeedForward(FeedForward(4, 5).double())
    except ValueError as error:
        seen["odd"] = str(error)


def pipeline(seen: dict) -> None:
    whole, parts, me = network(), network(), dist.get_rank()
    inputs, targets = data()[0]
    mse_loss(whole(inputs), targets).backward()
    mine, width = (slice(0, 2), slice(2, 4), slice(4, 5))[me], (5, 7, 6)[me]
    found = processes.pipeline_step(parts[mine], inputs.split(2), targets.split(2), mse_loss, width)
    off = torch.tensor(apart([p.grad for p in parts[mine].parameters()], [p.grad for p in whole[mine].parameters()]))
    dist.all_reduce(off, dist.ReduceOp.MAX)
    loss = torch.tensor(found, dtype=torch.float64)
    dist.all_reduce(loss)
    seen["pipeline"] = [off.item(), abs(loss.item() - mse_loss(whole(inputs), targets).item())]


if __name__ == "__main__":
    with processes.group() as rank:
        seen: dict = {}
        for part in (dying, sums, data_parallel, split_layer, pipeline):
            part(seen)
        if not rank:
            print(json.dumps(seen))
