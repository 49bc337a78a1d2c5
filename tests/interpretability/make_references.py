"""What captum 0.9.0 and PyKEEN 1.11.1 say, written to `references.safetensors` beside this file.

Neither is a requirement of the course. In an environment of its own: `pip install captum==0.9.0 pykeen==1.11.1`, then
`python -m tests.interpretability.make_references`. What they are asked about stands in `small.py`.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from tests.interpretability import small


def of_captum() -> dict[str, Tensor]:
    from captum.attr import InputXGradient, IntegratedGradients, Saliency, ShapleyValues

    found = {}
    for seed in range(small.N_MODELS):
        _, token_ids, words, base, score = small.asked(seed)
        found[f"{seed}.score"] = score(words)
        for steps in (4, 16):
            by_middle = IntegratedGradients(score).attribute(words, base, n_steps=steps, method="riemann_middle")
            found[f"{seed}.integrated.{steps}"] = by_middle.sum(-1)[0]
        found[f"{seed}.gradients"] = Saliency(score).attribute(words, abs=False)
        found[f"{seed}.times_input"] = InputXGradient(score).attribute(words).sum(-1)
        inside = token_ids.shape[1] - 2
        groups = torch.tensor([0, *range(1, inside + 1), 0])[None, :, None].expand_as(words).contiguous()
        shares = ShapleyValues(score).attribute(words, base, feature_mask=groups)
        found[f"{seed}.shapley"] = shares[0, 1:-1, 0]
    return found


def of_pykeen() -> dict[str, Tensor]:
    from pykeen.evaluation.ranks import Ranks
    from pykeen.nn.modules import ComplExInteraction, DistMultInteraction, RotatEInteraction, TransEInteraction

    heads, relations, entities, angles = small.embeddings()
    h, r, t = heads[:, None], relations[:, None], entities[None]
    turns = torch.polar(torch.ones_like(angles), angles)[:, None]
    found = {
        "TransE": TransEInteraction(p=2)(h, r, t),
        "DistMult": DistMultInteraction()(h, r, t),
        "ComplEx": ComplExInteraction()(*map(small.as_complex, (h, r, t))),
    }
    # PyKEEN takes the Euclidean length over all complex numbers, Sun et al.'s own code adds up the sizes, as we do. So
    # it is asked about one complex number at a time.
    parts = small.as_complex(h), turns, small.as_complex(t)
    found["RotatE"] = sum(RotatEInteraction()(*(part[..., i : i + 1] for part in parts)) for i in range(4))
    scores, tails, known = small.ranked()
    filtered = scores.clone()
    filtered[known & (torch.arange(scores.shape[1]) != tails[:, None])] = torch.nan
    right = scores.gather(1, tails[:, None])
    return {**found, "ranks": Ranks.from_scores(right, filtered).realistic}


if __name__ == "__main__":
    every = {**of_captum(), **of_pykeen()}
    file = Path(__file__).with_name("references.safetensors")
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in every.items()}, file)
    print(len(every), "tensors,", file.stat().st_size, "bytes")
