"""What notebook 12 shows of the stored rows (`benchmarks/alignment.py`): tables, and lines for its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Any

from lessons.alignment import limits
from lessons.kit import results

Row = dict[str, Any]
Lines = dict[str, tuple[list[float], list[list[float]]]]  # name -> places, and at each place the runs
NAME = "alignment"
STAGES = ("imitation", "dpo", "grpo")


def rows(section: str, **wanted: Any) -> list[Row]:
    """The stored rows of a section with these values. Raises as `kit.results.rows`."""
    return results.rows(NAME, section, **wanted)


def each(found: Sequence[Row], name: str) -> list[float]:
    """One value of every row, in their order, which is that of the seeds. Raises ValueError for no row."""
    if not found:
        raise ValueError(f"There is no row to take “{name}” from.")
    return [row[name] for row in found]


def stages(start: str) -> list[Row]:
    """What became of a model at each stage: three seeds side by side. Raises ValueError as `rows`."""
    table = []
    for stage in STAGES:
        found = rows("stages", start=start, stage=stage)
        shown = {name: each(found, name) for name in ("exact", "greedy", "kl", "entropy")}
        table.append({"stage": stage, **shown, "pass@8": [dict(map(tuple, row["pass"])).get(8) for row in found]})
    return table


def pass_lines(start: str) -> Lines:
    """pass@k over k at each stage."""
    lines: Lines = {}
    for stage in STAGES:
        found = rows("stages", start=start, stage=stage)
        ks = [k for k, _ in found[0]["pass"]]
        lines[stage] = (ks, [[row["pass"][place][1] for row in found] for place in range(len(ks))])
    return lines


def ladder() -> list[Row]:
    """The four ways, at their own learning rates."""
    table = []
    for way in ("reinforce", "baseline", "clip", "grpo"):
        found = rows("ladder", way=way)
        table.append(
            {"way": way, "rate": found[0]["rate"], **{name: each(found, name) for name in ("exact", "greedy", "kl")}}
        )
    return table


def ladder_lines() -> Lines:
    """Sampled exact answers over batches of fresh answers, for each way."""
    lines: Lines = {}
    for way in ("reinforce", "baseline", "clip", "grpo"):
        curves = [row["curve"] for row in rows("ladder", way=way)]
        lines[way] = (
            [point[0] for point in curves[0]],
            [[curve[at][1] for curve in curves] for at in range(len(curves[0]))],
        )
    return lines


def betas(way: str) -> list[Row]:
    """What each price of moving away led to. Raises ValueError as `rows`."""
    found = rows("betas", way=way)
    names = ("exact", "greedy", "kl", *(("chosen_change", "rejected_change") if way == "dpo" else ("entropy",)))
    prices = sorted({row["beta"] for row in found})
    return [{"β": beta, **{name: each(rows("betas", way=way, beta=beta), name) for name in names}} for beta in prices]


def too_long(likelihood: float) -> list[Row]:
    """DPO step by step, means of the seeds. Raises ValueError as `rows`."""
    curves = [row["curve"] for row in rows("long", likelihood=likelihood)]
    names = ("agrees", "chosen", "rejected", "exact", "greedy", "length")
    return [
        {"step": curves[0][at]["step"], **{name: mean(curve[at][name] for curve in curves) for name in names}}
        for at in range(len(curves[0]))
    ]


def lengths() -> list[Row]:
    """Raters who like long answers: the start, DPO as it is, and its cures."""
    table = []
    found = rows("length")
    for cure, worth in dict.fromkeys((row["cure"], row.get("worth")) for row in found):
        some = [row for row in found if (row["cure"], row.get("worth")) == (cure, worth)]
        name = cure if worth is None else "as it is" if worth == 0 else f"margin {worth:g} a token"
        table.append({"pairs": name, **{key: each(some, key) for key in ("length", "right", "chosen_is_longer")}})
    return sorted(table, key=lambda row: row["pairs"] != "start")


def hacking() -> list[Row]:
    """What the flawed reward led to at each price, and the repaired one."""
    found = rows("hacking")
    kinds = sorted({(row["reward_is"], row["beta"]) for row in found})
    names = ("reward", "exact", "length", "kl")
    return [
        {
            "reward": kind,
            "β": beta,
            **{name if name != "reward" else "what it gave": each(some, name) for name in names},
        }
        for kind, beta in kinds
        for some in [[row for row in found if (row["reward_is"], row["beta"]) == (kind, beta)]]
    ]


def hacking_lines(beta: float = 0.0) -> Lines:
    """The flawed reward and exact answers, over batches of fresh answers. Raises ValueError as `rows`."""
    curves = [row["curve"] for row in rows("hacking", reward_is="flawed", beta=beta)]
    places = [point[0] for point in curves[0]]
    names = {"the reward that is paid": 1, "exact answers": 2}
    return {
        name: (places, [[curve[i][at] for curve in curves] for i in range(len(places))]) for name, at in names.items()
    }


def thinking_lines(stage: str) -> Lines:
    """Right answers over the number of answers, taken in three ways. Raises ValueError as `rows`."""
    found = [row["rows"] for row in rows("thinking", stage=stage)]
    places = [row["answers"] for row in found[0]]
    names = {"vote": "vote", "verifier": "reward model", "any": "any of them"}
    return {
        shown: (places, [[run[i][name] for run in found] for i in range(len(places))]) for name, shown in names.items()
    }


def json_form() -> list[Row]:
    """Replies in the form, and right ones, of so many questions: before, and by what the loss was on."""
    table = []
    for loss, name in (("none", "before"), ("answers", "loss on answers"), ("whole texts", "loss on whole texts")):
        found = rows("json", loss=loss)
        table.append(
            {"SmolLM2": name, "valid": each(found, "valid"), "right": each(found, "right"), "of": found[0]["asked"]}
        )
    return table


def doubts() -> list[Row]:
    """What follow-ups did to replies that were right at first."""
    table = []
    for kind in limits.FOLLOW_UPS:
        (found,) = rows("doubts", follow_up=kind)
        right = [row for row in found["replies"] if row["right_first"]]
        kept, gave_way = (sum(row[name] for row in right) for name in ("right_then", "gives_way"))
        counts = {"right at first": len(right), "still right": kept, "took it back": gave_way}
        table.append({"then the user": limits.FOLLOW_UPS[kind], **counts})
    return table


def refusals() -> list[Row]:
    """The share of questions that were refused, by how they were put; three seeds."""
    table = []
    for is_tuned, name in ((False, "before"), (True, "taught to refuse")):
        found = rows("refusals", tuned=is_tuned)
        table.append({"SmolLM2": name, **{kind: [row["refused"][kind] for row in found] for kind in limits.ASKED}})
    return table


def steered() -> list[Row]:
    """The runs that the widget replays."""
    return rows("steered")
