"""What the notebook shows of the stored rows."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lessons.interpretability import studies
from lessons.interpretability.attribution import METHODS
from lessons.kit import results
from tests.interpretability import stored


@pytest.fixture(autouse=True)
def _made_up_results(tmp_path, monkeypatch) -> None:
    made = {name: {"rows": rows} for name, rows in stored.sections().items()}
    (tmp_path / "interpretability.json").write_text(json.dumps(made), encoding="utf-8")
    monkeypatch.setattr(results, "FOLDER", tmp_path)


def test_faithfulness_is_told_beside_random_orders() -> None:
    rows = {row["method"]: row for row in studies.faithful()}
    assert list(rows) == list(METHODS)
    first = rows["leave one out"]
    # Its areas are 0.6 above those of random orders: that much worse in deletion, better in sufficiency.
    assert first["deletion, mask"] == pytest.approx(-0.6)
    assert first["sufficiency, remove"] == pytest.approx(0.6)
    assert first["deletion, mask, 95 %"] == pytest.approx([-0.6, -0.6])
    assert studies.mean_lines("mask", "deletion")["random"][0] == pytest.approx(0.9)
    assert len(studies.shares()) == 11


def test_tables_of_controls() -> None:
    assert studies.sanity()[0] == {"method": "leave one out", "0 layers": 1, "2 layers": pytest.approx(0.8)}
    assert list(studies.probes()) == [
        f"{name}{kind}" for name in ("MiniLM", "random weights") for kind in ("", ", control labels")
    ]
    row = studies.hidden_probes()[0]
    assert (row["line"], row["selectivity"]) == (0.9, pytest.approx(0.3))
    assert (row["with a hidden layer"], row["its selectivity"]) == (0.95, pytest.approx(0.15))
    assert [row["layer"] for row in studies.erasing()] == [0, 5, 0, 5]
    assert studies.erasing()[1]["same_answers"] == pytest.approx(0.5)


def test_tables_of_circuits() -> None:
    two, one = studies.copiers()
    assert two["without its previous-token head"] == [0.3] * 3
    assert two["without both of layer 1"] == [0.1] * 3
    assert "without both of layer 1" not in one
    none, five, at_random = studies.silenced()
    assert (none["silenced"], five["silenced"], at_random["silenced"]) == ("none", "strongest", "at random")
    assert (at_random["copied"], at_random["copied, from"], at_random["to"]) == (10.5, 10, 11)
    assert studies.handovers()[0]["pair"] == "France / Italy"
    np.testing.assert_allclose(studies.mean_recovery(), [[1, 0], [0, 1]])
    assert studies.carriers(1) == [{"layer": 19, "head": 1, "preference left": 0.5}]


def test_tables_of_dictionaries_and_graphs() -> None:
    assert [row["price"] for row in studies.found_features()] == [0.1, 0.3]
    assert studies.layer()[1]["encoder"] == "random weights"
    nations, kinships = studies.graphs()
    assert (nations["published"], nations["of"]) == (0.7131, "both, Pu et al. 2022")
    assert (kinships["published"], kinships["MRR of tail"]) == (0.614, pytest.approx(0.7))
    assert studies.offsets()[0]["without_offset"] == 0.85
    assert {row["sides"] for row in studies.published()} == {"both", "tail"}
