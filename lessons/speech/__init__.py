"""Speech: from pressure to words, with the real weights of Whisper.

- `sound`: sampling, Fourier by hand, µ-law, files. `spectrogram`: frequencies over time, back again, mel.
- `weights`, `whisper`, `transcribing`: the packaged Whisper, rebuilt of 06's layers. `scoring`: word error rate.
- `wavenet`: a wave written number by number.
- `spoken`: synthetic digits and vowels, a classifier of one's own. `ctc`: letters without an alignment.
"""

from .ctc import Speller, beam_search, best_path, collapsed, ctc_loss, log_probability
from .scoring import Edits, edits, spelt_alike, word_error_rate
from .sound import Sound, clips, fast_fourier, fourier, from_mu_law, heard_frequency, mixed, mu_law, player, tone
from .spectrogram import frames, griffin_lim, hann, istft, log_mel, mel_filters, stft, whisper_features
from .spoken import DIGITS, DigitReader, Utterance, augmented, digits, ear, sentences, vowels
from .transcribing import Transcript, speech_spans, tokenizer, transcribe, words_with_times
from .wavenet import CausalConvolution, WaveNet, receptive_field
from .whisper import Whisper, WhisperConfig, Word

__all__ = [
    "Sound",
    "tone",
    "heard_frequency",
    "fourier",
    "fast_fourier",
    "mu_law",
    "from_mu_law",
    "mixed",
    "player",
    "clips",
    "hann",
    "frames",
    "stft",
    "istft",
    "griffin_lim",
    "mel_filters",
    "log_mel",
    "whisper_features",
    "Whisper",
    "WhisperConfig",
    "Transcript",
    "Word",
    "transcribe",
    "words_with_times",
    "tokenizer",
    "speech_spans",
    "Edits",
    "edits",
    "spelt_alike",
    "word_error_rate",
    "CausalConvolution",
    "WaveNet",
    "receptive_field",
    "DIGITS",
    "Utterance",
    "digits",
    "vowels",
    "sentences",
    "DigitReader",
    "augmented",
    "ear",
    "collapsed",
    "log_probability",
    "ctc_loss",
    "best_path",
    "beam_search",
    "Speller",
]
