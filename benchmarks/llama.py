"""The longer runs of notebook 11: one change at a time, an exam, rules, passages, long texts, speed.

    python benchmarks/llama.py changes     10's GPT with one change after the other, three starts each (some 30 minutes)
    python benchmarks/llama.py rates       each at half and at twice the learning rates, on validation alone
    python benchmarks/llama.py tuned       three starts of what does better at another rate than 10's (some 10 minutes)
    python benchmarks/llama.py exam        96 questions, with the template and without
    python benchmarks/llama.py rules       four system prompts that set a rule, and the same questions without
    python benchmarks/llama.py passages    made-up facts: right passage, wrong passage, none; real ones contradicted
    python benchmarks/llama.py long        a text of more tokens than the model was trained on, read in seven ways
    python benchmarks/llama.py speed       tokens a second beside Hugging Face, interleaved; needs a quiet machine

Each writes its section of benchmarks/results/llama.json. Every answer is a row that is not asked again, so a run may be
cut off and go on later: `--minutes` stops it by itself and exits with 3. `--quick` tries each on little and writes
nothing. All answers are greedy, so they have no seeds; what varies is the questions, and intervals are over these. The
prompt with a passage was written before any answer was seen, and not tuned. Training text, learning rates and steps of
`changes` are those of notebook 10, chosen there for the GPT without a change; `rates` tells what others do for each.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.nn import functional as F

from lessons import llama
from lessons.gpt import GPT, GREEDY, causal_loss, muon_and_adamw, recipe
from lessons.kit import results
from lessons.kit.datasets import wikitext
from lessons.kit.studies import Study, main
from lessons.kit.training import fit
from lessons.llama import Cache, Chat, Llama, Tokenizer, Writer, analysis, grounded
from lessons.llama.changes import CHANGES, Changed
from lessons.llama.chat import END

NAME = "llama"
FORMS = ("chat", "completion")  # the template; a line that asks for an answer, and no template
SEEDS = (0, 1, 2)
Row = dict[str, Any]


# --- one change at a time ---------------------------------------------------------------------------------------------


def changes(run: Study) -> None:
    """10's GPT, then with the first change, with the first two, and so on: bits per character of the test plays."""
    wanted = [{"changes": n, "name": f"+ {CHANGES[n - 1]}" if n else "GPT of 10", "seed": seed}
              for seed in SEEDS[: run.size(3, 1)] for n in range(len(CHANGES) + 1)]  # fmt: skip
    wider = "+ grouped queries, as large as before"  # what grouping saves goes into the feed-forward part
    wanted += [{"changes": 4, "name": wider, "seed": seed, "width": 384} for seed in SEEDS[: run.size(3, 1)]]
    run.rows("changes", wanted, lambda row: trained(run, row["changes"], row["seed"], width=row.get("width")))


def rates(run: Study) -> None:
    """Each model at half and at twice both learning rates, one start, validation plays alone: equal tuning."""
    wanted = [{"changes": n, "factor": factor} for n in (3, 5, 2, 0, 1, 4) for factor in (0.5, 2.0)]
    run.rows("rates", wanted, lambda row: trained(run, row["changes"], 0, row["factor"], splits=("validation",)))


def tuned(run: Study) -> None:
    """Whatever does better at half or twice the rates: the best of ever farther ones, and three starts with it."""
    costs = {
        (row["changes"], 1.0): row["validation"] for row in results.rows(NAME, "changes", seed=0) if "width" not in row
    }
    costs |= {(row["changes"], row["factor"]): row["validation"] for row in results.rows(NAME, "rates")}
    for n in sorted({n for n, _ in costs}):
        grid = {factor: cost for (m, factor), cost in costs.items() if m == n}

        def cost(factor: float, n: int = n, grid: dict[float, float] = grid) -> float:
            if factor in grid:
                return -grid[factor]
            row = {"changes": n, "factor": factor}
            return -run.once("rates", row, lambda: trained(run, n, 0, factor, splits=("validation",)))["validation"]

        best = run.grown(sorted(grid), cost)
        if best != 1:
            wanted = [{"changes": n, "factor": best, "seed": seed} for seed in SEEDS[: run.size(3, 1)]]
            run.rows("tuned", wanted, lambda row: trained(run, row["changes"], row["seed"], row["factor"]))


def trained(run: Study, n_changes: int, seed: int, factor: float = 1.0, width: int | None = None,
            splits: Sequence[str] = ("validation", "test")) -> Row:  # fmt: skip
    """A training as in notebook 10; validation and test plays, and what longer contexts than the trained one do."""
    torch.manual_seed(seed)
    model = Changed(recipe.config(), CHANGES[:n_changes], width)
    same = cast(GPT, model)  # the functions of 10 ask for no more than it has
    optimizer = muon_and_adamw(same, factor * recipe.LEARNING_RATE, factor * recipe.MUON_LEARNING_RATE,
                               recipe.WEIGHT_DECAY)  # fmt: skip
    batches = recipe.batches(run.size(recipe.STEPS, 3), seed)
    start = time.process_time()
    history = fit(model, batches, causal_loss, optimizer=optimizer, warmup=recipe.WARMUP, progress=False)
    seconds = time.process_time() - start
    row = {"parameters": sum(p.numel() for p in model.parameters()), "processor_s": seconds,
           "last_loss": statistics.mean(history.loss[-50:])}  # fmt: skip
    for split in splits:
        row[split] = recipe.bits_per_character(same, split) if not run.quick else 0.0
    if model.has_turns:
        text = recipe.token_ids("validation")[0][: run.size(8193, 513)]
        row["places"] = costs_by_place(same, text, 256).tolist()
    return row


@torch.no_grad()
def costs_by_place(model: GPT, text: Tensor, context: int, block: int = 16) -> Tensor:
    """Mean bits of a token at each place of a context, in blocks: (context / block,), over the same tokens at each.

    Windows begin at every block, so a block stands once at each place; those near the ends, which do not, are left out.
    """
    windows, n = text.unfold(0, context, block), context // block
    losses = [F.cross_entropy(model(part[:, :-1]).mT, part[:, 1:], reduction="none") for part in windows.split(64)]
    costs = F.pad(torch.cat(losses) / math.log(2), (1, 0), value=math.nan)  # nobody predicts the first token
    grid = costs.view(len(windows), n, block)
    return torch.stack([grid[n - 1 - at : len(windows) - at, at].nanmean() for at in range(n)])


# --- what it knows ----------------------------------------------------------------------------------------------------


def exam(run: Study) -> None:
    """Every question in two forms: the answer, whether it is right, and the model's confidence in it."""
    model, tokenizer = llama.smollm2(progress=False)
    questions = analysis.exam()[:: run.size(1, 24)]
    by_text = {question.text: question for question in questions}

    def answered(row: Row) -> Row:
        question = by_text[row["question"]]
        reply = reply_to(model, tokenizer, question.text, row["form"])
        return {
            "right": question.is_right(reply.text),
            "confidence": reply.confidence,
            "probability": reply.probability,
            "abstains": grounded.abstains(reply.text),
            "tokens": len(reply.choices),
            "reply": reply.text,
        }

    wanted = [{"subject": question.subject, "question": question.text, "form": form}
              for form in FORMS for question in by_text.values()]  # fmt: skip
    run.rows("exam", wanted, answered)


def reply_to(model: Llama, tokenizer: Tokenizer, question: str, form: str, most: int = 32) -> llama.Reply:
    """The answer in a chat; or what follows a line that asks for an answer, up to a new line, and not none at all."""
    if form == "chat":
        return Chat(model, tokenizer).ask(question, most)
    text = f"Question: {question}\nAnswer:"
    stops = [i for i in range(len(tokenizer)) if b"\n" in tokenizer.spelt(i)] + [tokenizer.id(END)]
    anything = torch.ones(len(tokenizer), dtype=torch.bool)
    something = anything.index_fill(0, torch.tensor(stops), False)

    def begun(so_far: Sequence[int]) -> Tensor:
        return anything if so_far else something

    choices = tuple(Writer(model).write(tokenizer.encode(text), most, GREEDY, stop=stops, form=begun))
    written = [choice.token_id for choice in choices]
    finished = written[-1] in stops
    return llama.Reply(tokenizer.decode(written[:-1] if finished else written), choices, finished)


def rules(run: Study) -> None:
    """Twelve questions under each rule and without it, judged by the rule."""
    model, tokenizer = llama.smollm2(progress=False)
    questions = [question.text for question in analysis.exam() if question.subject == "facts"][:: run.size(2, 12)]

    def answered(row: Row) -> Row:
        rule, question = analysis.RULES[row["rule"]], row["question"]
        system = rule if row["given"] is True else llama.SYSTEM
        asked = f"{rule} {question}" if row["given"] == "by the user" else question
        reply = Chat(model, tokenizer, system).ask(asked, 40)
        return {"kept": analysis.obeys(row["rule"], reply.text), "reply": reply.text}

    wanted = [{"rule": rule, "given": given, "question": question}
              for rule in analysis.RULES for given in (True, False, "by the user")
              for question in questions]  # fmt: skip
    run.rows("rules", wanted, answered)


def passages(run: Study) -> None:
    """Made-up facts with the right passage, with that of another, with none; capitals, also contradicted."""
    model, tokenizer = llama.smollm2(progress=False)
    every = grounded.facts(run.size(32, 8))
    real = grounded.contradictions()[: run.size(20, 2)]
    search = grounded.Passages([fact.passage for fact in every])

    def answered(row: Row) -> Row:
        fact, other = _fact_and_other(every, real, row["question"])
        place = search.search(fact.question)[0] if row["passage"] == "found" else 0
        given = {"found": every[place].passage, "wrong": other.passage, "contradiction": fact.passage, "none": None,
                 "agreement": fact.passage.replace(fact.answer, other.answer)}  # fmt: skip
        text = grounded.asked(fact.question, given[row["passage"]], row["way_out"])
        reply = Chat(model, tokenizer).ask(text, 40)
        return {
            "says_answer": grounded.says(reply.text, fact.answer),
            "says_other": grounded.says(reply.text, other.answer),
            "abstains": grounded.abstains(reply.text),
            "confidence": reply.confidence,
            "search_is_right": every[place] == fact if row["passage"] == "found" else None,
            "reply": reply.text,
        }

    arms = [("found", True), ("found", False), ("wrong", True), ("wrong", False), ("none", False)]
    wanted = [{"passage": kind, "way_out": way_out, "question": fact.question}
              for kind, way_out in arms for fact in every]  # fmt: skip
    wanted += [{"passage": kind, "way_out": False, "question": fact.question}
               for kind in ("contradiction", "none", "agreement") for fact in real]  # fmt: skip
    run.rows("passages", wanted, answered)


def _fact_and_other(
    every: Sequence[grounded.Fact], real: Sequence[grounded.Fact], question: str
) -> tuple[grounded.Fact, grounded.Fact]:
    """The fact of a question, and the next one of its kind; of a real capital, the true one."""
    for place, fact in enumerate(real):
        if fact.question == question:
            truth = list(grounded.CAPITALS.values())[place][0]
            return fact, grounded.Fact("capital", question, truth, "")
    place = next(place for place, fact in enumerate(every) if fact.question == question)
    kinds = len(grounded.TEMPLATES)
    return every[place], every[(place + kinds) % len(every)]


# --- long texts -------------------------------------------------------------------------------------------------------


class Way(NamedTuple):
    """How a text is read: from which token to which, what is looked at, how many times slower the hands turn."""

    start: int
    end: int
    window: int = 0  # 0: no window
    sinks: int = 0
    slower: float = 1.0
    base_times: float = 1.0


def long(run: Study) -> None:
    """One text, read in several ways; the same tokens are compared. Bits of each, in groups by their place in it."""
    model, tokenizer = llama.smollm2(progress=False)
    n = run.size(12_288, 768)
    text = torch.tensor(tokenizer.encode("\n".join(wikitext().test))[: n + 1])
    trained_on, short, part = run.size(8192, 512), run.size(4096, 512), run.size(512, 256)
    width = run.size(1024, 256)
    # Read from `n - trained_on` on, the last tokens stand within the trained length: the control for what the text is.
    # With a window and four sinks, places go past that length, and of distances only those to the sinks.
    ways = {
        "all before it": Way(0, n), "begun later": Way(n - trained_on, n),
        "window of the trained length": Way(0, n, trained_on - 4, 4),
        "half as fast": Way(0, n, slower=2.0), "base four times": Way(0, n, base_times=4.0),
        "window of 1024": Way(0, short, width), "window of 1020 and 4 sinks": Way(0, short, width - 4, 4),
    }  # fmt: skip

    def read(row: Row) -> Row:
        way = ways[row["way"]]
        groups = costs_along(model, text[way.start : way.end + 1], way, part).split(part)
        return {
            "places": [way.start + part * (at + 1) for at in range(len(groups))],
            "bits": [group.mean().item() for group in groups],
        }

    run.rows("long", [{"way": way} for way in ways], read)


@torch.no_grad()
def costs_along(model: Llama, text: Tensor, way: Way, at_once: int = 512) -> Tensor:
    """Bits of each token but the first, read in parts with a cache: (tokens − 1,)."""
    usual, config, found, cache = (model.mask, model.turns), model.config, [], Cache(model.config)

    def turns(start: int, n: int) -> llama.Rotation:
        places = torch.arange(start, start + n) / way.slower
        return llama.rotation(places, config.head_dim, config.base * way.base_times)

    model.turns = turns  # type: ignore[method-assign]
    if way.window:
        model.mask = lambda start, n: analysis.window_mask(start, n, way.window, way.sinks)  # type: ignore[method-assign]
    try:
        for part, wanted in zip(text[:-1].split(at_once), text[1:].split(at_once), strict=True):
            logits = model(part[None], cache)[0]
            found.append(F.cross_entropy(logits, wanted, reduction="none") / math.log(2))
    finally:
        model.mask, model.turns = usual  # type: ignore[method-assign]
    return torch.cat(found)


# --- speed ------------------------------------------------------------------------------------------------------------


def speed(run: Study) -> None:
    """100 tokens behind a prompt, ours and Hugging Face's in turns; the rate at which memory can be read."""
    model, tokenizer = llama.smollm2(progress=False)
    theirs = hugging_face(model)
    start = llama.prompt(tokenizer, [llama.Message("user", "Write a story about a lighthouse.")])
    n, rounds, ids = run.size(100, 5), run.size(5, 1), torch.tensor([start])
    settings = {"attention_mask": torch.ones_like(ids), "do_sample": False, "pad_token_id": 2, "eos_token_id": None}
    jobs: dict[str, Callable[[], object]] = {
        "ours": lambda: list(Writer(model).write(start, n)),
        "ours, bare": lambda: bare(model, start, n),
        "Hugging Face": lambda: theirs.generate(ids, max_new_tokens=n, **settings),
    }  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in jobs}
    rates: list[float] = []
    for at in range(rounds + 1):
        for name, job in [*jobs.items()][at % 3 :] + [*jobs.items()][: at % 3]:
            times[name].append(seconds(job))
        rates.append(read_rate())
    rows: list[Row] = []
    for name, found in times.items():
        row: Row = {"name": name, "tokens_a_second": n / statistics.median(found[1:])}  # the first round warms up
        row["ratio"] = statistics.median(b / a for a, b in zip(found[1:], times["Hugging Face"][1:], strict=True))
        rows.append(row)
        print(row)
    weight_bytes = sum(parameter.nbytes for parameter in model.parameters())
    values = {"tokens": n, "rounds": rounds, "threads": torch.get_num_threads(), "weight_bytes": weight_bytes,
              "bytes_a_second": statistics.median(rates[1:]), "rows": rows}  # fmt: skip
    print({name: value for name, value in values.items() if name != "rows"})
    if not run.quick:
        results.save(NAME, "speed", values)


@torch.no_grad()
def bare(model: Llama, start: Sequence[int], n: int) -> list[int]:
    """A greedy loop and nothing else: no probabilities, no alternatives."""
    cache, new, written = Cache(model.config), torch.tensor([list(start)]), []
    for _ in range(n):
        new = model(new, cache, last=True)[:, -1].argmax(-1, keepdim=True)
        written.append(int(new))
    return written


def seconds(job: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def read_rate(n_bytes: int = 512_000_000) -> float:
    """Bytes a second when a matrix far larger than any cache is multiplied by one vector."""
    matrix = torch.ones(n_bytes // 4 // 1024, 1024)
    vector = torch.ones(1024)
    matrix @ vector
    return n_bytes / min(seconds(lambda: matrix @ vector) for _ in range(5))


def hugging_face(model: Llama) -> Any:
    """Hugging Face's Llama on the same tensors, as its users get it."""
    from transformers import LlamaConfig, LlamaForCausalLM

    from lessons.llama.model import to_hugging_face

    c = model.config
    config = LlamaConfig(
        vocab_size=c.vocab_size, hidden_size=c.hidden_size, num_hidden_layers=c.n_layers, num_attention_heads=c.n_heads,
        num_key_value_heads=c.n_key_heads, intermediate_size=c.intermediate_size, rms_norm_eps=c.epsilon,
        max_position_embeddings=c.max_length, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2,
        rope_parameters={"rope_type": "default", "rope_theta": c.base},
    )  # fmt: skip
    theirs = LlamaForCausalLM(config)
    theirs.load_state_dict(to_hugging_face(model.state_dict()))
    return theirs.eval()


PARTS: dict[str, Callable[[Study], None]] = {
    "changes": changes, "rates": rates, "tuned": tuned, "exam": exam, "rules": rules, "passages": passages,
    "long": long, "speed": speed,
}  # fmt: skip

if __name__ == "__main__":
    main(__doc__, PARTS, partial(Study, NAME))
