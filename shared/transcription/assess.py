"""A short audio as a transcript and the assessment of its pronunciation."""

from dataclasses import dataclass, replace

import numpy as np

from shared.assessment import Assessment, AssessmentOptions
from shared.audio.channels import Int16Block, MonoMixer, float32_from_int16
from shared.audio.stream import AudioStream
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled, never_cancelled
from shared.transcript import Transcript
from shared.transcription.transcribe import transcribe
from shared.transcription.transcriber import Transcriber


@dataclass(frozen=True, slots=True)
class AssessedTranscript:
    """A transcript with the assessment of all of it; None where no word was recognised."""

    transcript: Transcript
    assessment: Assessment | None


def assess(
    transcriber: Transcriber,
    stream: AudioStream,
    options: RecognitionOptions,
    assessment: AssessmentOptions,
    check_cancelled: CheckCancelled = never_cancelled,
) -> AssessedTranscript:
    """Recognise the whole stream, then assess it as one utterance. Blocks while it works.

    The samples are in memory until it returns, 2 MB a minute. A text or a language that cannot be
    assessed is refused before audio is read.

    Parameters
    ----------
    options: with one locale.

    Raises
    ------
    The errors of `transcribe` and of `Transcriber.start_assessment`.
    """
    (locale,) = options.locales
    session = transcriber.start_assessment(assessment, locale, options.priority, check_cancelled)
    mixer = MonoMixer()
    blocks: list[Int16Block] = []
    stream.tap(lambda block: blocks.append(mixer.mix(block)))
    timed = replace(options, word_timestamps=True)
    transcript = transcribe(transcriber, stream, timed, check_cancelled)
    phrases = [phrase for phrase in transcript.phrases if phrase.words]
    if not phrases:
        return AssessedTranscript(transcript, None)
    samples = float32_from_int16(np.concatenate(blocks))
    return AssessedTranscript(transcript, session.assess(samples, 0.0, phrases))
