"""A short audio as a transcript and the assessment of its pronunciation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shared.assessment import Assessment, AssessmentOptions
from shared.audio.channels import Int16Block, MonoMixer, float32_from_int16
from shared.audio.stream import AudioStream
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled, never_cancelled
from shared.text_forms.forms import text_forms
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Alternative, Phrase, Transcript
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
    assessed = session.assess(samples, 0.0, phrases)
    read = as_read(transcript.phrases, assessment, options.profanity)
    return AssessedTranscript(replace(transcript, phrases=read), assessed)


def as_read(
    phrases: Sequence[Phrase], assessment: AssessmentOptions, profanity: ProfanityMode
) -> tuple[Phrase, ...]:
    """Return assessed phrases, at least one, with the text that their result has.

    It is that of the reference, as one phrase without words; but with miscues it is what was said,
    and in a continuous turn too, where each utterance is only a part of the reference.
    """
    if not assessment.reference_text.strip() or assessment.miscue or assessment.is_continuous:
        return tuple(phrases)
    words, first = assessment.reference_text.split(), phrases[0]
    forms = text_forms(words, first.locale, profanity)
    confidence = np.average(
        [phrase.best.confidence for phrase in phrases],
        weights=[max(phrase.duration_s, 1e-3) for phrase in phrases],
    )
    end_s = max(phrase.offset_s + phrase.duration_s for phrase in phrases)
    # The client's own text is shown as it is, numbers and all.
    read = Alternative(
        float(confidence), forms.lexical, forms.itn, forms.masked_itn, " ".join(words)
    )
    return (
        replace(
            first,
            duration_s=end_s - first.offset_s,
            n_best=(read,),
            words=(),
            display_words=(),
        ),
    )
