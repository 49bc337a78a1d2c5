"""A training of two processes of which one dies in its middle; torchrun starts both again. Run by torchrun.

Process 0 prints as JSON how often the training was begun, and how far its weights are from those of one that was let
alone. The folder for the checkpoint stands in FOLDER.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import torch
from torch import Tensor, nn

from lessons.gpt import GPT, Chunks, GPTConfig, causal_loss
from lessons.kit.training import fit
from lessons.scaling import processes


def trained(folder: Path | None, rank: int) -> nn.Module:
    torch.manual_seed(0)
    model = GPT(GPTConfig(20, 8, 1, 2, 6, dropout=0.2))
    processes.share_gradients(model)
    text = torch.randint(20, (200,), generator=torch.Generator().manual_seed(1))
    done = 0

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        nonlocal done
        done += 1
        if folder and rank and done == 6 and not (folder / "died").exists():
            (folder / "died").touch()
            os._exit(1)  # as if its machine had lost power
        return causal_loss(model, processes.my_share(batch))

    checkpoint = processes.SharedCheckpoint(folder, every_batches=2) if folder else None
    fit(model, Chunks(text, 6, 4, 5), loss, epochs=2, checkpoint=checkpoint, progress=False, device="cpu")
    return model


if __name__ == "__main__":
    with processes.group() as rank:
        folder = Path(os.environ["FOLDER"])
        if not rank:
            with (folder / "begun").open("a") as file:
                file.write("x")
        found, alone = trained(folder, rank), trained(None, rank)
        equal = all(torch.equal(a, b) for a, b in zip(found.parameters(), alone.parameters(), strict=True))
        if not rank:
            print(json.dumps({"begun": len((folder / "begun").read_text()), "equal": equal}))
        del found, alone
