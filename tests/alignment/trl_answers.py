"""What trl 1.16.0 computes on two small batches: python tests/alignment/trl_answers.py

Writes trl.safetensors beside this file: the weights of a tiny Llama, batches, losses and gradients of trl's DPOTrainer
and GRPOTrainer. trl is no requirement of the course: it brings pandas, pyarrow and datasets, and seconds of imports.
To run this, install it into an environment of its own: pip install -c constraints.txt trl==1.16.0

GRPO as Shao et al. (2024) have it is not trl's default. What is set below: loss_type="grpo", scale_rewards="group",
beta=0.02, epsilon=0.2, and use_bias_correction_kl=False, which would weight the divergence by the ratio.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from tests.llama import small

BETA_DPO, BETA, CLIP, GROUP = 0.1, 0.02, 0.2, 4
Kept = dict[str, Tensor]


def llama(vocab_size: int, seed: int) -> LlamaForCausalLM:
    """Tiny, with weights large enough that its probabilities differ."""
    torch.manual_seed(seed)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1}
    config = LlamaConfig(vocab_size=vocab_size, intermediate_size=24, tie_word_embeddings=True, initializer_range=0.3,
                         max_position_embeddings=64, bos_token_id=0, eos_token_id=0, **sizes)  # fmt: skip
    return LlamaForCausalLM(config).float()


def gradients(name: str, model: torch.nn.Module) -> Kept:
    """Those of every weight, by Hugging Face's names."""
    return {f"{name}.{key}": weight.grad.clone() for key, weight in model.named_parameters() if weight.grad is not None}


def settings(folder: str) -> dict[str, Any]:
    """What both trainers are told: a processor, 32-bit floats, no reports."""
    return {"output_dir": folder, "use_cpu": True, "bf16": False, "report_to": [], "gradient_checkpointing": False}


def dpo(folder: str, tokenizer: Any) -> Kept:
    """The loss and gradients of DPOTrainer on a batch of four pairs of unequal lengths."""
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer

    rows = {
        "prompt": ["the king", "and the queen asks", "the user", "who asks the king and"],
        "chosen": [" and the queen", " the assistant", " asks the assistant the king", " the user"],
        "rejected": [" king", " and and the user the user", " queen", " the queen and the king"],
    }
    model, reference = llama(len(tokenizer), 0), llama(len(tokenizer), 1)
    args = DPOConfig(beta=BETA_DPO, per_device_train_batch_size=4, max_length=None, **settings(folder))
    trainer = DPOTrainer(model, reference, args, train_dataset=Dataset.from_dict(rows), processing_class=tokenizer)
    batch = next(iter(trainer.get_train_dataloader()))
    loss = trainer.compute_loss(trainer.model, dict(batch))
    loss.backward()
    kept = {f"dpo.batch.{name}": batch[name] for name in ("input_ids", "attention_mask", "completion_mask")}
    return kept | {"dpo.loss": loss.detach()} | gradients("dpo.gradient", model)


def same_length(tokenizer: Any) -> list[str]:
    """Two prompts of as many tokens, so that none is padded on the left, which would move our places."""
    prompts = [
        "the king and",
        "the queen",
        "and the user",
        "the user asks",
        "asks the king",
        "who asks",
        "and the king",
    ]
    by_length: dict[int, list[str]] = {}
    for prompt in prompts:
        found = by_length.setdefault(len(tokenizer(prompt)["input_ids"]), [])
        found.append(prompt)
        if len(found) == 2:
            return found
    raise ValueError("No two prompts have as many tokens.")


def grpo(folder: str, tokenizer: Any) -> Kept:
    """Answers, rewards, advantages, and the loss of GRPOTrainer after the model has moved away from who wrote them."""
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    given: list[float] = []

    def reward(completions: list[str], **_: Any) -> list[float]:
        given[:] = [sum(map(ord, text)) % 5 / 4 for text in completions]
        return list(given)

    place = f"{folder}/start"  # GRPOTrainer makes its reference from where a model was loaded
    llama(len(tokenizer), 0).save_pretrained(place)
    model = LlamaForCausalLM.from_pretrained(place)
    args = GRPOConfig(
        loss_type="grpo", scale_rewards="group", beta=BETA, epsilon=CLIP, use_bias_correction_kl=False,
        num_generations=GROUP, num_iterations=2,
        per_device_train_batch_size=2 * GROUP, max_completion_length=6, temperature=1.0, **settings(folder),
    )  # fmt: skip
    prompts = Dataset.from_dict({"prompt": same_length(tokenizer)})
    trainer = GRPOTrainer(model, reward, args, train_dataset=prompts, processing_class=tokenizer)
    trainer.ref_model.load_state_dict(llama(len(tokenizer), 1).state_dict())
    model.train()
    inputs = trainer._generate_and_score_completions([{"prompt": p} for p in prompts["prompt"] for _ in range(GROUP)])
    for row, length in enumerate((2, 5, 1)):
        inputs["completion_mask"][row, length:] = 0  # as if these answers had ended sooner
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.05 * torch.randn_like(weight))  # so that some ratios are clipped
    moved = {f"grpo.weight.{key}": value.clone() for key, value in model.state_dict().items()}
    trainer.current_gradient_accumulation_steps = 1
    loss = trainer._compute_loss(model, inputs)
    model.zero_grad()
    loss.backward()
    names = ("prompt_ids", "prompt_mask", "completion_ids", "completion_mask", "advantages", "old_per_token_logps",
             "ref_per_token_logps")  # fmt: skip
    kept = {f"grpo.batch.{name}": inputs[name] for name in names}
    kept |= {"grpo.rewards": torch.tensor(given), "grpo.loss": loss.detach()}
    return kept | moved | gradients("grpo.gradient", model)


def main() -> None:
    """Both, in one file."""
    tokenizer = small.tokenizer().to_hugging_face()
    kept = {f"weight.{key}": value for key, value in llama(len(tokenizer), 0).state_dict().items()}
    kept |= {f"reference.{key}": value for key, value in llama(len(tokenizer), 1).state_dict().items()}
    with tempfile.TemporaryDirectory() as folder:
        kept |= dpo(folder, tokenizer) | grpo(folder, tokenizer)
    tied = {name: value.clone().contiguous() for name, value in kept.items() if "lm_head" not in name}
    save_file(tied, Path(__file__).with_name("trl.safetensors"))


if __name__ == "__main__":
    main()
