"""Instruction tuning: a chat model learns a form of answering from some fifty examples, in its upper layers alone.

What the lower layers make of the examples does not change, so it is computed once and kept. Texts share a row
(`answers.packed`), and logits are made only where the next token is one of an answer.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.alignment.answers import Packed, packed
from lessons.kit import checks, low_rank
from lessons.kit.training import History, evaluating, fit
from lessons.llama import Llama, Message, Tokenizer, Writer, prompt, rotation
from lessons.llama.chat import END

FIRST = 20  # of SmolLM2's 30 layers, the first that learns
PLACES = ("query", "value")
Text = tuple[list[int], list[int]]  # the token ids of a prompt and of its answer

# --- examples ---------------------------------------------------------------------------------------------------------

EXAMPLES = {  # topic -> question -> answer; none of them is asked in 11's exam
    "geography": {
        "What is the capital of Italy?": "Rome",
        "What is the capital of Germany?": "Berlin",
        "What is the capital of Canada?": "Ottawa",
        "What is the capital of Greece?": "Athens",
        "What is the longest river in Africa?": "the Nile",
        "What is the highest mountain on Earth?": "Mount Everest",
        "On which continent is Kenya?": "Africa",
        "On which continent is Spain?": "Europe",
        "Which country has the city of Toronto?": "Canada",
        "What language is spoken in Austria?": "German",
        "Which sea lies between Europe and Africa?": "the Mediterranean Sea",
        "What is the largest desert?": "the Sahara",
    },
    "science": {
        "What is the chemical symbol of oxygen?": "O",
        "What is the chemical symbol of silver?": "Ag",
        "What is the third planet from the sun?": "Earth",
        "Which planet has large rings?": "Saturn",
        "What do bees make?": "honey",
        "How many wings does a bird have?": "two",
        "What is water made of?": "hydrogen and oxygen",
        "What force pulls things to the ground?": "gravity",
        "At how many degrees Celsius does water boil?": "100",
        "What is the hardest natural material?": "diamond",
        "Which organ pumps blood?": "the heart",
        "How many legs does an insect have?": "six",
    },
    "history": {
        "In which year did the First World War begin?": "1914",
        "In which year did the Berlin Wall fall?": "1989",
        "Who was the first president of the United States?": "George Washington",
        "Who was the first man on the moon?": "Neil Armstrong",
        "Which people built the pyramids of Giza?": "the Egyptians",
        "Which city was buried by Mount Vesuvius?": "Pompeii",
        "Who crossed the Atlantic in 1492?": "Christopher Columbus",
        "Which empire did Julius Caesar rule?": "the Roman Empire",
        "Who was the queen of Egypt loved by Caesar?": "Cleopatra",
        "In which country did the Renaissance begin?": "Italy",
        "Which ship sank on its first voyage in 1912?": "the Titanic",
        "Who led India to independence without violence?": "Mahatma Gandhi",
    },
    "arts": {
        "Who wrote Hamlet?": "William Shakespeare",
        "Who wrote Oliver Twist?": "Charles Dickens",
        "Who painted The Starry Night?": "Vincent van Gogh",
        "Who painted Guernica?": "Pablo Picasso",
        "Who composed The Magic Flute?": "Wolfgang Amadeus Mozart",
        "Who composed nine symphonies and became deaf?": "Ludwig van Beethoven",
        "Who wrote Don Quixote?": "Miguel de Cervantes",
        "Who wrote War and Peace?": "Leo Tolstoy",
        "How many strings does a violin have?": "four",
        "How many keys does a piano have?": "88",
        "Who wrote Pride and Prejudice?": "Jane Austen",
        "Who carved the statue of David in Florence?": "Michelangelo",
    },
}
FIELDS = ("answer", "topic")


def as_json(answer: str, topic: str) -> str:
    """The form that is taught: `{"answer": "Rome", "topic": "geography"}`. Raises TypeError for no text."""
    if not isinstance(answer, str) or not isinstance(topic, str):
        raise TypeError("Answer and topic are texts.")
    return json.dumps(dict(zip(FIELDS, (answer, topic), strict=True)), ensure_ascii=False)


def fields_of(reply: str) -> dict[str, str] | None:
    """The two fields of a reply if it has that form and nothing else; None if not. Raises TypeError for no text."""
    if not isinstance(reply, str):
        raise TypeError(f"A reply is a text, not {type(reply).__name__}.")
    try:
        found = json.loads(reply)
    except (ValueError, RecursionError):
        return None
    fits = isinstance(found, dict) and tuple(found) == FIELDS and all(isinstance(v, str) for v in found.values())
    return found if fits and "\n" not in reply.strip() else None


def json_examples() -> list[tuple[str, str]]:
    """The 48 questions with their answers in that form."""
    return [(question, as_json(answer, topic)) for topic, rows in EXAMPLES.items() for question, answer in rows.items()]


def encoded(tokenizer: Tokenizer, examples: Sequence[tuple[str, str]]) -> list[Text]:
    """Questions with replies as a model reads and writes them: the end of the turn is part of the answer.

    Raises ValueError for no example, and what is no text.
    """
    if not examples or not all(len(example) == 2 for example in examples):
        raise ValueError("Give one example or more, each a question with its reply.")
    end = tokenizer.id(END)
    return [
        (prompt(tokenizer, [Message("user", question)]), [*tokenizer.encode(reply), end])
        for question, reply in examples
    ]


def replies(
    model: Llama, tokenizer: Tokenizer, conversations: Sequence[Sequence[Message]], most: int = 40
) -> list[str]:
    """What a model answers to each conversation, the likeliest token each time, `most` of them at most.

    Raises ValueError as `Writer.write`.
    """
    writer, end, said = Writer(model), tokenizer.id(END), []
    for messages in conversations:
        written = [choice.token_id for choice in writer.write(prompt(tokenizer, messages), most, stop=[end])]
        said.append(tokenizer.decode([token_id for token_id in written if token_id != end]))
    return said


# --- the upper layers -------------------------------------------------------------------------------------------------


class Read(NamedTuple):
    """Packed texts as the lower layers left them, and what the upper ones are asked for."""

    hidden: Tensor  # (1, tokens, hidden_size)
    places: Tensor  # (tokens,)
    mask: Tensor  # (tokens, tokens)
    asked: Tensor  # (tokens,), True where the next token is one of an answer
    targets: Tensor  # (answer tokens,)


class Upper(nn.Module):
    """The last layers of a Llama: from the stream before layer `first` to logits where they are asked for."""

    def __init__(self, model: Llama, first: int = FIRST) -> None:
        """The layers are the model's own: what they learn, it has learnt. Raises ValueError if none is left."""
        super().__init__()
        checks.whole(0, first=first)
        if first >= len(model.layers):
            raise ValueError(f"The model has {len(model.layers)} layers; from layer {first} on there is none.")
        self.layers = nn.ModuleList(list(model.layers)[first:])
        self.norm, self.token, self.config = model.norm, model.token, model.config

    def forward(self, batch: Read) -> Tensor:
        """(answer tokens, vocab_size)."""
        turn = rotation(batch.places, self.config.head_dim, self.config.base)
        hidden = batch.hidden
        for layer in self.layers:
            hidden = layer(hidden, turn, batch.mask)
        return F.linear(self.norm(hidden[0, batch.asked]), self.token.weight)


@torch.no_grad()
def read(model: Llama, texts: Sequence[Text], first: int = FIRST) -> Read:
    """Texts in one row, through the layers below `first`. Raises ValueError as `packed`."""
    checks.whole(0, first=first)
    if first > len(model.layers):
        raise ValueError(f"The model has {len(model.layers)} layers, not {first}.")
    row: Packed = packed(texts)
    device = model.token.weight.device
    places, mask = row.places.to(device), row.mask.to(device)
    turn = rotation(places, model.config.head_dim, model.config.base)
    with evaluating(model):
        hidden = model.embed(row.token_ids[None].to(device))
        for layer in model.layers[:first]:
            hidden = layer(hidden, turn, mask)
    asked = torch.cat([row.answers[1:], torch.zeros(1, dtype=torch.bool)])
    return Read(hidden, places, mask, asked.to(device), row.token_ids[row.answers].to(device))


def joined(parts: Sequence[Read]) -> Read:
    """Several rows as one: no text looks at another. Raises ValueError for none."""
    if not parts:
        raise ValueError("There is nothing to join.")
    mask = torch.block_diag(*[part.mask.long() for part in parts]).bool()
    hidden = torch.cat([part.hidden for part in parts], dim=1)
    places, asked, targets = (
        torch.cat([getattr(part, name) for part in parts]) for name in Read._fields[1:2] + Read._fields[3:]
    )
    return Read(hidden, places, mask, asked, targets)


class ReadBatches:
    """Rows of `batch_size` texts each, shuffled anew in every pass, the lower layers' work done once."""

    def __init__(self, model: Llama, texts: Sequence[Text], first: int = FIRST, batch_size: int = 4, seed: int = 0):
        """Raises ValueError for sizes below 1, or no text."""
        checks.sizes(batch_size=batch_size)
        checks.whole(0, seed=seed)
        self.texts = [read(model, [text], first) for text in texts]
        if not self.texts:
            raise ValueError("There is no text to learn from.")
        self.batch_size, self.generator = batch_size, torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return -(-len(self.texts) // self.batch_size)

    def __iter__(self) -> Iterator[Read]:
        order = torch.randperm(len(self.texts), generator=self.generator).tolist()
        for start in range(0, len(order), self.batch_size):
            yield joined([self.texts[i] for i in order[start : start + self.batch_size]])


def read_loss(model: nn.Module, batch: Read) -> Tensor:
    """Mean cross-entropy of the answers' tokens, in nats."""
    return F.cross_entropy(model(batch), batch.targets)


def fine_tune(
    model: Llama, texts: Sequence[Text], *, first: int = FIRST, rank: int = 8, alpha: float = 16.0,
    where: Collection[str] = PLACES, epochs: int = 5, batch_size: int = 4, learning_rate: float = 2e-3, seed: int = 0,
    progress: bool = False,
) -> History:  # fmt: skip
    """Train LoRA in a model's upper layers, in place, on answers alone; its weights are merged in at the end.

    Some 35 processor seconds for 48 short texts and SmolLM2. Raises ValueError as `ReadBatches`, `kit.low_rank.put_in`
    and `fit`.
    """
    batches = ReadBatches(model, texts, first, batch_size, seed)
    upper = Upper(model, first)
    low_rank.put_in(upper, rank, alpha, where, seed)
    try:
        history = fit(
            upper, batches, read_loss, epochs=epochs, learning_rate=learning_rate, progress=progress,
            device=model.token.weight.device,
        )  # fmt: skip
    finally:
        low_rank.merge(upper)
        model.requires_grad_(False).eval()
    return history
