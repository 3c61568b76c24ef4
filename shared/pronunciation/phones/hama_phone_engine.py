"""Phone recognition by the network of `hama`: convolutions with attention, CTC over IPA tokens.

Adapter of `PhoneEngine`. The tokens are those of several languages; English phones are sums of
tokens, and the boundary of a word counts as blank.

Sources: https://github.com/hamanlp/hama (Apache-2.0); posteriors are made flatter because a
network trained with CTC is too sure of one phone: Cao et al., "A framework for phoneme-level
pronunciation assessment using CTC", Interspeech 2024.
"""

import json
from pathlib import Path

import numpy as np

from shared.errors import ModelCorrupt
from shared.onnx_session import OnnxSession
from shared.pronunciation.phones.phone_engine import BLANK, PHONES, Floats

# Tokens of each phone, IPA. Vowels of the dictionary's stressed and unstressed forms are one phone.
_TOKENS = {
    "AA": "ɑ ɒ", "AE": "æ", "AH": "ʌ ə ɐ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "EH": "ɛ",
    "ER": "ɝ ɚ ɜ", "EY": "eɪ e", "IH": "ɪ", "IY": "i", "OW": "oʊ o", "OY": "ɔɪ", "UH": "ʊ",
    "UW": "u", "B": "b", "CH": "t͡ʃ", "D": "d", "DH": "ð", "F": "f", "G": "g ɡ", "HH": "h",
    "JH": "d͡ʒ", "K": "k", "L": "l ɫ", "M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "ɹ r",
    "S": "s", "SH": "ʃ", "T": "t ɾ", "TH": "θ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
_BLANK_TOKENS = ("<wb>", "<blank>")

# Log probabilities are divided by it, and each phone gets this share of the probability. On 50
# clips of five readers the area under the curve for swapped phones is 0.988 with 1.5 to 2.5 and
# 0.3 to 3 per mille, 0.985 without.
TEMPERATURE = 2.0
FLOOR = 1e-3

# The network takes logarithms of energies as they are, so the level of the audio matters to it.
_SPEECH_LEVEL = 0.1  # root mean square of the louder half of the audio
_HIGHEST_GAIN = 100.0
_LEVEL_WINDOW = 400  # samples
# Shorter audio has no frame for its convolutions.
_LEAST_SAMPLES = 1600
# The network reads 30 s and leaves out the rest: longer audio is read in windows, with this context
# before and behind each.
_FRAME_SAMPLES = 320
_WINDOW_FRAMES = 1500
_CONTEXT_FRAMES = 100


class HamaPhoneEngine:
    """Adapter of `PhoneEngine`. `threads`: per run.

    Raises
    ------
    ModelCorrupt: the vocabulary lacks a token.
    """

    def __init__(self, model_folder: Path, threads: int) -> None:
        vocabulary = json.loads((model_folder / "g2p_vocab.json").read_bytes())["decoder"]
        self._columns = _phones_of_tokens([*vocabulary, *_BLANK_TOKENS])
        self._session = OnnxSession(model_folder / "asr_waveform_fp16.onnx", threads)

    def log_posteriors(self, samples: Floats) -> Floats:
        """See `PhoneEngine`."""
        n_frames = len(samples) // _FRAME_SAMPLES + 1
        same_level = levelled(samples)
        if n_frames <= _WINDOW_FRAMES:
            return self._read(same_level)[:n_frames]
        own = _WINDOW_FRAMES - 2 * _CONTEXT_FRAMES
        windows = []
        for start in range(0, n_frames, own):
            first = max(0, start - _CONTEXT_FRAMES)
            last = start + own + _CONTEXT_FRAMES
            read = self._read(same_level[first * _FRAME_SAMPLES : last * _FRAME_SAMPLES])
            windows.append(read[start - first : min(start + own, n_frames) - first])
        return np.concatenate(windows)

    def _read(self, samples: Floats) -> Floats:
        """Read samples of at most 30 s."""
        padded = np.pad(samples, (0, max(0, _LEAST_SAMPLES - len(samples))))
        log_probabilities, lengths = self._session.run(
            {
                "waveform": padded[None].astype(np.float32, copy=False),
                "waveform_lengths": np.array([len(padded)], np.int64),
            }
        )
        frames = log_probabilities[0, : int(lengths[0])]
        flat = frames.astype(np.float32) / TEMPERATURE
        tokens = np.exp(flat - flat.max(axis=1, keepdims=True))
        tokens /= tokens.sum(axis=1, keepdims=True)
        phones = tokens @ self._columns + FLOOR
        result: Floats = np.log(phones / phones.sum(axis=1, keepdims=True))
        return result


def levelled(samples: Floats) -> Floats:
    """Return the samples at the level of speech that the network knows."""
    n_windows = len(samples) // _LEVEL_WINDOW
    if n_windows == 0:
        return samples
    windows = samples[: n_windows * _LEVEL_WINDOW].reshape(n_windows, _LEVEL_WINDOW)
    energies = np.sort((windows.astype(np.float64) ** 2).mean(axis=1))
    level = float(np.sqrt(energies[n_windows // 2 :].mean()))
    gain = min(_SPEECH_LEVEL / max(level, 1e-9), _HIGHEST_GAIN)
    result: Floats = (samples * np.float32(gain)).astype(np.float32)
    return result


def _phones_of_tokens(tokens: list[str]) -> Floats:
    """Return which tokens are summed for a phone, shape `(n_tokens, n_phones + 1)`."""
    columns = np.zeros((len(tokens), len(PHONES) + 1), np.float32)
    try:
        for column, phone in enumerate(PHONES):
            for token in _TOKENS[phone].split():
                columns[tokens.index(token), column] = 1.0
        for token in _BLANK_TOKENS:
            columns[tokens.index(token), BLANK] = 1.0
    except ValueError:
        raise ModelCorrupt("The phone recogniser has another vocabulary.") from None
    return columns
