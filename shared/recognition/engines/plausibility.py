"""Plausibility of a hypothesis: whether fallback decoding is needed, by a beam or more context.

Three criteria are openai-whisper's (`transcribe.py`): text that compresses too well is a loop, a
low average probability is a guess, and a text that hits the token limit is both. The fourth is a
repeated last sentence: a loop that ended in time. People do repeat themselves, so if the full
context gives the same text, it stays.
"""

import zlib

from shared.recognition.engines.engine import Hypothesis, Task

MOST_COMPRESSION = 2.4  # bytes of text per deflated byte
LEAST_LOG_PROBABILITY = -0.7  # average; the median of well read clips is -0.2
# Below it a beam of five searches the same encoder output. Word error rate of 63 read clips 11.9
# with it and 12.5 without, of 40 clips of accented English 40.1 and 42.1, in 1.00 and 1.18 times
# the processor time; a beam for every segment is no better.
CERTAIN_LOG_PROBABILITY = -0.3
BEAM_SIZE = 5
NO_SPEECH_PROBABILITY = 0.6
NO_SPEECH_LOG_PROBABILITY = -1.0

TOKENS_PER_SECOND = 8  # fast English needs 6
TOKENS_PER_SECOND_MULTIBYTE = 20  # scripts whose characters take several tokens
SPARE_TOKENS = 16

LEAST_REPEATED_WORDS = 3

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


def needs_fallback(hypothesis: Hypothesis, task: Task = Task.TRANSCRIBE) -> bool:
    """Whether more context may give a better text.

    A translation is never as certain as a transcription. Of four doubtful translations one was
    better at a longer context, for ten times the time: only loops are worth it.
    """
    if is_loop(hypothesis) or has_repeated_ending(hypothesis.text):
        return True
    is_unlikely = hypothesis.average_log_probability < LEAST_LOG_PROBABILITY
    return is_unlikely and task is Task.TRANSCRIBE


def needs_beam_search(hypothesis: Hypothesis) -> bool:
    """Whether a wider search may find a better text in the same encoder output."""
    return hypothesis.average_log_probability < CERTAIN_LOG_PROBABILITY


def is_not_speech(hypothesis: Hypothesis) -> bool:
    """Whether the model classifies the segment as no speech (openai-whisper's rule)."""
    return (
        hypothesis.no_speech_probability > NO_SPEECH_PROBABILITY
        and hypothesis.average_log_probability < NO_SPEECH_LOG_PROBABILITY
    )


def more_plausible(first: Hypothesis, second: Hypothesis) -> Hypothesis:
    """The more plausible of two: a loop last, a repeated ending before it, then by probability."""

    def belief(hypothesis: Hypothesis) -> tuple[bool, bool, float]:
        return (
            not is_loop(hypothesis),
            not has_repeated_ending(hypothesis.text),
            hypothesis.average_log_probability,
        )

    return max(first, second, key=belief)


def has_repeated_ending(text: str) -> bool:
    """Whether the last three words or more are a repetition."""
    words = text.casefold().replace(",", "").replace(".", "").split()
    return any(
        words[-length:] == words[-2 * length : -length]
        for length in range(LEAST_REPEATED_WORDS, len(words) // 2 + 1)
    )


def _compression(text: str) -> float:
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded)) if encoded else 0.0
