import math

import numpy as np
import torch


def right_one_line(nats_per_token, n_tokens, n_characters):
    """Total nats, per character, divided by ln 2."""
    return nats_per_token * n_tokens / n_characters / math.log(2)


def right_log2_e(nats_per_token, n_tokens, n_characters):
    """One nat is log2(e) bits."""
    bits_per_token = nats_per_token * math.log2(math.e)
    return bits_per_token * n_tokens / n_characters


def right_characters_per_token(nats_per_token, n_tokens, n_characters):
    """By the mean length of a token in characters."""
    characters_per_token = n_characters / n_tokens
    return nats_per_token / (characters_per_token * np.log(2))


def right_perplexity(nats_per_token, n_tokens, n_characters):
    """The logarithm to base 2 of the perplexity, shared among the characters."""
    perplexity = math.exp(nats_per_token)
    return math.log2(perplexity) * n_tokens / n_characters


def right_torch(nats_per_token, n_tokens, n_characters):
    """As a torch tensor in float64."""
    total = torch.as_tensor(nats_per_token, dtype=torch.float64) * n_tokens
    return total / (torch.log(torch.tensor(2.0, dtype=torch.float64)) * n_characters)


def wrong_still_nats(nats_per_token, n_tokens, n_characters):
    """Does not turn nats into bits."""
    return nats_per_token * n_tokens / n_characters


def wrong_times_ln2(nats_per_token, n_tokens, n_characters):
    """Multiplies by ln 2 instead of dividing."""
    return nats_per_token * n_tokens / n_characters * math.log(2)


def wrong_ratio_upside_down(nats_per_token, n_tokens, n_characters):
    """Characters per token instead of tokens per character."""
    return nats_per_token / math.log(2) * n_characters / n_tokens


def wrong_per_token(nats_per_token, n_tokens, n_characters):
    """Only changes the unit: bits per token."""
    return nats_per_token / math.log(2)


def wrong_total(nats_per_token, n_tokens, n_characters):
    """The bits of the whole text, not of one character."""
    return nats_per_token * n_tokens / math.log(2)


def wrong_no_tokens(nats_per_token, n_tokens, n_characters):
    """Takes the loss for the total of the text and divides by the characters."""
    return nats_per_token / math.log(2) / n_characters


def wrong_log2_of_loss(nats_per_token, n_tokens, n_characters):
    """Takes log2 of the loss instead of changing its unit."""
    return math.log2(nats_per_token) * n_tokens / n_characters


def wrong_divided_by_2(nats_per_token, n_tokens, n_characters):
    """Divides by 2 instead of ln 2."""
    return nats_per_token * n_tokens / n_characters / 2


def wrong_log10(nats_per_token, n_tokens, n_characters):
    """Divides by log10(2)."""
    return nats_per_token * n_tokens / n_characters / math.log10(2)


def wrong_integer_division(nats_per_token, n_tokens, n_characters):
    """Divides whole numbers with //."""
    return nats_per_token / math.log(2) * (n_tokens // n_characters)


def wrong_perplexity(nats_per_token, n_tokens, n_characters):
    """Returns the perplexity per character."""
    return math.exp(nats_per_token * n_tokens / n_characters)


def wrong_one_token_less(nats_per_token, n_tokens, n_characters):
    """Counts one token less, as if the first one cost nothing."""
    return nats_per_token * (n_tokens - 1) / n_characters / math.log(2)


def wrong_rounded(nats_per_token, n_tokens, n_characters):
    """Rounds to two decimals."""
    return round(float(nats_per_token * n_tokens / n_characters / math.log(2)), 2)


def wrong_no_return(nats_per_token, n_tokens, n_characters):
    """Computes the right value but returns nothing."""
    bits = nats_per_token * n_tokens / n_characters / math.log(2)
