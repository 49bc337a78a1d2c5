"""One table of every side-by-side run, from the results files: python benchmarks

Each row says what ran, how ours and the peer did, and the ratio; below each group stand the machine and the versions.
Nothing is measured here: the scripts beside this file do that, and each says how in its first lines.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lessons.kit import results


class Row(NamedTuple):
    """One line of the table."""

    what: str
    ours: str
    peer: str
    verdict: str


class Group(NamedTuple):
    """The rows of one section of a results file."""

    title: str
    file: str
    section: str
    rows: Callable[[dict[str, Any]], Iterator[Row]]


def _ratio(value: float) -> str:
    """Peer's time over ours, in words."""
    return f"ours is {value:.2f} times as fast" if value >= 1 else f"ours takes {1 / value:.2f} times as long"


def autograd(found: dict[str, Any]) -> Iterator[Row]:
    """Value against micrograd's."""
    for job in ("forward", "backward", "both"):
        times = found[job]
        _, median, _ = times["ratio_quartiles"]
        yield Row(job, f"{times['ours_ms']:.1f} ms", f"micrograd {times['micrograd_ms']:.1f} ms", _ratio(median))


def tokenizers_training(found: dict[str, Any]) -> Iterator[Row]:
    """The byte-pair trainer against the one in Rust, processor seconds."""
    ours, rust = found["ours_processor_s"], found["rust_processor_s"]
    what = f"{found['merges']:,} merges on {found['characters']:,} characters"
    yield Row(what, f"{ours:.2f} s", f"tokenizers {rust:.2f} s", _ratio(1 / found["ratio_processor"]))


def tokenizers_encoding(found: dict[str, Any]) -> Iterator[Row]:
    """The encoders against those in Rust, processor seconds."""
    for name in ("GPT-2", "MiniLM"):
        row = found[name]
        ours, rust = row["ours_processor_s"], row["rust_processor_s"]
        what = f"{name}, {found['characters']:,} characters"
        yield Row(what, f"{ours:.2f} s", f"tokenizers {rust:.2f} s", _ratio(1 / row["ratio_processor"]))


def bert(found: dict[str, Any]) -> Iterator[Row]:
    """Our BERT against Hugging Face's default attention."""
    for job, row in found["rows"].items():
        theirs = row["ours_ms"] / row["ratio_to_sdpa"]
        yield Row(
            job.replace("_", " "),
            f"{row['ours_ms']:.0f} ms",
            f"transformers about {theirs:.0f} ms",
            _ratio(1 / row["ratio_to_sdpa"]),
        )


def trainer(found: dict[str, Any]) -> Iterator[Row]:
    """Fine-tuning: each recipe against Trainer's default."""
    default = found["recipes"]["Trainer, default recipe"]["examples_per_second"]
    for recipe, row in found["recipes"].items():
        if recipe.startswith("ours"):
            yield Row(
                recipe.removeprefix("ours, "),
                f"{row['examples_per_second']:.0f} examples/s",
                f"Trainer's default {default:.0f} examples/s",
                _ratio(row["ratio"]),
            )


def digits(found: dict[str, Any]) -> Iterator[Row]:
    """Test accuracy on handwritten digits, three seeds, beside the two cheap methods."""
    everything = results.load("neural_networks")
    peers = ", ".join(f"{name} {everything[name]['test'][0]:.1%}" for name in ("k-NN", "logistic regression"))
    yield Row("test accuracy, 3 seeds", f"{found['mean']:.1%} ± {found['half_width']:.1%}", peers, "")


def films(found: dict[str, Any]) -> Iterator[Row]:
    """Test accuracy on film sentences, three starts on the same training sentences, beside word counting."""
    shares = {who: bits.count("1") / len(bits) for who, bits in found["right"].items()}
    words = shares.pop("TF-IDF")
    yield Row(
        "test accuracy, 3 starts", ", ".join(f"{share:.1%}" for share in shares.values()), f"TF-IDF {words:.1%}", ""
    )


def training(found: dict[str, Any]) -> Iterator[Row]:
    """Training steps against the measured rate of matrix products."""
    ceiling = found["ceiling_gflop_a_second"]
    for name, row in found["rows"].items():
        rate = f"{row['gflop_a_second']:.0f} GFLOP/s"
        yield Row(name, rate, f"matrix product {ceiling:.0f}", f"{row['share_of_ceiling']:.0%} of the ceiling")


GROUPS = (
    Group("Value, the autograd engine of notebook 02", "autograd", "micrograd", autograd),
    Group("Handwritten digits, plain network of notebook 03", "neural_networks", "plain", digits),
    Group("Handwritten digits, shifted pictures added", "neural_networks", "shifted", digits),
    Group("Byte-pair trainer of notebook 04", "tokens", "training", tokenizers_training),
    Group("Encoders of notebook 04", "tokens", "encoding", tokenizers_encoding),
    Group("BERT of notebook 07", "bert", "speed", bert),
    Group("Fine-tuning of notebook 08, speed", "fine_tuning", "speed", trainer),
    Group("Fine-tuning of notebook 08, film sentences", "fine_tuning", "test", films),
    Group(
        "Share of the machine's matrix-multiply rate that a training step reaches", "throughput", "training", training
    ),
)
STUDIES = {  # results without a peer: read by the notebooks
    "alignment": "imitation, preferences, rewards on digits; a form and its limits on SmolLM2 (12)",
    "applications": "entities, search, answers, summaries (09)",
    "attention": "the cost of attention, and scaling of scores (05)",
    "data_quality": "duplicates, wrong labels, features (04)",
    "efficient_models": "rounding, pruning, distillation, LoRA (14)",
    "exercises": "seconds per check",
    "grading": "a class of 120, attackers and damaged files among them, graded twice",
    "gpt": "training a small GPT: optimizers, starts, widths, WikiText-2 (10)",
    "interpretability": "explanations judged, probes erased, circuits, patching, dictionaries, graphs (16)",
    "language_models": "vocabulary sizes and context (04)",
    "llama": "from GPT to Llama, an exam, passages, long texts, speed (11)",
    "masked_language": "pre-training a small BERT (07)",
    "scaling": "memory, one machine, two processes, data, mixtures, contamination (15)",
    "speech": "what Whisper writes, digits in other voices, WaveNet, spelling (18)",
    "transformer": "dates, order, depth (06)",
    "translation": "a recipe and its parts, beams, a chat model, dates (13)",
    "vision": "depth, batch norm, patches, transfer, places, identities (17)",
    "widgets": "latency of the widgets in JupyterLab",
}


def table() -> str:
    """All groups as text, each with its machine. Raises FileNotFoundError if a results file is missing."""
    lines: list[str] = []
    for group in GROUPS:
        found = results.load(group.file)[group.section]
        rows = list(group.rows(found))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines += ["", group.title]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True))
            lines.append(("  " + "  ".join(cells)).rstrip())
        lines.append(f"  [{_machine(found)}]")
    lines += ["", "Studies without a peer, read by the notebooks:"]
    present = {name: what for name, what in STUDIES.items() if (results.FOLDER / f"{name}.json").is_file()}
    lines += [f"  {name:16} {what}" for name, what in present.items()]
    return "\n".join(lines).lstrip("\n")


def _machine(found: dict[str, Any]) -> str:
    machine = dict(found["machine"])
    threads = f", threads used: {found['threads']}" if "threads" in found else ""
    system, cores = machine.pop("system"), machine.pop("cores")
    return f"{system}, {cores} cores{threads}; " + ", ".join(f"{name} {value}" for name, value in machine.items())


if __name__ == "__main__":
    try:
        print(table())
    except (FileNotFoundError, KeyError, json.JSONDecodeError) as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")
