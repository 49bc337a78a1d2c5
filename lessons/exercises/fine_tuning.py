"""The exercises of notebook 08, fine-tuning.

Each follows the same order: the inputs that an attempt must survive, the solution, the mistakes that people make, and
the exercise that ties them together with an independent reference.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number

# --- padding and the attention mask -----------------------------------------------------------------------------------


def _token_lists(rng: Generator) -> Iterator[tuple[list[list[int]], int]]:
    for lengths, pad_id in (((3, 1, 4), 0), ((2, 5), 7), ((4,), 0), ((2, 2), 1), ((1, 6, 3, 2), 9)):
        yield [rng.integers(10, 99, size=length).tolist() for length in lengths], pad_id
    yield [[5, 0, 8], [0, 6], [3]], 0  # a real token whose id is that of the padding


def pad_batch(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Lists of token ids -> (token_ids, attention_mask), both (batch, tokens) of integers; 1 marks a real token.

    Shorter lists are filled up on the right with `pad_id`, to the length of the longest.
    """
    longest = max(map(len, token_lists))
    token_ids = [tokens + [pad_id] * (longest - len(tokens)) for tokens in token_lists]
    attention_mask = [[1] * len(tokens) + [0] * (longest - len(tokens)) for tokens in token_lists]
    return torch.tensor(token_ids), torch.tensor(attention_mask)


@mistake("Your mask is upside down: 1 marks a real token, which may be attended to, and 0 marks padding.")
def _mask_inverted(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, attention_mask = pad_batch(token_lists, pad_id)
    return token_ids, 1 - attention_mask


@mistake("You padded on the left. BERT expects [CLS] at position 0 in every row: put the padding behind the tokens.")
def _padded_on_the_left(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    flipped = pad_batch([tokens[::-1] for tokens in token_lists], pad_id)
    return flipped[0].flip(1), flipped[1].flip(1)


@mistake("You took the mask from `token_ids != pad_id`, which hides a real token with that id. Use the lengths.")
def _mask_from_ids(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    token_ids, _ = pad_batch(token_lists, pad_id)
    return token_ids, (token_ids != pad_id).long()


@mistake("You filled up with 0, whatever `pad_id` is. Other tokenizers have another padding id (RoBERTa's is 1).")
def _padded_with_zero(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    return pad_batch(token_lists, 0)


@mistake("You cut every list to the shortest one. Nothing may be lost: fill the others up to the longest.")
def _cut_to_the_shortest(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    shortest = min(map(len, token_lists))
    return pad_batch([tokens[:shortest] for tokens in token_lists], pad_id)


def _pad_with_torch(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    rows = [torch.tensor(tokens) for tokens in token_lists]
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=pad_id), mask


PAD_BATCH = CodeExercise(
    id="fine_tuning.pad_batch",
    title="One rectangle out of ragged sentences",
    stars=1,
    minutes=10,
    task="Turn sentences of different lengths into one tensor of token ids and the mask that tells the two apart.",
    hints=[
        "How long is the longest list? Every other one lacks the difference.",
        "In Python, `[pad_id] * n` is a list of n paddings, and `+` joins two lists.",
        "The mask of one sentence is `[1] * len(tokens)` followed by zeros. It does not look at the ids at all.",
    ],
    solution=pad_batch,
    reference=_pad_with_torch,
    inputs=_token_lists,
    mistakes=[_mask_inverted, _padded_on_the_left, _mask_from_ids, _padded_with_zero, _cut_to_the_shortest],
)

# --- the learning rate over the steps ---------------------------------------------------------------------------------


def _steps(rng: Generator) -> Iterator[tuple[int, int, int, float]]:
    for warmup_steps, total_steps in ((10, 100), (0, 20), (3, 8), (int(rng.integers(2, 50)), 200)):
        peak = float(rng.uniform(1e-5, 1e-3))
        for step in {0, 1, warmup_steps, warmup_steps + 2, total_steps - 1, total_steps, total_steps + 5}:
            yield step, warmup_steps, total_steps, peak


def linear_warmup_decay(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    """The learning rate at a step: 0 at step 0, up to `peak` at `warmup_steps`, down to 0 at `total_steps` and after.

    Both slopes are straight lines. With `warmup_steps` 0 it starts at the peak.
    """
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * max(0.0, (total_steps - step) / (total_steps - warmup_steps))


@mistake("There is no warm-up: your rate starts at the peak, where the new head still sends large random gradients.")
def _no_warmup(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * max(0.0, (total_steps - step) / total_steps)


@mistake("Your decay counts from step 0, so the rate jumps down when the warm-up ends. Count from `warmup_steps`.")
def _decay_from_zero(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (step / warmup_steps if step < warmup_steps else max(0.0, 1 - step / total_steps))


@mistake("After `total_steps` your rate is negative, and training would climb the loss. Hold it at 0.")
def _below_zero(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (step / warmup_steps if step < warmup_steps else (total_steps - step) / (total_steps - warmup_steps))


@mistake("`//` rounds down to a whole number, here to 0. Divide with `/`.")
def _whole_numbers(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * (step // warmup_steps)
    return peak * max(0, (total_steps - step) // (total_steps - warmup_steps))


@mistake("You are one step ahead: step 0 has the rate 0, and step `warmup_steps` has the peak.")
def _one_step_ahead(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step + 1, warmup_steps, total_steps, peak)


@mistake("Your decay counts from step 0, and is negative after `total_steps`. Count from `warmup_steps`; stop at 0.")
def _decay_from_zero_below_zero(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * (step / warmup_steps if step < warmup_steps else 1 - step / total_steps)


@mistake("You gave the share of the peak. Multiply it by `peak`.")
def _share(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step, warmup_steps, total_steps, 1.0)


@mistake("Your warm-up is one step ahead: it starts at 0 in step 0.")
def _warmup_one_step_ahead(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return linear_warmup_decay(step + (step < warmup_steps), warmup_steps, total_steps, peak)


@mistake("You hold the peak after the warm-up. Let the rate fall in a straight line to 0 at `total_steps`.")
def _no_decay(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    return peak * min(1.0, step / warmup_steps if warmup_steps else 1.0)


@mistake("With warmup_steps = 0 there is nothing to climb: the rate at step 0 is the peak. You gave 0.")
def _zero_without_warmup(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    left = (total_steps - step) / (total_steps - warmup_steps)
    return peak * max(0.0, min(step / max(1, warmup_steps), left))


def _interpolated(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    steps, rates = ([0, warmup_steps, total_steps], [0, peak, 0]) if warmup_steps else ([0, total_steps], [peak, 0])
    return float(np.interp(step, steps, rates))


LINEAR_WARMUP_DECAY = CodeExercise(
    id="fine_tuning.linear_warmup_decay",
    title="Warm up, then cool down",
    stars=1,
    minutes=10,
    task="Write the learning-rate schedule that BERT was trained with (Devlin et al. 2019, appendix A.2).",
    hints=[
        "Draw it: two straight lines that meet at the peak. Which two points does each line join?",
        "Before the peak the share of the peak is step / warmup_steps.",
        "After the peak, (total_steps − step) steps are left of (total_steps − warmup_steps). Never fewer than none.",
    ],
    solution=linear_warmup_decay,
    reference=_interpolated,
    inputs=_steps,
    mistakes=[
        _no_warmup,
        _decay_from_zero,
        _decay_from_zero_below_zero,
        _below_zero,
        _whole_numbers,
        _one_step_ahead,
        _warmup_one_step_ahead,
        _share,
        _no_decay,
        _zero_without_warmup,
    ],
)

# --- the decision threshold -------------------------------------------------------------------------------------------


def _costly_answers(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    for examples, miss_cost in ((12, 1.0), (20, 5.0), (20, 0.25), (30, 10.0)):
        labels = torch.from_numpy(rng.integers(2, size=examples))
        noise = torch.from_numpy(rng.normal(size=examples))
        yield labels, torch.sigmoid(1.5 * labels - 0.75 + noise), miss_cost
    yield torch.tensor([1]), torch.tensor([0.3]), 2.0  # a single text
    yield torch.tensor([0, 0, 0]), torch.tensor([0.2, 0.9, 0.4]), 3.0  # no text of label 1: one false alarm at best
    yield torch.tensor([0, 1, 0, 1, 1]), torch.tensor([0.4, 0.4, 0.6, 0.6, 0.9]), 1.0  # equal probabilities
    yield torch.tensor([1, 0, 1, 0, 1]), torch.tensor([0.1, 0.3, 0.5, 0.7, 0.9]), 1.0  # three thresholds cost the same
    yield torch.tensor([1, 0, 0, 1]), torch.tensor([0.02, 0.01, 0.03, 0.04]), 1.0  # all far below 0.5
    yield torch.tensor([0, 1, 0, 0]), torch.tensor([0.9, 0.2, 0.8, 0.7]), 0.5  # best at a text of label 0
    yield torch.tensor([1, 0, 0, 0, 1]), torch.tensor([0.5, 0.5, 0.5, 0.5, 0.8]), 1.0  # a tie cannot be split


def _costs(labels: Tensor, probabilities: Tensor, miss_cost: float, thresholds: Tensor) -> Tensor:
    says_one = probabilities >= thresholds[:, None]  # (thresholds, n)
    alarms = (says_one & (labels == 0)).sum(1)
    misses = (~says_one & (labels == 1)).sum(1)
    return alarms + miss_cost * misses


def cheapest_threshold(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    """The cheapest of the probabilities as a threshold: labels (n,), probabilities (n,) of label 1 -> a number.

    The answer is 1 where the probability is at least the threshold; a false alarm costs 1, a miss `miss_cost`. Of
    equally cheap thresholds it is the lowest.
    """
    best, best_cost = 1.0, float("inf")
    for threshold in sorted(probabilities.tolist()):
        says_one = probabilities >= threshold
        alarms = (says_one & (labels == 0)).sum().item()
        misses = (~says_one & (labels == 1)).sum().item()
        if alarms + miss_cost * misses < best_cost:
            best, best_cost = threshold, alarms + miss_cost * misses
    return best


@mistake("You counted both mistakes alike. A miss costs `miss_cost`, a false alarm 1.")
def _most_accurate(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return cheapest_threshold(labels, probabilities, 1.0)


@mistake("You gave the price of a miss to the false alarms. A miss is an answer of 0 where the truth is 1.")
def _costs_swapped(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    says_one = probabilities >= thresholds[:, None]
    cost = miss_cost * (says_one & (labels == 0)).sum(1) + (~says_one & (labels == 1)).sum(1)
    return thresholds[cost.argmin()].item()


@mistake(
    "You said 1 only where the probability is *above* the threshold. At the threshold itself the answer is 1, too."
)
def _above(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    says_one = probabilities > thresholds[:, None]
    cost = (says_one & (labels == 0)).sum(1) + miss_cost * (~says_one & (labels == 1)).sum(1)
    return thresholds[cost.argmin()].item()


@mistake("Of equally cheap thresholds you gave the highest. Keep the first one if you go upwards: compare with `<`.")
def _highest_of_equals(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort(descending=True).values
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmin()].item()


@mistake("You gave the cost. Give the threshold that has it.")
def _the_cost(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return _costs(labels, probabilities, miss_cost, probabilities).min().item()


@mistake("You gave the most expensive threshold. Look for the smallest cost.")
def _dearest(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = probabilities.sort().values
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmax()].item()


@mistake("1 / (1 + miss_cost) is best if the probabilities are exactly right. Yours are not: count on the data.")
def _from_theory(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return 1 / (1 + miss_cost)


@mistake("You tried round thresholds only. Try the given probabilities: between two of them no answer changes.")
def _on_a_grid(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    thresholds = torch.arange(0, 101) / 100
    return thresholds[_costs(labels, probabilities, miss_cost, thresholds).argmin()].item()


@mistake("You gave the place of the threshold in the list. Give the probability that stands there.")
def _the_index(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    return float(_costs(labels, probabilities, miss_cost, probabilities).argmin())


def _cheapest_of_the_table(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    p, y = probabilities.numpy(), labels.numpy()
    table = [(((p >= t) * (y == 0)).sum() + miss_cost * ((p < t) * (y == 1)).sum(), float(t)) for t in p]
    return min(table)[1]


CHEAPEST_THRESHOLD = CodeExercise(
    id="fine_tuning.cheapest_threshold",
    title="The cheapest threshold",
    stars=2,
    minutes=15,
    task="Choose the probability from which on the answer is 1, when a miss and a false alarm do not cost the same.",
    hints=[
        "Which thresholds need trying? Between two neighbouring probabilities no answer changes.",
        "For one threshold: `says_one = probabilities >= threshold`. Count the false alarms and the misses.",
        "Go through the sorted probabilities, and keep a threshold only if its cost is *smaller* than the best so far.",
    ],
    solution=cheapest_threshold,
    reference=_cheapest_of_the_table,
    inputs=_costly_answers,
    mistakes=[
        _most_accurate,
        _costs_swapped,
        _above,
        _highest_of_equals,
        _the_cost,
        _dearest,
        _from_theory,
        _on_a_grid,
        _the_index,
    ],
    remark="If the probabilities were exactly right, the best threshold would be 1 / (1 + miss_cost) without any data.",
)

# --- macro F1 ---------------------------------------------------------------------------------------------------------


def _labels_and_predictions(rng: Generator) -> Iterator[tuple[Tensor, Tensor, int]]:
    for examples, n_labels in ((12, 2), (30, 3), (20, 6)):
        labels = torch.from_numpy(
            rng.choice(n_labels, size=examples, p=np.arange(1, n_labels + 1) / (n_labels * (n_labels + 1) / 2))
        )
        noise = torch.from_numpy(rng.integers(n_labels, size=examples))
        yield labels, torch.where(torch.from_numpy(rng.random(examples) < 0.6), labels, noise), n_labels
    yield torch.tensor([0, 0, 0, 1, 1, 2]), torch.tensor([0, 0, 0, 0, 1, 1]), 3  # nothing predicted as 2
    yield torch.tensor([0, 1, 1, 0]), torch.tensor([0, 1, 3, 0]), 4  # 2 occurs nowhere, 3 only as a prediction


def macro_f1(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    """Mean F1 over the labels 0 ... n_labels − 1: labels (examples,), predictions (examples,) -> number from 0 to 1.

    F1 = 2 TP / (2 TP + FP + FN), and 0 for a label without a true positive.
    """
    scores = []
    for label in range(n_labels):
        true_positives = ((predictions == label) & (labels == label)).sum().item()
        predicted, actual = (predictions == label).sum().item(), (labels == label).sum().item()
        scores.append(2 * true_positives / max(1, predicted + actual))
    return sum(scores) / n_labels


@mistake("This is the accuracy (micro F1): a frequent label weighs more. Score each label, then take the mean.")
def _micro(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return (labels == predictions).double().mean().item()


def _precision_and_recall(labels: Tensor, predictions: Tensor, n_labels: int) -> tuple[np.ndarray, np.ndarray]:
    each = np.arange(n_labels)[:, None]
    predicted, actual = predictions.numpy() == each, labels.numpy() == each  # (labels, examples)
    hits = (predicted & actual).sum(1)
    return hits / np.maximum(1, predicted.sum(1)), hits / np.maximum(1, actual.sum(1))


@mistake(
    "You averaged precision and recall over the labels and took one F1 of those. Take each label's F1, then the mean."
)
def _f1_of_means(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    precision, recall = (part.mean() for part in _precision_and_recall(labels, predictions, n_labels))
    return float(2 * precision * recall / (precision + recall))


@mistake("A label that is never right gives 0 / 0. Its F1 is 0 by definition; guard the division.")
def _nan_for_a_missing_label(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    precision, recall = _precision_and_recall(labels, predictions, n_labels)
    return float(np.mean(2 * precision * recall / (precision + recall)))


@mistake("A label that is neither truth nor answer gives 0 / 0. Its F1 is 0 by definition; guard the division.")
def _nan_for_an_absent_label(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    each = np.arange(n_labels)[:, None]
    predicted, actual = predictions.numpy() == each, labels.numpy() == each
    return float(np.mean(2 * (predicted & actual).sum(1) / (predicted.sum(1) + actual.sum(1))))


@mistake("You took the plain mean of precision and recall. F1 is their harmonic mean, which the smaller one rules.")
def _arithmetic_mean(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(np.mean(np.add(*_precision_and_recall(labels, predictions, n_labels)) / 2))


@mistake("You weighted each label by how often it occurs. In macro F1 a rare label counts as much as a frequent one.")
def _weighted(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    precision, recall = _precision_and_recall(labels, predictions, n_labels)
    f1 = 2 * precision * recall / np.maximum(1e-12, precision + recall)
    return float(f1 @ np.bincount(labels.numpy(), minlength=n_labels) / len(labels))


@mistake(
    "You left out labels that do not occur. Here every label from 0 to n_labels − 1 counts, with 0 if never right."
)
def _without_absent_labels(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    precision, recall = _precision_and_recall(labels, predictions, n_labels)
    f1 = 2 * precision * recall / np.maximum(1e-12, precision + recall)
    return float(f1[np.bincount(labels.numpy(), minlength=n_labels) > 0].mean())


@mistake("This is the mean recall: sentences that were wrongly given a label (FP) do not lower it. F1 counts them.")
def _recall_alone(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    return float(_precision_and_recall(labels, predictions, n_labels)[1].mean())


def _f1_of_sklearn(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(labels, predictions, labels=range(n_labels), average="macro", zero_division=0))


MACRO_F1 = CodeExercise(
    id="fine_tuning.macro_f1",
    title="A score in which rare labels count",
    stars=2,
    minutes=15,
    task="Accuracy hides a label that a classifier never finds. Write macro F1, which does not.",
    hints=[
        "For one label: how often was it predicted, how often is it the truth, and how often both?",
        "predicted = TP + FP and actual = TP + FN, so F1 = 2 TP / (predicted + actual).",
        "Where predicted + actual is 0 there is no true positive either: dividing by `max(1, ...)` gives 0.",
    ],
    solution=macro_f1,
    reference=_f1_of_sklearn,
    inputs=_labels_and_predictions,
    mistakes=[
        _micro,
        _f1_of_means,
        _nan_for_a_missing_label,
        _nan_for_an_absent_label,
        _arithmetic_mean,
        _weighted,
        _without_absent_labels,
        _recall_alone,
    ],
)

# --- a number, and three questions ------------------------------------------------------------------------------------

PADDING_SHARE = NumberExercise(
    id="fine_tuning.padding_share",
    title="How much of a batch is padding?",
    stars=1,
    minutes=3,
    task="Four sentences of 4, 6, 7 and 15 tokens are padded to the longest. Which share (0 to 1) of it is padding?",
    hints=[
        "The batch is a rectangle of 4 rows. How many columns does it have?",
        "4 × 15 places, 4 + 6 + 7 + 15 real tokens.",
    ],
    solution=1 - 32 / 60,
    working="1 - (4 + 6 + 7 + 15) / (4 * 15)",
    tolerance=0.005,
    mistakes=[
        wrong_number(32 / 60, "This is the share of real tokens. The padding is the rest."),
        wrong_number(
            28 / 32, "You compared the padding with the real tokens. The share is of all places in the batch."
        ),
        wrong_number(28.0, "You counted the padding. Divide it by the number of places in the batch."),
        wrong_number(46.67, "That is in per cent. Give a share between 0 and 1: 0.467."),
        wrong_number(46.7, "That is in per cent. Give a share between 0 and 1, as 0.467 is."),
        wrong_number(47.0, "That is in per cent, and rounded. Give a share between 0 and 1."),
    ],
    remark="Nearly half of the arithmetic would be spent on nothing, which is why batches are sorted by length.",
)

QUIZ_NEW_HEAD = Quiz(
    id="fine_tuning.quiz_new_head",
    title="The first loss",
    task="A pretrained BERT gets a new two-label head. What is its mean loss before the first training step?",
    hints=["What has the head learnt so far?", "With no opinion, both labels get a probability of about 1/2."],
    options=[
        wrong(
            "About 0: the model is pretrained.", "The encoder is pretrained, the head is not: its weights are random."
        ),
        right("About 0.69, or ln 2.", "The head is random and small, so both labels get about 1/2, and −ln ½ = 0.69."),
        wrong("About 0.5, like its accuracy.", "The accuracy is about 0.5; the loss is −ln of the probability, 0.69."),
        wrong(
            "It cannot be said; the logits may be anything.", "Small random weights give logits near 0, in every run."
        ),
    ],
)

QUIZ_BUCKETS = Quiz(
    id="fine_tuning.quiz_buckets",
    title="What sorting by length buys",
    task="Batches are made of sentences of similar length instead of random ones. What changes most?",
    hints=["Which places of a batch are computed and then ignored?", "The mask keeps padding out of the result."],
    options=[
        wrong("The accuracy, because padding confuses the model.", "The mask hides padding: the result is the same."),
        wrong(
            "Memory only: the masked places are skipped.", "Masked places are computed like all others, then ignored."
        ),
        right("The time of an epoch.", "Less padding, less arithmetic: the same steps take about half the time here."),
        wrong("The number of steps in an epoch.", "The batches hold as many sentences as before, so the steps stay."),
    ],
)

QUIZ_TEST_SPLIT = Quiz(
    id="fine_tuning.quiz_test_split",
    title="When the test split may be used",
    task="You tried five learning rates. Where do you pick the best, and how often do you look at the test split?",
    hints=["Which data played no part in any choice?", "The best of five noisy scores is higher than its own mean."],
    options=[
        wrong(
            "Pick on the test split: it is the one that counts.",
            "Then the winner's score is partly luck, and is reported as skill.",
        ),
        wrong("Pick on the training split, then test once.", "Training data favours the rate that memorises fastest."),
        wrong(
            "Pick on validation, and test all five.",
            "Five looks tempt you to report the luckiest, which is a choice made on test.",
        ),
        right(
            "Pick on validation, and test the winner once.", "Only then has the test split played no part in a choice."
        ),
    ],
)
