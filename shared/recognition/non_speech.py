"""Sounds without words that the speech detector takes for speech, told by what the decoder reads.

Babble of many voices, speech played backwards, hum and short knocks pass the detector, which is
sure of them: its posterior over babble is 0.97. The decoder is not. Over speech, also of children
and of two people at once, it gives `no speech` less than 0.3 and an average log probability above
-1.35, and not both at their worst; over other sounds one of the two is far beyond, or it writes a
word or two for many seconds. A language posterior says less: accented English has as flat a one as
reversed speech has (docs/engines.md, "Sounds without words").

The decision is on the reading at the full context: at a short one `no speech` reaches 0.58 in
speech. A reading at a short context is only suspect.
"""

from shared.recognition.engines.engine import Hypothesis

# Weight of the `no speech` probability against the average log probability, and what a text that
# is too short for its speech counts. Readings of 40 accented and child clips, 63 read ones and 133
# of other readers reach 1.83; of babble, reversed speech and hum 19 of 20 are above 1.9.
NO_SPEECH_WEIGHT = 3.0
SPARSE_EVIDENCE = 0.3
NOISE_EVIDENCE = 1.9
# A text of a better average is believed, whatever the other signs: so openai-whisper has it, too.
BELIEVED_LOG_PROBABILITY = -0.5
# From here on a reading at a short context is doubtful, and the full context is asked.
SUSPECT_EVIDENCE = 1.2

SPARSE_TOKENS_PER_SECOND = 0.8  # the sparsest of 133 readers has 1.0, a numeral
LEAST_SPARSE_SPEECH_S = 3.0  # shorter speech may be one word


def is_not_speech(hypothesis: Hypothesis, speech_s: float) -> bool:
    """Whether a reading at the full context is of a sound without words.

    speech_s: seconds that the speech detector takes for speech.
    """
    is_believed = hypothesis.average_log_probability > BELIEVED_LOG_PROBABILITY
    return not is_believed and _noise_evidence(hypothesis, speech_s) > NOISE_EVIDENCE


def is_suspect(hypothesis: Hypothesis, speech_s: float) -> bool:
    """Whether a reading at a short context may be of a sound without words."""
    return _noise_evidence(hypothesis, speech_s) > SUSPECT_EVIDENCE


def _noise_evidence(hypothesis: Hypothesis, speech_s: float) -> float:
    is_sparse = (
        speech_s >= LEAST_SPARSE_SPEECH_S
        and len(hypothesis.tokens) < SPARSE_TOKENS_PER_SECOND * speech_s
    )
    return (
        NO_SPEECH_WEIGHT * hypothesis.no_speech_probability
        - hypothesis.average_log_probability
        + (SPARSE_EVIDENCE if is_sparse else 0.0)
    )
