"""Alignment: from a model that goes on with a text to one that answers as people want it to.

- `answers`: the loss of the answer alone, texts that share a row.
- `instructions`: SmolLM2 learns a form of answering, by LoRA in its upper layers.
- `digits`: five digits to be sorted, the task of one small model for all that follows.
- `preferences`: Bradley-Terry, a reward model, DPO.
- `reinforcement`: REINFORCE, a baseline, PPO's clip, GRPO.
- `thinking`: several answers, and which to take. `limits`: what alignment is not.
- `steering`: trainings that the widget replays. `studies`, `drawings`: stored results as tables, and pictures.
"""

from .answers import Answered, answer_loss, log_probabilities, packed
from .preferences import Pairs, RewardModel, dpo_loss, implicit_reward, preference_loss, win_probability
from .reinforcement import (
    clipped_loss,
    divergence,
    group_advantages,
    grpo_loss,
    improve,
    reinforce_loss,
)
from .thinking import best_of, majority, pass_at_k

__all__ = [
    "Answered",
    "answer_loss",
    "log_probabilities",
    "packed",
    "win_probability",
    "preference_loss",
    "Pairs",
    "RewardModel",
    "implicit_reward",
    "dpo_loss",
    "reinforce_loss",
    "group_advantages",
    "clipped_loss",
    "divergence",
    "grpo_loss",
    "improve",
    "pass_at_k",
    "majority",
    "best_of",
]
