"""Applications: one encoder, four kinds of head: entities, answers in a text, search, summaries.

- `entities`: a tag for every word, spans and their scores, two baselines.
- `answers`: where an answer begins and ends, questions made from facts, SQuAD's rules.
- `search`: BM25, vectors, approximate neighbours, two towers, what a ranking is worth.
- `summaries`: ROUGE, and sentences chosen by place, centrality or a trained scorer.
- `adapters`: a longer training in a file below 1 MB.
- `studies`: what the benchmark has stored, as the notebook shows it.
- `heads`: what the heads on every token share, and the folder that transformers loads.
"""

from .answers import AnswerFinder, Question, best_span
from .entities import EntityFinder, Span, span_scores, spans
from .search import BM25, in_batch_loss, mean_reciprocal_rank, ranks, recall_at
from .summaries import rouge, textrank

__all__ = [
    "EntityFinder",
    "Span",
    "spans",
    "span_scores",
    "AnswerFinder",
    "Question",
    "best_span",
    "BM25",
    "ranks",
    "recall_at",
    "mean_reciprocal_rank",
    "in_batch_loss",
    "rouge",
    "textrank",
]
