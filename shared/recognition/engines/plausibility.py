"""Plausibility of a hypothesis: whether it is believed, or the segment is read again.

A first reading at a short context is doubtful where the model is uncertain of it: its average log
probability predicts best where the full context would read other words, better than the least
probable token or the whole sum (docs/engines.md, "Context"). Two more signs are in the text. It may
repeat itself, which is a loop of the decoder or speech that repeats. And it may be too short for
the speech that it covers: then the decoder has stopped early, however certain it was.
"""

import zlib

from shared.recognition.engines.engine import Hypothesis
from shared.recognition.repetition import find_repetition, words_of

MOST_COMPRESSION = 2.4  # bytes of text per deflated byte
BEAM_SIZE = 5

# A reading is doubtful below this average. The average counts `CERTAIN_TOKENS` more, certain
# tokens: in a text of a few tokens one uncertain name would make it doubtful.
DOUBTFUL_LOG_PROBABILITY = -0.26
CERTAIN_TOKENS = 10
LEAST_LOG_PROBABILITY = -0.7  # average of the text alone, however short it is

TOKENS_PER_SECOND = 8  # fast English needs 6
TOKENS_PER_SECOND_MULTIBYTE = 20  # scripts whose characters take several tokens
SPARE_TOKENS = 16

# Complete readings have at least two tokens in a second of speech, of a child at least 1.8.
LEAST_TOKENS_PER_SECOND = 1.7
LEAST_SPEECH_S = 3.0  # shorter speech may be one word

_MULTIBYTE_LANGUAGES = frozenset(
    "am as bn bo gu hi hy ka kn km lo ml mn mr my ne pa ps sa sd si ta te th ur yi".split()
)


def token_limit(duration_s: float, language: str) -> int:
    """Tokens beyond which a text of this duration is a loop."""
    rate = TOKENS_PER_SECOND_MULTIBYTE if language in _MULTIBYTE_LANGUAGES else TOKENS_PER_SECOND
    return min(round(duration_s * rate) + SPARE_TOKENS, 224)


def is_loop(hypothesis: Hypothesis) -> bool:
    """Whether the text repeats itself more than speech does."""
    return hypothesis.hit_token_limit or _compression(hypothesis.text) > MOST_COMPRESSION


def is_complete(hypothesis: Hypothesis, speech_s: float, language: str) -> bool:
    """Whether a text ends, covers its speech and does not repeat itself.

    speech_s: seconds of speech in the segment, pauses left out.
    """
    if hypothesis.hit_token_limit or find_repetition(words_of(hypothesis.text, language), language):
        return False
    is_sparse = len(hypothesis.tokens) < LEAST_TOKENS_PER_SECOND * speech_s
    return not (is_sparse and speech_s >= LEAST_SPEECH_S)


def is_doubtful(hypothesis: Hypothesis, speech_s: float, language: str) -> bool:
    """Whether another context may read other words; see `is_complete` for the parameters."""
    return is_uncertain(hypothesis) or not is_complete(hypothesis, speech_s, language)


def is_uncertain(hypothesis: Hypothesis) -> bool:
    """Whether the model is uncertain of the text."""
    n_tokens = len(hypothesis.tokens) + 1  # and the end of text
    average = hypothesis.average_log_probability
    is_unlikely = average * n_tokens / (n_tokens + CERTAIN_TOKENS) < DOUBTFUL_LOG_PROBABILITY
    return is_unlikely or average < LEAST_LOG_PROBABILITY


def _compression(text: str) -> float:
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded)) if encoded else 0.0
