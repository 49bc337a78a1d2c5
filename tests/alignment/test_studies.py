"""What the notebook shows of the stored rows: seeds side by side, in their order."""

from __future__ import annotations

import json

import pytest

from lessons.alignment import studies
from lessons.kit import results


def curve(value: float) -> list[dict]:
    names = ("agrees", "chosen", "rejected", "exact", "greedy", "length")
    return [{"step": step, **dict.fromkeys(names, value + step)} for step in (0, 25)]


def sections() -> dict[str, list[dict]]:
    seeds = range(2)
    plain = {"exact": 0.4, "greedy": 0.9, "kl": 1.0, "entropy": 0.5, "reward": 0.7, "length": 6.0}
    return {
        "stages": [
            {"start": "copied", "stage": stage, "seed": s, **plain, "exact": 0.4 + s}
            | {"pass": [[1, 0.4], [8, 0.9 + s / 100]]}
            for stage in studies.STAGES for s in seeds
        ],
        "ladder": [
            {"way": way, "seed": s, "rate": 1e-3, **plain, "curve": [[0, 0.4, 0.0], [10, 0.5 + s / 10, 1.0]]}
            for way in ("reinforce", "baseline", "clip", "grpo") for s in seeds
        ],
        "betas": [{"way": "dpo", "beta": b, "seed": s, **plain, "chosen_change": -b, "rejected_change": -1.0}
                  for b in (0.1, 0.03) for s in seeds],
        "long": [{"likelihood": 0.0, "seed": s, "curve": curve(s)} for s in seeds],
        "length": [{"cure": "margin", "worth": 0.0, "seed": 0, "length": 11.0, "right": 0.8, "chosen_is_longer": 0.6},
                   {"cure": "start", "seed": 0, "length": 9.0, "right": 0.4, "chosen_is_longer": 0.6}],
        "hacking": [{"reward_is": "flawed", "beta": 0.0, "seed": s, **plain}
                    | {"curve": [[0, 1.0, 0.4, 6, 0], [20, 4.0, s / 10, 17, 9]]}
                    for s in seeds],
        "thinking": [{"stage": "grpo", "seed": 0, "rows": [{"answers": 1, "vote": 0.4, "verifier": 0.4, "any": 0.4},
                                                           {"answers": 2, "vote": 0.5, "verifier": 0.6, "any": 0.7}]}],
        "json": [{"loss": loss, "seed": s, "valid": 9 + s, "right": 4, "asked": 12}
                 for loss in ("none", "answers", "whole texts") for s in seeds],
        "doubts": [{"follow_up": kind, "replies": [
            {"right_first": True, "right_then": kind != "doubted", "gives_way": kind == "doubted"},
            {"right_first": False, "right_then": True, "gives_way": True}]} for kind in ("doubted", "asked again")],
        "refusals": [{"tuned": tuned, "seed": 0, "refused": {"direct": 1.0, "in other words": 0.2, "harmless": 0.1}}
                     for tuned in (False, True)],
        "steered": [{"beta": 0.0}],
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _made_up_results(tmp_path, monkeypatch) -> None:
    made = {name: {"rows": rows} for name, rows in sections().items()}
    (tmp_path / "alignment.json").write_text(json.dumps(made), encoding="utf-8")
    monkeypatch.setattr(results, "FOLDER", tmp_path)


def test_tables_have_seeds_side_by_side() -> None:
    first, *_ = studies.stages("copied")
    assert (first["stage"], first["exact"], first["pass@8"]) == ("imitation", [0.4, 1.4], [0.9, 0.91])
    assert studies.pass_lines("copied")["dpo"] == ([1, 8], [[0.4, 0.4], [0.9, 0.91]])
    assert [row["way"] for row in studies.ladder()] == ["reinforce", "baseline", "clip", "grpo"]
    assert studies.ladder_lines()["clip"] == ([0, 10], [[0.4, 0.4], [0.5, 0.6]])
    assert [row["β"] for row in studies.betas("dpo")] == [0.03, 0.1]
    assert studies.too_long(0.0)[1]["exact"] == 25.5
    assert [row["pairs"] for row in studies.lengths()] == ["start", "as it is"]
    (row,) = studies.hacking()
    assert (row["reward"], row["what it gave"], row["exact"]) == ("flawed", [0.7, 0.7], [0.4, 0.4])
    assert studies.hacking_lines()["exact answers"] == ([0, 20], [[0.4, 0.4], [0.0, 0.1]])
    assert studies.thinking_lines("grpo")["reward model"] == ([1, 2], [[0.4], [0.6]])
    assert studies.json_form()[1] == {"SmolLM2": "loss on answers", "valid": [9, 10], "right": [4, 4], "of": 12}
    assert studies.refusals()[1]["in other words"] == [0.2]
    assert studies.steered() == [{"beta": 0.0}]


def test_only_what_was_right_can_be_given_up() -> None:
    doubted, again = studies.doubts()
    assert (doubted["right at first"], doubted["still right"], doubted["took it back"]) == (1, 0, 1)
    assert (again["still right"], again["took it back"]) == (1, 0)


def test_no_row_is_said() -> None:
    with pytest.raises(ValueError, match="no row"):
        studies.each([], "exact")
    with pytest.raises(ValueError, match="no “nothing”"):
        studies.rows("nothing")
