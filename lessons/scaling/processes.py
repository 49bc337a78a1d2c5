"""Several processes that train one model: started by torchrun, they talk to each other through `torch.distributed`.

Everything here runs on one machine with two processes as on a cluster with a thousand. `rank` is the number of a
process, from 0. What is made by hand here is compared with PyTorch's own in tests: DistributedDataParallel and FSDP2.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from lessons.course.errors import CourseError
from lessons.kit import checks
from lessons.kit.checkpoints import Checkpoint
from lessons.kit.training import Training
from lessons.transformer import FeedForward

STARTER = "LESSONS_STARTER"  # the variable that tells workers which process waits for them

# --- starting and ending ----------------------------------------------------------------------------------------------


def launch(script: str | Path, n_processes: int = 2, seconds: float = 120.0, restarts: int = 0) -> str:
    """Run a Python file in n processes with torchrun, and return what they printed; none outlives this call.

    If one fails all are ended, and started again up to `restarts` times. Raises CourseError if the file is not there,
    if they fail in the end, or take longer than so many seconds; ValueError for numbers that are none.
    """
    checks.whole(n_processes=n_processes)
    checks.whole(0, restarts=restarts)
    checks.positive(seconds=seconds)
    file = Path(script)
    if not file.is_file():
        raise CourseError(f"There is no file {file.name} to start: write the script first.")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={n_processes}",
               f"--max-restarts={restarts}", str(file)]  # fmt: skip
    surroundings = {**os.environ, STARTER: str(os.getpid()), "OMP_NUM_THREADS": "1", "TORCH_CPP_LOG_LEVEL": "ERROR"}
    # A group of their own: an interrupt of the notebook reaches us, and we end them.
    process = subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        printed, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise CourseError(f"{file.name} was ended: it took longer than {seconds:g} seconds.") from None
    finally:
        _end(process)
    if process.returncode:
        raise CourseError(f"{file.name} failed in one of {n_processes} processes:\n{_reason(errors)}")
    return printed


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and all that it started, those of its children included."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        return
    for each in family:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)
    process.communicate()


def _reason(errors: str) -> str:
    """The last traceback's end among all that workers and torchrun wrote."""
    lines = [line for line in errors.splitlines() if "Error" in line and "ChildFailedError" not in line]
    return "\n".join(lines[:3]) or errors[-500:]


@contextmanager
def group() -> Iterator[int]:
    """Join the processes of this run, and leave them in order; gives the rank. Raises CourseError without torchrun."""
    if "RANK" not in os.environ:
        raise CourseError("This is one process alone: start the script with torchrun, or with `processes.launch`.")
    _watch_starter()
    torch.set_num_threads(1)
    store, rank, n = next(dist.rendezvous("env://"))
    # After a restart the store still holds the addresses of those that died: each start has a shelf of its own.
    shelf = dist.PrefixStore(f"start {os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}", store)
    dist.init_process_group("gloo", store=shelf, rank=rank, world_size=n)
    yield dist.get_rank()
    gc.collect()  # what still holds a group of its own lets go of it
    dist.barrier()
    dist.destroy_process_group()


def _watch_starter() -> None:
    """If the notebook is gone, however it ended, this worker ends as well."""
    starter = int(os.environ.get(STARTER, 0))

    def watch() -> None:
        while psutil.pid_exists(starter):
            time.sleep(0.5)
        os._exit(1)

    if starter:
        threading.Thread(target=watch, daemon=True).start()


def left_over() -> list[int]:
    """The numbers of processes that this one started with `launch` and that are still there."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(STARTER) == str(os.getpid()):
                found.append(process.pid)
        except psutil.Error:  # another user's, or gone meanwhile
            continue
    return found


# --- sums over all processes ------------------------------------------------------------------------------------------


def gathered_sum(tensor: Tensor) -> int:
    """In place: the sum over all processes, by way of process 0; returns the bytes that this process sent.

    Process 0 receives from all and sends to all: n − 1 times the tensor goes through its line in both directions.
    """
    me, n = dist.get_rank(), dist.get_world_size()
    if me:
        dist.send(tensor, 0)
        dist.recv(tensor, 0)
        return tensor.nbytes
    part = torch.empty_like(tensor)
    for other in range(1, n):
        dist.recv(part, other)
        tensor += part
    for other in range(1, n):
        dist.send(tensor, other)
    return (n - 1) * tensor.nbytes


def ring_sum(tensor: Tensor) -> int:
    """In place: the sum over all processes, each talking to its neighbours alone; returns the bytes that it sent.

    First every process gets the sum of one part (`ring_reduce`), then the parts go round (`ring_gather`): 2 (n − 1) / n
    of the tensor, however many processes there are (Patarasuk & Yuan 2009). Raises ValueError unless the tensor lies
    in one piece.
    """
    return ring_reduce(tensor) + ring_gather(tensor)


def ring_reduce(tensor: Tensor) -> int:
    """The first half: afterwards process i holds the sum of part i + 1, the others hold what passed by."""
    parts, me, n = _parts(tensor), dist.get_rank(), dist.get_world_size()
    sent = 0
    for step in range(n - 1):
        arriving = torch.empty_like(parts[(me - step - 1) % n])
        sent += _pass_on(parts[(me - step) % n], arriving)
        parts[(me - step - 1) % n] += arriving
    return sent


def ring_gather(tensor: Tensor) -> int:
    """The second half: process i passes on part i + 1, then whatever came in."""
    parts, me, n = _parts(tensor), dist.get_rank(), dist.get_world_size()
    return sum(_pass_on(parts[(me + 1 - step) % n], parts[(me - step) % n]) for step in range(n - 1))


def _pass_on(leaving: Tensor, arriving: Tensor) -> int:
    """Send to the right and receive from the left, at once."""
    me, n = dist.get_rank(), dist.get_world_size()
    sending = dist.isend(leaving.contiguous(), (me + 1) % n)
    dist.recv(arriving, (me - 1) % n)
    if sending is not None:
        sending.wait()
    return leaving.nbytes


def _parts(tensor: Tensor) -> list[Tensor]:
    """n views, as equal as can be."""
    if not tensor.is_contiguous():
        raise ValueError("The tensor must lie in one piece: give tensor.contiguous().")
    return list(tensor.view(-1).tensor_split(dist.get_world_size()))


# --- one model on several processes: the data are shared out ----------------------------------------------------------


def share_gradients(model: nn.Module) -> None:
    """From now on every gradient is the mean over all processes, as soon as backward has made it.

    All begin with the weights of process 0. The mean of means is the mean if all have equally many examples.
    """
    n = dist.get_world_size()

    def average(parameter: Tensor) -> None:
        gradient = cast(Tensor, parameter.grad)
        dist.all_reduce(gradient)
        gradient /= n

    for parameter in model.parameters():
        dist.broadcast(parameter.detach(), 0)
        parameter.register_post_accumulate_grad_hook(average)


def my_share(batch: Any) -> Any:
    """Every n-th example from the rank on, of a tensor or a tuple of them. Raises ValueError if some get more."""
    if isinstance(batch, Tensor):
        n = dist.get_world_size()
        if len(batch) % n:
            raise ValueError(f"{len(batch)} examples cannot be shared equally by {n} processes.")
        return batch[dist.get_rank() :: n]
    return tuple(my_share(each) for each in batch)


@dataclass
class SharedCheckpoint(Checkpoint):
    """03's checkpoint for all processes: process 0 writes it, and all of them go on from it."""

    def on_begin(self, run: Training) -> None:
        """Process 0 first: it may have to write the file that the others read."""
        if dist.get_rank():
            dist.barrier()
        super().on_begin(run)
        if not dist.get_rank():
            dist.barrier()

    def on_step(self, run: Training) -> None:
        """Save if it is time."""
        if not dist.get_rank():
            super().on_step(run)

    def on_pause(self, run: Training) -> None:
        """Save, unless this step is saved already."""
        if not dist.get_rank():
            super().on_pause(run)

    def on_end(self, run: Training) -> None:
        """Save the end."""
        if not dist.get_rank():
            super().on_end(run)


class ShardedAdamW:
    """AdamW of which each process keeps its part: a part of the averages, moved by its part of the mean gradient.

    ZeRO's first stage (Rajbhandari et al. 2020, section 5.1), on all parameters as one long row: the gradients are
    summed by the first half of the ring, each process moves its part, and the second half brings the parts to all.
    """

    def __init__(self, model: nn.Module, learning_rate: float = 1e-3, weight_decay: float = 0.01) -> None:
        """Raises ValueError for numbers below 0."""
        checks.not_negative(learning_rate=learning_rate, weight_decay=weight_decay)
        self.model, self.n = model, dist.get_world_size()
        self.part = (dist.get_rank() + 1) % self.n  # the one whose sum the ring leaves here
        flat = parameters_to_vector(model.parameters()).detach()
        self.mine = nn.Parameter(flat.tensor_split(self.n)[self.part].clone())
        self.optimizer = torch.optim.AdamW([self.mine], lr=learning_rate, weight_decay=weight_decay)

    def step(self) -> None:
        """One step of all parameters."""
        slopes = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.model.parameters()]
        gradient = parameters_to_vector(slopes).div_(self.n)
        ring_reduce(gradient)
        self.mine.grad = gradient.tensor_split(self.n)[self.part].clone()
        self.optimizer.step()
        flat = torch.empty_like(gradient)
        flat.tensor_split(self.n)[self.part].copy_(self.mine.detach())
        ring_gather(flat)
        vector_to_parameters(flat, self.model.parameters())

    def state_bytes(self) -> int:
        """Bytes of the averages that this process keeps."""
        state = self.optimizer.state[self.mine]
        return sum(each.nbytes for name, each in state.items() if name != "step")


# --- one layer on several processes -----------------------------------------------------------------------------------


class _ToAll(torch.autograd.Function):
    """The same input for all; on the way back, the sum of what each one's part says about it."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor) -> Tensor:
        return hidden.view_as(hidden)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        gradient = gradient.contiguous().clone()
        dist.all_reduce(gradient)
        return gradient


class _SumOfAll(torch.autograd.Function):
    """The sum of all parts; on the way back, every part has the gradient of the sum."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor) -> Tensor:
        hidden = hidden.contiguous().clone()
        dist.all_reduce(hidden)
        return hidden

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient


class SplitFeedForward(nn.Module):
    """06's feed-forward net over n processes: each has a part of what is inside (Shoeybi et al. 2019, section 3).

    Rows of the first map and columns of the second: between them nobody needs another's numbers, and one sum at the end
    makes the whole.
    """

    def __init__(self, whole: FeedForward) -> None:
        """Raises ValueError if what is inside cannot be shared equally."""
        super().__init__()
        me, n = dist.get_rank(), dist.get_world_size()
        inside = whole.expand.out_features
        if inside % n:
            raise ValueError(f"{inside} inner numbers cannot be shared equally by {n} processes.")
        rows = slice(me * inside // n, (me + 1) * inside // n)
        self.activation = whole.activation
        self.expand, self.expand_bias = (nn.Parameter(each.detach()[rows].clone()) for each in _pair(whole.expand))
        self.contract = nn.Parameter(whole.contract.weight.detach()[:, rows].clone())
        self.contract_bias = nn.Parameter(whole.contract.bias.detach().clone())

    def forward(self, hidden: Tensor) -> Tensor:
        """(..., hidden_size) -> the same, in every process."""
        inner = nn.functional.linear(_ToAll.apply(hidden), self.expand, self.expand_bias)
        part = nn.functional.linear(self.activation(inner), self.contract)
        return _SumOfAll.apply(part) + self.contract_bias  # once, behind the sum


def _pair(linear: nn.Linear) -> tuple[Tensor, Tensor]:
    return linear.weight, linear.bias


# --- layers one behind the other on several processes -----------------------------------------------------------------


def pipeline_step(
    stage: nn.Module, pieces: Sequence[Tensor], targets: Sequence[Tensor], loss: Any, width: int
) -> float:
    """Gradients of one step in which each process holds some layers, the first ones process 0, the last with the loss.

    All pieces go forward, then all go back (GPipe, Huang et al. 2019, section 2.3). Every piece is (examples, inputs)
    with as many examples; `width` is how many numbers an example has when it comes to this stage. Returns the mean loss
    in the last process, 0 in the others. Raises ValueError unless there are as many pieces as targets, one or more.
    """
    if len(pieces) != len(targets) or not len(pieces):
        raise ValueError("A pipeline needs as many targets as pieces, one or more.")
    me, last = dist.get_rank(), dist.get_world_size() - 1
    kept: list[tuple[Tensor, Tensor]] = []
    for piece, target in zip(pieces, targets, strict=True):
        hidden = _received(torch.empty(len(piece), width, dtype=piece.dtype), me - 1) if me else piece
        output = stage(hidden)
        if me == last:
            output = loss(output, target) / len(pieces)
        else:
            dist.send(output.detach().contiguous(), me + 1)
        kept.append((hidden, output))
    for hidden, output in kept:
        output.backward(None if me == last else _received(torch.empty_like(output), me + 1).detach())
        if me:
            dist.send(cast(Tensor, hidden.grad), me - 1)
    return sum(output.item() for _, output in kept) if me == last else 0.0


def _received(room: Tensor, source: int) -> Tensor:
    dist.recv(room, source)
    return room.requires_grad_()
