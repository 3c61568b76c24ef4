"""Sounds without words that the speech detector takes for speech, told by what the decoder reads.

Babble of many voices, speech played backwards, hum and short knocks pass the detector, which is
sure of them: its posterior over babble is 0.97. The decoder is not. Over speech, also of children
and of two people at once, it gives `no speech` less than 0.3 and an average log probability above
-1.35, and not both at their worst; over other sounds one of the two is far beyond, or it writes a
word or two for many seconds. A language posterior says less: accented English has as flat a one as
reversed speech has (docs/engines.md, "Sounds without words").

Two readings have to agree, the first one and that with twice the margin: of 40 accented and child
clips, two first readings and one second are as far off as those of other sounds, each of another
clip. One reading alone decides on parts of a segment, with more evidence.
"""

from collections.abc import Sequence

from shared.recognition.engines.engine import Hypothesis

# Weight of the `no speech` probability against the average log probability, and what a text that
# is too short for its speech counts.
NO_SPEECH_WEIGHT = 3.0
SPARSE_EVIDENCE = 0.3
# Of one reading, and of each of two. The less of two reaches 1.63 over 40 accented and child clips
# and 1.1 over two people at once; over babble of eight voices it is above 1.75 in all of 28.
NOISE_EVIDENCE = 1.9
AGREED_NOISE_EVIDENCE = 1.75
# A text of a better average is believed, whatever the other signs: so openai-whisper has it, too.
BELIEVED_LOG_PROBABILITY = -0.5
# From here on a first reading is doubtful.
SUSPECT_EVIDENCE = 1.2

SPARSE_TOKENS_PER_SECOND = 0.8  # the sparsest of 133 readers has 1.0, a numeral
LEAST_SPARSE_SPEECH_S = 3.0  # shorter speech may be one word


def is_not_speech(readings: Sequence[Hypothesis], speech_s: float) -> bool:
    """Whether all readings of a sound, one or two, are of one without words.

    speech_s: seconds that the speech detector takes for speech.
    """
    least_evidence = NOISE_EVIDENCE if len(readings) == 1 else AGREED_NOISE_EVIDENCE
    return all(
        reading.average_log_probability <= BELIEVED_LOG_PROBABILITY
        and _noise_evidence(reading, speech_s) > least_evidence
        for reading in readings
    )


def is_suspect(hypothesis: Hypothesis, speech_s: float) -> bool:
    """Whether a first reading may be of a sound without words."""
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
