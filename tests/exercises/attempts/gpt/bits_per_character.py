"""Attempts at bits_per_character, written from the task's text alone."""

import cmath
import math
import operator
from fractions import Fraction
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F


def right_one_line(nats_per_token, n_tokens, n_characters):
    """All in one line."""
    return nats_per_token * n_tokens / (n_characters * math.log(2))


def right_step_by_step(nats_per_token, n_tokens, n_characters):
    """The nats of the text, its bits, the bits for each character."""
    nats = nats_per_token * n_tokens
    bits = nats / math.log(2)
    return bits / n_characters


def right_log2_e(nats_per_token, n_tokens, n_characters):
    """A nat is log2(e) bits."""
    bits_per_token = nats_per_token * math.log2(math.e)
    return bits_per_token * (n_tokens / n_characters)


def right_numpy(nats_per_token, n_tokens, n_characters):
    """With NumPy; a NumPy number comes back."""
    return np.float64(nats_per_token) / np.log(2) * np.float64(n_tokens) / np.float64(n_characters)


def right_torch(nats_per_token, n_tokens, n_characters):
    """With torch; a tensor of shape () comes back."""
    nats = torch.as_tensor(nats_per_token, dtype=torch.float64)
    return nats / torch.log(torch.tensor(2.0, dtype=torch.float64)) * n_tokens / n_characters


def right_by_perplexity(nats_per_token, n_tokens, n_characters):
    """The perplexity of a token, of which the logarithm to base 2 is taken."""
    perplexity = math.exp(nats_per_token)
    return math.log2(perplexity) * n_tokens / n_characters


def right_characters_per_token(nats_per_token, n_tokens, n_characters):
    """Divides by the number of characters of a mean token."""
    characters_per_token = n_characters / n_tokens
    return float(nats_per_token) / characters_per_token / math.log(2.0)


def right_token_by_token(nats_per_token, n_tokens, n_characters):
    """A loop over the tokens, each of which pays its bits."""
    bits = 0.0
    for _ in range(int(n_tokens)):
        bits += float(nats_per_token) / math.log(2)
    return bits / int(n_characters)


def right_fraction(nats_per_token, n_tokens, n_characters):
    """Tokens for each character as an exact fraction."""
    ratio = Fraction(int(n_tokens), int(n_characters))
    return float(ratio) * float(nats_per_token) / math.log(2)


def right_known_constant(nats_per_token, n_tokens, n_characters):
    """With the constant 1.442695 from memory."""
    return nats_per_token * 1.4426950408889634 * n_tokens / n_characters


def right_probability_of_a_character(nats_per_token, n_tokens, n_characters):
    """The mean probability of a character, and minus its logarithm to base 2."""
    probability = np.exp(-float(nats_per_token) * float(n_tokens) / float(n_characters))
    return -np.log2(probability)


def right_array_without_axes(nats_per_token, n_tokens, n_characters):
    """A NumPy array of shape () comes back."""
    factors = [float(nats_per_token), float(n_tokens), 1 / float(n_characters), np.log2(np.e)]
    return np.array(reduce(lambda a, b: a * b, factors))


def wrong_times_log_2(nats_per_token, n_tokens, n_characters):
    """Multiplies with ln 2 where it should divide."""
    return nats_per_token * math.log(2) * n_tokens / n_characters


def wrong_still_nats(nats_per_token, n_tokens, n_characters):
    """Nats for each character: the unit was not changed."""
    return nats_per_token * n_tokens / n_characters


def wrong_still_per_token(nats_per_token, n_tokens, n_characters):
    """Bits for each token: the characters were forgotten."""
    return nats_per_token / math.log(2)


def wrong_ratio_upside_down(nats_per_token, n_tokens, n_characters):
    """Multiplies with the characters for each token instead of dividing."""
    return nats_per_token / math.log(2) * n_characters / n_tokens


def wrong_log10(nats_per_token, n_tokens, n_characters):
    """Takes the logarithm of 2 to base 10."""
    return nats_per_token / math.log10(2) * n_tokens / n_characters


def wrong_whole_characters_per_token(nats_per_token, n_tokens, n_characters):
    """Rounds the characters for each token down with //."""
    return nats_per_token / math.log(2) / (n_characters // n_tokens)


def wrong_four_characters_a_token(nats_per_token, n_tokens, n_characters):
    """Takes a token for 4 characters, as they say of English."""
    return nats_per_token / math.log(2) / 4


def wrong_log2_of_the_loss(nats_per_token, n_tokens, n_characters):
    """Takes the logarithm to base 2 of the loss itself."""
    return math.log2(nats_per_token) * n_tokens / n_characters


def wrong_perplexity_per_character(nats_per_token, n_tokens, n_characters):
    """Goes one step on, to the perplexity of a character."""
    return 2 ** (nats_per_token / math.log(2) * n_tokens / n_characters)


def wrong_bytes(nats_per_token, n_tokens, n_characters):
    """Divides by 8, which gives bytes for each character."""
    return nats_per_token / math.log(2) * n_tokens / n_characters / 8


def wrong_rounded(nats_per_token, n_tokens, n_characters):
    """Rounds to two places."""
    return round(float(nats_per_token * n_tokens / n_characters / math.log(2)), 2)


def wrong_whole_text(nats_per_token, n_tokens, n_characters):
    """The bits of the whole text, not of one character."""
    return nats_per_token * n_tokens / math.log(2)


def wrong_characters_only(nats_per_token, n_tokens, n_characters):
    """Takes the loss of one token for the loss of the text."""
    return nats_per_token / math.log(2) / n_characters


def wrong_sign(nats_per_token, n_tokens, n_characters):
    """A minus too many, with the idea that a loss is a negative logarithm."""
    return -nats_per_token * n_tokens / n_characters / math.log(2)


def wrong_log_2_is_07(nats_per_token, n_tokens, n_characters):
    """Takes 0.7 for ln 2, which is too coarse for 6 digits."""
    return nats_per_token / 0.7 * n_tokens / n_characters


def wrong_prints(nats_per_token, n_tokens, n_characters):
    """Prints the result and returns nothing."""
    print(nats_per_token * n_tokens / n_characters / math.log(2))


def wrong_log_around_all(nats_per_token, n_tokens, n_characters):
    """A bracket at the wrong place: the division by the characters is inside the logarithm."""
    return math.log2(math.exp(nats_per_token) * n_tokens / n_characters)


def right_entropy_of_a_coin(nats_per_token, n_tokens, n_characters):
    """Measures a bit in nats as the loss of a fair coin."""
    logits = torch.zeros(1, 2, dtype=torch.float64)
    one_bit = F.cross_entropy(logits, torch.tensor([0])).item()
    return nats_per_token * n_tokens / n_characters / one_bit


def right_any_base(nats_per_token, n_tokens, n_characters):
    """Changes the base with the second argument of log."""
    nats_per_character = float(nats_per_token) * float(n_tokens) / float(n_characters)
    return math.log(math.exp(nats_per_character), 2)


def right_small_functions(nats_per_token, n_tokens, n_characters):
    """Little functions, one put into the other."""

    def to_bits(nats):
        return operator.truediv(nats, np.log1p(1.0))

    def of_text(each):
        return each * n_tokens

    def per_character(whole):
        return whole / n_characters

    return per_character(to_bits(of_text(float(nats_per_token))))


def right_dictionary_of_units(nats_per_token, n_tokens, n_characters):
    """Looks the size of each unit up."""
    in_nats = {"nat": 1.0, "bit": math.log(2)}
    cost = {"token": float(nats_per_token) * in_nats["nat"]}
    cost["text"] = cost["token"] * float(n_tokens)
    cost["character"] = cost["text"] / float(n_characters)
    return cost["character"] / in_nats["bit"]


def right_vectors(nats_per_token, n_tokens, n_characters):
    """A dot product of exponents and logarithms."""
    values = np.array([float(n_tokens), float(n_characters), math.log(2)])
    factor = np.exp(np.dot([1.0, -1.0, -1.0], np.log(values)))
    return torch.tensor(float(nats_per_token) * factor, dtype=torch.float64)


def right_complex_logarithm(nats_per_token, n_tokens, n_characters):
    """The real part of a complex logarithm, for no reason at all."""
    return float(nats_per_token) / cmath.log(2).real / (float(n_characters) / float(n_tokens))


def wrong_first_token_is_free(nats_per_token, n_tokens, n_characters):
    """Leaves the first token out, though the loss is for each of n_tokens."""
    return nats_per_token * (n_tokens - 1) / n_characters / math.log(2)


def wrong_whole_bits(nats_per_token, n_tokens, n_characters):
    """Rounds the bits of a token up, as bits come whole."""
    return math.ceil(nats_per_token / math.log(2)) * n_tokens / n_characters


def wrong_text(nats_per_token, n_tokens, n_characters):
    """Returns a text with the unit, not a number."""
    return f"{float(nats_per_token * n_tokens / n_characters / math.log(2)):.6f} bits"


def wrong_both(nats_per_token, n_tokens, n_characters):
    """Returns bits and nats together."""
    nats = nats_per_token * n_tokens / n_characters
    return nats / math.log(2), nats


def wrong_tokens_and_characters(nats_per_token, n_tokens, n_characters):
    """Divides by tokens and characters together."""
    return nats_per_token * n_tokens / (n_tokens + n_characters) / math.log(2)


def wrong_characters_per_bit(nats_per_token, n_tokens, n_characters):
    """The inverse: how many characters a bit pays for."""
    return n_characters * math.log(2) / (nats_per_token * n_tokens)


def wrong_half(nats_per_token, n_tokens, n_characters):
    """Divides by 2, the base, not by its logarithm."""
    return nats_per_token * n_tokens / n_characters / 2


def wrong_log_1p(nats_per_token, n_tokens, n_characters):
    """log1p(2) is the logarithm of 3."""
    return nats_per_token * n_tokens / n_characters / math.log1p(2)


def wrong_ratio_is_cut(nats_per_token, n_tokens, n_characters):
    """Makes the tokens for each character a whole number, mostly 0."""
    return nats_per_token / math.log(2) * int(n_tokens / n_characters)


def wrong_power_of_two(nats_per_token, n_tokens, n_characters):
    """Takes two to the power of the nats for a change of the base."""
    return 2**nats_per_token * n_tokens / n_characters


def wrong_changed_twice(nats_per_token, n_tokens, n_characters):
    """Changes the unit twice: once for the token and once for the text."""
    bits_per_token = nats_per_token / math.log(2)
    return bits_per_token * n_tokens / math.log(2) / n_characters


def wrong_kilobits(nats_per_token, n_tokens, n_characters):
    """In bits for a thousand characters."""
    return 1000 * nats_per_token * n_tokens / n_characters / math.log(2)
