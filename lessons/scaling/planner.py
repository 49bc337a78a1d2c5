"""A plan for a training on many devices: how the model is cut, whether it fits, how many days it takes.

A device's share is one of n = tensor · stages · replicas. `tensor` devices of one node share every layer, `stages`
groups of them have some layers each (a pipeline), and `replicas` copies of all that read different texts. Everything
here is arithmetic on a few numbers, so that the widget can do the same in the browser.

What is assumed: large products reach `REACHED` of the peak that the maker states; gradients are summed while the last
piece goes back; sums within a layer wait, and hide nothing; nothing fails. A piece is one text for each replica.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from lessons.kit import checks
from lessons.scaling.account import MODELS, STATE_BYTES, Sizes

REACHED = 0.5
GIGABYTE = 1e9
NODE = 8  # devices in one node
DAY = 86400.0


@dataclass(frozen=True)
class Device:
    """A kind of accelerator: 16-bit operations a second at best, bytes of memory, bytes a second within a node."""

    name: str
    operations_a_second: float
    memory: float
    bandwidth: float

    def __post_init__(self) -> None:
        """Raises ValueError unless all three are above 0."""
        checks.positive(operations=self.operations_a_second, memory=self.memory, bandwidth=self.bandwidth)


DEVICES: Mapping[str, Device] = {  # makers' data sheets: dense 16-bit products, one direction of NVLink
    each.name: each
    for each in (
        Device("V100", 125e12, 32e9, 150e9),
        Device("A100", 312e12, 80e9, 300e9),
        Device("H100", 989e12, 80e9, 450e9),
    )
}


@dataclass(frozen=True)
class Task:
    """What is to be trained on what: tokens in all, tokens of a batch, bytes a second between nodes for each device."""

    sizes: Sizes
    device: Device
    n_devices: int
    tokens: float
    batch_tokens: float
    bandwidth: float

    def __post_init__(self) -> None:
        """Raises ValueError for less than one device, and for numbers that are not above 0."""
        checks.whole(n_devices=self.n_devices)
        checks.positive(tokens=self.tokens, batch_tokens=self.batch_tokens, bandwidth=self.bandwidth)


@dataclass(frozen=True)
class Plan:
    """One way to do it, and what it needs; `step` is in seconds, `memory` in bytes of a device, by part."""

    tensor: int
    stages: int
    replicas: int
    recomputed: bool
    sharded: int  # 1: the optimizer's state is cut among the replicas; 3: gradients and weights as well
    step: float
    days: float
    used: float  # operations that the model needs, over what the devices could do meanwhile (MFU)
    memory: Mapping[str, float]

    @property
    def n_bytes(self) -> float:
        """All parts of the memory."""
        return sum(self.memory.values())

    def cost(self, price: float) -> float:
        """In the unit of the price of one device for one hour. Raises ValueError for a price below 0."""
        checks.not_negative(price=price)
        return self.days * 24 * price * self.tensor * self.stages * self.replicas


def memory(task: Task, plan: Plan) -> dict[str, float]:
    """Bytes of a device, by part, for the cuts that a plan names: its shares are taken to be equal."""
    sizes, mine = task.sizes, task.sizes.parameters / (plan.tensor * plan.stages)
    found = {}
    for place, (name, size) in enumerate(STATE_BYTES["mixed"].items()):  # weights, gradients, optimizer
        is_cut = plan.sharded == 3 or (plan.sharded == 1 and place == 2)
        found[name] = size * mine / (plan.replicas if is_cut else 1)
    stream = sizes.tokens * sizes.hidden_size / plan.tensor
    whole = stream * (18 + 16 * sizes.width)
    layers, flying = sizes.n_layers / plan.stages, min(plan.stages, pieces(task, plan))
    kept = 2 * stream * layers * flying + whole if plan.recomputed else whole * layers * flying
    found["activations"] = kept + 6 * sizes.tokens * sizes.vocab_size / plan.tensor  # and the logits of one text
    return found


def pieces(task: Task, plan: Plan) -> float:
    """How many texts each replica has in a step."""
    return task.batch_tokens / task.sizes.tokens / plan.replicas


def step_seconds(task: Task, plan: Plan) -> float:
    """Seconds of one step: pieces one after the other, the pipeline's wait, and sums that nothing hides."""
    sizes, device, share = task.sizes, task.device, plan.tensor * plan.stages
    forward = sizes.operations()
    layers = forward - 2 * sizes.tokens * sizes.vocab_size * sizes.hidden_size
    work = 3 * forward + (layers if plan.recomputed else 0)
    compute = work / share / (device.operations_a_second * REACHED)  # of one piece
    stream = 2 * sizes.tokens * sizes.hidden_size  # bytes of what goes from layer to layer
    sums = (6 if plan.recomputed else 4) * sizes.n_layers / plan.stages  # two forward, two back, two again
    within = sums * _ring(stream, plan.tensor, device.bandwidth)
    hops = 2 * stream / plan.tensor / _between(task) if plan.stages > 1 else 0.0
    piece, n = compute + within + hops, pieces(task, plan)
    gradients = _ring(2 * sizes.parameters / share, plan.replicas, _between(task))
    waits = max(0.0, gradients - 2 / 3 * compute)
    if plan.sharded == 3:  # weights come twice and gradients go once in every piece
        waits = n * max(0.0, 1.5 * gradients - compute)
    return piece * (n + plan.stages - 1) + waits


def _ring(n_bytes: float, n: int, bandwidth: float) -> float:
    return 2 * (n - 1) / n * n_bytes / bandwidth


def _between(task: Task) -> float:
    """Bytes a second between stages and between replicas: those of a node, if all devices are in one."""
    return task.device.bandwidth if task.n_devices <= NODE else task.bandwidth


def with_cuts(task: Task, tensor: int, stages: int, recomputed: bool, sharded: int) -> Plan | None:
    """The plan with these cuts, or None if they cannot be made. Raises ValueError for less than one of each."""
    checks.whole(tensor=tensor, stages=stages)
    replicas = task.n_devices // (tensor * stages)
    uneven = replicas * tensor * stages != task.n_devices or task.sizes.n_heads % tensor
    if uneven or stages > task.sizes.n_layers or replicas > task.batch_tokens / task.sizes.tokens:
        return None
    plan = Plan(tensor, stages, replicas, recomputed, sharded, 0.0, 0.0, 0.0, {})
    step = step_seconds(task, plan)
    days = task.tokens / task.batch_tokens * step / DAY
    needed = 3 * task.sizes.operations() * task.batch_tokens / task.sizes.tokens
    used = needed / (step * task.n_devices * task.device.operations_a_second)
    return replace(plan, step=step, days=days, used=used, memory=memory(task, plan))


def plans(task: Task) -> list[Plan]:
    """All plans that are tried: tensor 1 to 8, stages 1, 2, 4, ... and the same times 3, each kept or recomputed."""
    tensors = [n for n in (1, 2, 4, 8) if n <= task.n_devices]
    stages = sorted(n * 2**power for n in (1, 3) for power in range(8))
    found = [
        with_cuts(task, tensor, stage, recomputed, sharded)
        for tensor in tensors
        for stage in stages
        for recomputed in (False, True)
        for sharded in (1, 3)
    ]
    return [plan for plan in found if plan is not None]


def best(task: Task) -> tuple[Plan | None, bool]:
    """The fastest plan that fits into the devices' memory; if none does the one that needs least, and False.

    Of equally fast ones the first stays. None if the batch has fewer texts than there must be replicas.
    """
    tried = plans(task)
    fitting = [plan for plan in tried if plan.n_bytes <= 0.9 * task.device.memory]  # a tenth for what is not counted
    if fitting:
        return min(fitting, key=lambda plan: plan.step), True
    return (min(tried, key=lambda plan: plan.n_bytes), False) if tried else (None, False)


# --- published runs ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """A training that was published, and its days: as stated, or hours of all devices over their number."""

    name: str
    task: Task
    days: float
    source: str


def _run(
    name: str, model: str, device: str, n: int, tokens: float, batch: float, line: float, days: float, source: str
) -> Run:
    return Run(name, Task(MODELS[model], DEVICES[device], n, tokens, batch * MODELS[model].tokens, line), days, source)


# Lines: Narayanan et al. 2021, section 5 (eight lines of 200 Gb/s for eight devices); Scao et al. 2022, section 3.4.1
# (four of 100); Dubey et al. 2024, section 3.3.1 (400 Gb/s each). LLaMA 65B's is not stated, and taken to be 200.
PUBLISHED = (  # the first is an estimate from a measured rate; GPU hours are taken to be of all GPUs at once
    _run("GPT-3, planned", "GPT-3", "A100", 1024, 300e9, 1536, 25e9, 34, "Narayanan et al. 2021, section 5.1"),
    _run("BLOOM", "BLOOM", "A100", 384, 366e9, 2048, 6.25e9, 1_082_990 / 384 / 24, "Scao et al. 2022, section 3.4.1"),
    _run("LLaMA 65B", "LLaMA 65B", "A100", 2048, 1.4e12, 2048, 25e9, 21, "Touvron et al. 2023, section 2.4"),
    _run("Llama 3 405B", "Llama 3 405B", "H100", 16384, 15.6e12, 2048, 50e9, 30.84e6 / 16384 / 24, "its model card"),
)


def facts(sizes: Sizes) -> dict[str, float | str]:
    """What the widget needs to know of a model."""
    names = ("name", "parameters", "hidden_size", "n_layers", "n_heads", "tokens", "vocab_size", "width")
    return {name: getattr(sizes, name) for name in names} | {"operations": sizes.operations()}


def device_facts(device: Device) -> dict[str, float | str]:
    """What the widget needs to know of a device."""
    return asdict(device)


def doublings(most: int) -> Iterable[int]:
    """1, 2, 4, ... up to `most`. Raises ValueError for less than 1."""
    checks.sizes(most=most)
    return [2**power for power in range(int(math.log2(most)) + 1)]
