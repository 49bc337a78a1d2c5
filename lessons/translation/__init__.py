"""Translation: from 90 seconds of training to a production translator's weights.

- `sentences`: Tatoeba's pairs as joint subwords, references, batches by length.
- `translator`: 06's encoder and decoder for languages; smoothed loss, writing with a beam, alignment.
- `recipe`: how the notebook trains it.
- `search`: greedy, beam and exhaustive search; samples and minimum Bayes risk.
- `scores`: BLEU and chrF, bootstrap.
- `marian`, `bergamot`: a production translator, from its int8 file to our layers.
- `spelling`: a packaged BART that spells words as phonemes.
- `recurrent`: Bahdanau's recurrent encoder and decoder with attention, on 06's dates.
- `drawings`: the pictures of notebook 13.
"""

from .recurrent import AdditiveAttention, RecurrentTranslator
from .scores import bleu, bootstrap, chrf, compare
from .search import Hypothesis, beam_search, exhaustive_search, greedy_search, minimum_bayes_risk
from .sentences import PairBatches, subwords, with_references
from .translator import TranslationLoss, Translator, alignment, smoothed_cross_entropy, translate

__all__ = [
    "Translator",
    "TranslationLoss",
    "smoothed_cross_entropy",
    "translate",
    "alignment",
    "subwords",
    "with_references",
    "PairBatches",
    "Hypothesis",
    "greedy_search",
    "beam_search",
    "exhaustive_search",
    "minimum_bayes_risk",
    "bleu",
    "chrf",
    "bootstrap",
    "compare",
    "AdditiveAttention",
    "RecurrentTranslator",
]
