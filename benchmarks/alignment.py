"""The longer runs of notebook 12: imitation, preferences and rewards on digits; instructions and limits on SmolLM2.

    python benchmarks/alignment.py rates      learning rates of DPO and of each way to learn from rewards (11 minutes)
    python benchmarks/alignment.py stages     imitation, DPO, GRPO, from two kinds of starts; pass@k (8)
    python benchmarks/alignment.py ladder     REINFORCE, baseline, clip, GRPO (5)
    python benchmarks/alignment.py betas      what the price of moving away does to DPO and to GRPO (7)
    python benchmarks/alignment.py long       DPO that goes on too long (3)
    python benchmarks/alignment.py length     raters who like longer answers, and two cures (5)
    python benchmarks/alignment.py hacking    a flawed reward without a limit to length, at six prices; its repair (13)
    python benchmarks/alignment.py thinking   votes and verifiers against the number of answers (3)
    python benchmarks/alignment.py steered    the runs that the widget replays (18)
    python benchmarks/alignment.py json       SmolLM2 learns a form from 48 examples; answers alone or whole texts (13)
    python benchmarks/alignment.py limits     SmolLM2 is doubted; it is taught to refuse, and asked in other words (10)

The minutes are processor time of one thread, 96 in all, estimated before it ran from timed pieces: imitation 10 to 20
seconds, DPO 6, GRPO 15, up to 38 where answers may have 18 tokens, a thousand answers half a second, a tuning of
SmolLM2 44, a token of it 0.08. Each part writes its section of benchmarks/results/alignment.json. What is there is not
run again, so a run may be cut off and go on later: `--minutes` stops it by itself and exits with 3. `--quick` tries
each on little and writes nothing. Run the parts in this order.

The starts are models that have imitated people of whom about half are right (`digits.imitator`): wrong answers are
"shuffled", or "copied" from the prompt. Each is trained from three seeds and kept in build/alignment. A seed stands
for the start and for all that follows it. The learning rates of DPO and of the four ways to learn from rewards are
chosen by the sampled exact answers to 500 validation prompts, from the first seed of each kind of start, on grids of
three that grow while an edge is best; the bounds are 2.5e-5 and 1.6e-2. REINFORCE and the baseline take one step for
each batch of answers, the others two, and each sees the same number of answers: 70 times 16 prompts with 8. All that
stands in "stages" is judged on 1,000 test prompts, whose digits, in whatever order, nobody has seen; pass@k on 200 of
them with 64 answers each. The other parts describe trainings and use validation prompts. β of DPO and GRPO, the clip
and the number of steps are those of STEPS and the defaults of the module; "betas" shows what other prices do, at the
same rates.

SmolLM2's learning rate is chosen on 12 questions of notebook 11's exam by valid answers, then right ones, from
the first seed; the other 12 judge. A row keeps every reply. "Whole texts" has the loss on prompts as well, at the same
rate. The two follow-ups of "limits" differ in their words alone; the second is the control.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from lessons import llama
from lessons.alignment import digits, instructions, limits, preferences, thinking
from lessons.alignment.reinforcement import WAYS, Reward, Watch, compared, improve, mixed
from lessons.course.places import ROOT
from lessons.gpt import GPT
from lessons.kit import results
from lessons.kit.studies import Study, main
from lessons.kit.training import TrainingDiverged
from lessons.llama import Message
from lessons.llama.analysis import Question, exam

NAME = "alignment"
KEPT = ROOT / "build" / "alignment"
SEEDS = (0, 1, 2)
STARTS: dict[str, dict[str, Any]] = {
    "shuffled": {"wrong": "shuffled", "right": 0.5, "steps": 250},
    "copied": {"wrong": "copied", "right": 0.45, "steps": 450},
    "twice": {"wrong": "shuffled", "right": 0.5, "steps": 350, "twice": 0.5},
}
COMPARED = ("shuffled", "copied")  # starts of "stages"
STEPS = 70  # batches of fresh answers
DPO_RATES, RATES, LOWEST, HIGHEST = (1.5e-4, 3e-4, 6e-4), (2.5e-4, 5e-4, 1e-3), 2.5e-5, 1.6e-2
DPO_BETAS, BETAS = (0.03, 0.1, 0.3, 1.0), (0.0, 0.005, 0.02, 0.1, 0.3)
FLAWED_BETAS = (0.0, 0.02, 0.1, 0.3, 1.0, 3.0)
STEERED = {"beta": (0.0, 0.1, 0.5), "learning_rate": (2.5e-4, 5e-4, 1e-3), "share": (0.0, 0.5, 0.9, 1.0)}
KS = (1, 2, 4, 8, 16, 32, 64)
LENGTHS = (0.0, 0.1, 0.2, 0.4, 0.8)  # what a token more is worth to raters, as DPO is told
JSON_RATES = (1e-3, 2e-3, 4e-3)
Row = dict[str, Any]


class Run(Study):
    """What was asked for: little or all, and until when; rows are kept as they come."""

    def prompts(self, n: int, split: digits.Split = "validation", seed: int = 1) -> Tensor:
        """Prompts to judge by."""
        return digits.draw(self.size(n, 8), split, seed)

    def rate(self, what: str, start: str) -> float:
        """The learning rate that was chosen. Raises ValueError if there is none yet."""
        if self.quick:
            return 5e-4
        found = [row for row in self.stored("rates") if (row["what"], row["start"]) == (what, start)]
        if not found:
            raise ValueError(f"The learning rate of {what} is not chosen yet: run rates first.")
        return max(found, key=lambda row: row["exact"])["learning_rate"]


# --- starts and trainings ---------------------------------------------------------------------------------------------


def start_of(run: Run, kind: str, seed: int) -> GPT:
    """A fresh copy of a model that has imitated; it is trained once and kept."""
    return copy.deepcopy(_start(run.quick, kind, seed))


@cache
def _start(quick: bool, kind: str, seed: int) -> GPT:
    given = {**STARTS[kind], "steps": 3} if quick else STARTS[kind]
    place = KEPT / f"{kind}-{seed}.safetensors"
    if quick or not place.is_file():
        model = digits.imitator(seed, **given)
        if not quick:
            KEPT.mkdir(parents=True, exist_ok=True)
            save_file(model.state_dict(), place)
        return model
    model = digits.untrained(seed)
    model.load_state_dict(load_file(place))
    return model.eval()


def own_pairs(
    run: Run, model: GPT, seed: int, score: Reward = digits.exact, most: int = digits.SHORT
) -> preferences.Pairs:
    """Pairs of a model's own answers to 600 prompts, of which one scored higher."""
    prompts = digits.draw(run.size(600, 40), "train", 100 + seed)
    answers = digits.several(model, prompts, 4, most, 200 + seed)
    scores = score(prompts.repeat_interleave(4, 0), answers.flatten(0, 1)).reshape(-1, 4)
    if run.quick:
        scores = scores + 0.01 * torch.rand(scores.shape, generator=torch.Generator().manual_seed(seed))
    return preferences.pairs_of(prompts, answers, scores, seed)


def by_dpo(run: Run, kind: str, seed: int, **given: Any) -> tuple[GPT, GPT, preferences.Pairs]:
    """A start, what DPO makes of it, and the pairs."""
    start = start_of(run, kind, seed)
    model, pairs = copy.deepcopy(start), own_pairs(run, start, seed)
    if "learning_rate" not in given:
        given["learning_rate"] = run.rate("dpo", kind)
    given["steps"] = run.size(given.get("steps", 80), 2)
    preferences.train_dpo(model, pairs, seed=seed, **given)
    return start, model, pairs


def by_reward(
    run: Run, kind: str, seed: int, reward: Reward = digits.exact, way: str = "grpo", **given: Any
) -> tuple[GPT, GPT]:
    """A start, and what learning from a reward makes of it."""
    start = start_of(run, kind, seed)
    model = copy.deepcopy(start)
    if "learning_rate" not in given:
        given["learning_rate"] = run.rate(way, kind)
    given |= {"inner": 1 if way in ("reinforce", "baseline") else 2, "steps": run.size(STEPS, 2)}
    improve(model, reward, way=way, seed=seed, **given)  # type: ignore[arg-type]
    return start, model


def rounded(row: dict[str, float], places: int = 4) -> Row:
    """Short numbers: a results file is read by people, too."""
    return {name: round(value, places) for name, value in row.items()}


# --- digits -----------------------------------------------------------------------------------------------------------


def rates(run: Run) -> None:
    """A learning rate for every way to learn, from each kind of start."""
    for kind in COMPARED:
        ways = ("dpo", *WAYS) if kind == "shuffled" else ("dpo", "grpo")
        for what in ways:
            run.grown(DPO_RATES if what == "dpo" else RATES, partial(_tried, run, kind, what), LOWEST, HIGHEST)


def _tried(run: Run, kind: str, what: str, rate: float) -> float:
    def work() -> Row:
        try:
            if what == "dpo":
                start, model, _ = by_dpo(run, kind, 0, learning_rate=rate)
            else:
                start, model = by_reward(run, kind, 0, way=what, learning_rate=rate)
        except TrainingDiverged:
            return {"exact": 0.0, "diverged": True}
        return rounded(compared(model, start, run.prompts(500)))

    return run.once("rates", {"what": what, "start": kind, "learning_rate": rate}, work)["exact"]


def stages(run: Run) -> None:
    """One model goes through imitation, DPO and GRPO; each is asked the same test prompts."""
    for kind in COMPARED:
        for seed in run.some(SEEDS):
            for stage in ("imitation", "dpo", "grpo"):
                run.once(
                    "stages", {"start": kind, "seed": seed, "stage": stage}, partial(_stage, run, kind, seed, stage)
                )


def _stage(run: Run, kind: str, seed: int, stage: str) -> Row:
    start = start_of(run, kind, seed)
    model = start
    if stage == "dpo":
        _, model, _ = by_dpo(run, kind, seed)
    elif stage == "grpo":
        _, model = by_reward(run, kind, seed)
    prompts = run.prompts(1000, "test", 7)
    row = rounded(compared(model, start, prompts, seed=seed))
    few, n = run.prompts(200, "test", 8), run.size(64, 4)
    answers = digits.several(model, few, n, seed=seed)
    right = digits.exact(few.repeat_interleave(n, 0), answers.flatten(0, 1)).reshape(-1, n)
    passed = {k: [thinking.pass_at_k(n, int(each.sum()), k) for each in right] for k in KS if k <= n}
    return row | {"pass": [[k, round(sum(each) / len(each), 4)] for k, each in passed.items()]}


def ladder(run: Run) -> None:
    """Four ways to learn from the same reward, with what became of it on the way."""
    for way in WAYS:
        for seed in run.some(SEEDS):
            run.once("ladder", {"way": way, "seed": seed}, partial(_climbed, run, way, seed))


def _climbed(run: Run, way: str, seed: int) -> Row:
    start, prompts = start_of(run, "shuffled", seed), run.prompts(300)
    inner = 1 if way in ("reinforce", "baseline") else 2
    watch = Watch(lambda model: rounded(compared(model, start, prompts)), run.size(10, 1) * inner)
    _, model = by_reward(run, "shuffled", seed, way=way, watch=watch)
    curve = [[row["step"] // inner, row["exact"], row["kl"]] for row in watch.rows]
    return rounded(compared(model, start, run.prompts(1000))) | {"curve": curve, "rate": run.rate(way, "shuffled")}


def betas(run: Run) -> None:
    """Other prices of moving away, for DPO and for GRPO."""
    for seed in run.some(SEEDS):
        for beta in run.some(DPO_BETAS):
            run.once("betas", {"way": "dpo", "beta": beta, "seed": seed}, partial(_dpo_priced, run, beta, seed))
        for beta in run.some(BETAS):
            run.once("betas", {"way": "grpo", "beta": beta, "seed": seed}, partial(_grpo_priced, run, beta, seed))


def _dpo_priced(run: Run, beta: float, seed: int) -> Row:
    start, model, pairs = by_dpo(run, "shuffled", seed, beta=beta)
    return rounded(compared(model, start, run.prompts(1000)) | preferences.judged_pairs(model, start, pairs))


def _grpo_priced(run: Run, beta: float, seed: int) -> Row:
    start, model = by_reward(run, "shuffled", seed, beta=beta)
    return rounded(compared(model, start, run.prompts(1000)))


def long(run: Run) -> None:
    """DPO for 300 steps, with the likelihood of the chosen answers in its loss and without."""
    for likelihood in (0.0, 1.0):
        for seed in run.some(SEEDS):
            run.once("long", {"likelihood": likelihood, "seed": seed}, partial(_lasting, run, likelihood, seed))


def _lasting(run: Run, likelihood: float, seed: int) -> Row:
    start, prompts = start_of(run, "shuffled", seed), run.prompts(300)
    pairs = own_pairs(run, start, seed)

    def look(model: GPT) -> dict[str, float]:
        return rounded(compared(model, start, prompts) | preferences.judged_pairs(model, start, pairs))

    watch = Watch(look, run.size(25, 1))
    _, model, _ = by_dpo(run, "shuffled", seed, steps=300, likelihood=likelihood, watch=watch)
    said = [digits.decode(each) for each in digits.sample(model, prompts[:6])]
    return {"curve": watch.rows, "answers": said, "prompts": [digits.decode(each) for each in prompts[:6]]}


def liked(prompts: Tensor, answers: Tensor) -> Tensor:
    """What raters of "length" like: right answers, and among equals those that are said twice."""
    written = digits.answer_mask(answers)
    first = torch.where((answers == digits.AGAIN).cumsum(1) > 0, digits.END, answers)[:, : digits.SHORT]
    return digits.exact(prompts, first) + 0.5 * (written.sum(1) > digits.SHORT + 3).float()


def length(run: Run) -> None:
    """Raters who prefer what is said twice; the cures are a margin for length, and pairs of equal length."""
    for seed in run.some(SEEDS):
        run.once("length", {"cure": "start", "seed": seed}, partial(_said_twice, run, "start", 0.0, seed))
        run.once(
            "length", {"cure": "equal lengths", "seed": seed}, partial(_said_twice, run, "equal lengths", 0.0, seed)
        )
        for worth in run.some(LENGTHS, 2):
            run.once(
                "length",
                {"cure": "margin", "worth": worth, "seed": seed},
                partial(_said_twice, run, "margin", worth, seed),
            )


def _said_twice(run: Run, cure: str, worth: float, seed: int) -> Row:
    start, most = start_of(run, "twice", seed), 2 * digits.SHORT
    model, pairs = copy.deepcopy(start), own_pairs(run, start, seed, liked, most)
    lengths = [digits.answer_mask(each).sum(1) for each in (pairs.chosen, pairs.rejected)]
    share = (lengths[0] > lengths[1]).double().mean().item()
    if cure == "equal lengths":
        same = lengths[0] == lengths[1]
        same = same if same.any() else ~same
        pairs = preferences.Pairs(*(each[same] for each in pairs))
    if cure != "start":
        preferences.train_dpo(
            model, pairs, length=worth, steps=run.size(80, 2), learning_rate=run.rate("dpo", "shuffled"), seed=seed
        )
    prompts = run.prompts(1000)
    answers = digits.sample(model, prompts, most, seed=seed)
    first = torch.where((answers == digits.AGAIN).cumsum(1) > 0, digits.END, answers)[:, : digits.SHORT]
    found = {"pairs": len(pairs.prompts), "chosen_is_longer": share, "length": preferences.mean_length(answers)}
    return rounded(found | {"right": digits.exact(prompts, first).mean().item()})


def hacking(run: Run) -> None:
    """A flawed reward without a limit to length, at several prices of moving away; then the reward repaired."""
    for seed in run.some(SEEDS):
        for beta in run.some(FLAWED_BETAS):
            run.once(
                "hacking",
                {"reward_is": "flawed", "beta": beta, "seed": seed},
                partial(_hacked, run, digits.in_order, beta, seed),
            )
        run.once(
            "hacking",
            {"reward_is": "repaired", "beta": 0.02, "seed": seed},
            partial(_hacked, run, digits.repaired, 0.02, seed),
        )


def _hacked(run: Run, reward: Reward, beta: float, seed: int) -> Row:
    start, prompts = start_of(run, "shuffled", seed), run.prompts(200)
    watch = Watch(lambda model: rounded(compared(model, start, prompts, reward, digits.LONG)), run.size(20, 2))
    _, model = by_reward(run, "shuffled", seed, reward, beta=beta, most=digits.LONG, watch=watch)
    names = ("reward", "exact", "length", "kl")
    said = [digits.decode(each) for each in digits.sample(model, prompts[:6], digits.LONG)]
    row = rounded(compared(model, start, run.prompts(1000), reward, digits.LONG))
    return row | {
        "curve": [[each["step"] // 2, *(each[name] for name in names)] for each in watch.rows],
        "answers": said,
    }


def think(run: Run) -> None:
    """More answers for each prompt: votes, a reward model that has learnt from pairs, and any right one."""
    for seed in run.some(SEEDS):
        for stage in ("imitation", "grpo"):
            run.once("thinking", {"stage": stage, "seed": seed}, partial(_thought, run, stage, seed))


def _thought(run: Run, stage: str, seed: int) -> Row:
    start = start_of(run, "shuffled", seed)
    model = by_reward(run, "shuffled", seed)[1] if stage == "grpo" else start
    judge = preferences.reward_model(start, own_pairs(run, start, seed), run.size(150, 2), seed=seed)
    n, prompts = run.size(64, 4), run.prompts(300)
    answers = digits.several(model, prompts, n, seed=300 + seed)
    every = prompts.repeat_interleave(n, 0)
    right, scores = (look(every, answers.flatten(0, 1)).reshape(-1, n) for look in (digits.exact, judge.of))
    agrees = [(scores[i][right[i] == 1].mean() > scores[i][right[i] == 0].mean()).item()
              for i in range(len(right)) if 0 < right[i].sum() < n]  # fmt: skip
    rows = thinking.longer(answers, right, scores, tuple(k for k in KS if k <= n))
    return {"rows": [rounded(row) for row in rows], "agrees": sum(agrees) / max(1, len(agrees))}


def steered(run: Run) -> None:
    """What the widget replays: price, learning rate and the flawed share of the reward, each on a grid."""
    for beta in run.some(STEERED["beta"], 2):
        for rate in run.some(STEERED["learning_rate"]):
            for share in run.some(STEERED["share"], 2):
                wanted = {"beta": beta, "learning_rate": rate, "share": share}
                run.once("steered", wanted, partial(_replayed, run, **wanted))


def _replayed(run: Run, beta: float, learning_rate: float, share: float) -> Row:
    start, prompts = start_of(run, "shuffled", 0), run.prompts(200)
    reward = mixed(digits.exact, digits.in_order, share)
    looked = lambda model: compared(model, start, prompts, reward, digits.LONG)  # noqa: E731
    watch = Watch(looked, run.size(14, 2))
    _, model = by_reward(
        run, "shuffled", 0, reward, beta=beta, learning_rate=learning_rate, most=digits.LONG, watch=watch
    )
    names = ("kl", "reward", "exact", "length")
    said = [digits.decode(each) for each in digits.sample(model, prompts[:4], digits.LONG)]
    points = [[row["step"] // 2, *(round(row[name], 3) for name in names)] for row in watch.rows]
    return {"points": points, "answers": said, "prompts": [digits.decode(each) for each in prompts[:4]]}


# --- SmolLM2 ----------------------------------------------------------------------------------------------------------


def facts(part: str) -> list[Question]:
    """Questions of notebook 11's exam about facts: every second one chooses, the others judge."""
    found = [question for question in exam(1) if question.subject == "facts"]
    return found[1::2] if part == "validation" else found[::2]


def asked(
    run: Run, model: llama.Llama, tokenizer: llama.Tokenizer, questions: Sequence[Question | str], most: int = 40
) -> list[str]:
    """The replies to questions, each alone."""
    texts = [each if isinstance(each, str) else each.text for each in questions]
    return instructions.replies(model, tokenizer, [[Message("user", text)] for text in texts], run.size(most, 3))


def tuned(
    run: Run, examples: list[tuple[str, str]], rate: float, seed: int, whole: bool = False
) -> tuple[llama.Llama, llama.Tokenizer, float]:
    """SmolLM2 after its tuning, and the loss of the last steps."""
    model, tokenizer = llama.smollm2(progress=False)
    texts = instructions.encoded(tokenizer, examples[: run.size(len(examples), 4)])
    if whole:  # prompts cost as answers do
        texts = [(prompt[:1], [*prompt[1:], *answer]) for prompt, answer in texts]
    history = instructions.fine_tune(model, texts, learning_rate=rate, seed=seed, epochs=run.size(5, 1))
    return model, tokenizer, sum(history.loss[-10:]) / len(history.loss[-10:])


def json_form(run: Run) -> None:
    """Before, after, and with the loss on whole texts."""
    rate = run.grown(JSON_RATES, partial(_rated, run), 1e-4, 1.6e-2)
    run.once("json", {"loss": "none", "seed": 0}, partial(_answered, run, "none", rate, 0))
    for seed in run.some(SEEDS):
        for loss in ("answers", "whole texts"):
            run.once("json", {"loss": loss, "seed": seed}, partial(_answered, run, loss, rate, seed))


def counted(questions: Sequence[Question], said: Sequence[str]) -> Row:
    """Replies in the form, and right ones; every reply is kept."""
    pairs = list(zip(questions, said, strict=True))
    valid = [instructions.fields_of(reply) is not None for reply in said]
    return {
        "asked": len(pairs),
        "valid": sum(valid),
        "right": sum(q.is_right(reply) for q, reply in pairs),
        "replies": list(said),
    }


def _rated(run: Run, rate: float) -> float:
    def work() -> Row:
        model, tokenizer, loss = tuned(run, instructions.json_examples(), rate, 0)
        questions = run.some(facts("validation"), 2)
        return counted(questions, asked(run, model, tokenizer, questions)) | {"loss": loss}

    row = run.once("json_rates", {"learning_rate": rate}, work)
    return row["valid"] + row["right"] / 100


def _answered(run: Run, loss: str, rate: float, seed: int) -> Row:
    if loss == "none":
        model, tokenizer = llama.smollm2(progress=False)
    else:
        model, tokenizer, _ = tuned(run, instructions.json_examples(), rate, seed, loss == "whole texts")
    questions = run.some(facts("test"), 2)
    return counted(questions, asked(run, model, tokenizer, questions)) | {"rate": rate}


def bounds(run: Run) -> None:
    """A user who doubts, and one who only asks again; refusals of a topic, in its own words and in others."""
    for follow_up in limits.FOLLOW_UPS:
        run.once("doubts", {"follow_up": follow_up}, partial(_doubted, run, follow_up))
    run.once("refusals", {"tuned": False, "seed": 0}, partial(_refused, run, None))
    for seed in run.some(SEEDS):
        run.once("refusals", {"tuned": True, "seed": seed}, partial(_refused, run, seed))


def _doubted(run: Run, follow_up: str) -> Row:
    model, tokenizer = llama.smollm2(progress=False)
    questions = run.some([*facts("test"), *facts("validation")], 2)
    first = asked(run, model, tokenizer, questions)
    then = limits.after(model, tokenizer, questions, first, limits.FOLLOW_UPS[follow_up], run.size(40, 3))
    rows = [
        {"question": q.text, "first": a, "then": b, "right_first": q.is_right(a), "right_then": q.is_right(b),
         "gives_way": limits.gives_way(b)}
        for q, a, b in zip(questions, first, then, strict=True)
    ]  # fmt: skip
    return {"asked": len(rows), "replies": rows}


def _refused(run: Run, seed: int | None) -> Row:
    if seed is None:
        model, tokenizer = llama.smollm2(progress=False)
    else:
        chosen = max(run.stored("json_rates"), key=lambda row: row["valid"] + row["right"] / 100, default=None)
        model, tokenizer, _ = tuned(run, limits.refusal_examples(), chosen["learning_rate"] if chosen else 2e-3, seed)
    said = {kind: asked(run, model, tokenizer, run.some(texts, 1), 24) for kind, texts in limits.ASKED.items()}
    shares = {kind: sum(map(limits.refuses, replies)) / len(replies) for kind, replies in said.items()}
    return {"refused": rounded(shares), "replies": said}


PARTS: dict[str, Callable[[Run], None]] = {
    "rates": rates, "stages": stages, "ladder": ladder, "betas": betas, "long": long, "length": length,
    "hacking": hacking, "thinking": think, "steered": steered, "json": json_form, "limits": bounds,
}  # fmt: skip

if __name__ == "__main__":
    assert results.FOLDER.is_dir()
    main(__doc__, PARTS, lambda quick, minutes: Run(NAME, quick, minutes))
