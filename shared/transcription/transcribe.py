"""A whole audio as one transcript: the results of the pipeline, collected, with speakers."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from shared.audio.channels import MonoMixer
from shared.audio.stream import AudioStream
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled, never_cancelled
from shared.transcript import Dropped, Phrase, RecognitionCost, Transcript
from shared.transcription.transcriber import Transcriber

if TYPE_CHECKING:
    from shared.diarization.speech_turn import Diarization


def transcribe(
    transcriber: Transcriber,
    stream: AudioStream,
    options: RecognitionOptions,
    check_cancelled: CheckCancelled = never_cancelled,
    show_done: Callable[[float], None] | None = None,
) -> Transcript:
    """Recognise the whole stream. Blocks while it works: call it from a thread.

    Diarization needs the whole audio, so it runs here: it gets the same samples, and its speaker
    embeddings are freed when this call returns.

    show_done: gets the end of each result, in seconds of the audio, for a display of progress.

    Raises
    ------
    The errors of `Transcriber.recognise` and `check_cancelled`; with `options.speakers` also
    `FeatureUnavailable` and `ModelMissing`.
    """
    if options.speakers is None:
        return _collect(transcriber, stream, options, check_cancelled, show_done)
    session = transcriber.start_diarization(options.priority, check_cancelled)
    mixer = MonoMixer()
    stream.tap(lambda block: session.push(mixer.mix(block)))
    transcript = _collect(transcriber, stream, options, check_cancelled, show_done)
    diarization = session.finish(options.speakers)
    phrases = _with_speakers(transcript.phrases, diarization, keeps_words=options.word_timestamps)
    return replace(transcript, phrases=phrases)


def _collect(
    transcriber: Transcriber,
    stream: AudioStream,
    options: RecognitionOptions,
    check_cancelled: CheckCancelled,
    show_done: Callable[[float], None] | None,
) -> Transcript:
    phrases: list[Phrase] = []
    dropped: list[Dropped] = []
    cost = RecognitionCost()
    # Closed at once, not by the garbage collector: other work waits for the slot.
    with closing(transcriber.recognise(stream, options, check_cancelled)) as results:
        for result in results:
            check_cancelled()
            match result:
                case Phrase():
                    phrases.append(result)
                case Dropped():
                    dropped.append(result)
                case RecognitionCost():
                    cost = result
            if show_done is not None and not isinstance(result, RecognitionCost):
                show_done(result.offset_s + result.duration_s)
    return Transcript(
        duration_s=stream.duration_s,
        n_channels=stream.n_channels,
        phrases=_in_order(phrases),
        dropped=tuple(dropped),
        cost=cost,
    )


def _with_speakers(
    phrases: Sequence[Phrase], diarization: "Diarization", *, keeps_words: bool
) -> tuple[Phrase, ...]:
    # Imported on use: only diarization needs it.
    from shared.diarization.assignment import assign_speakers  # noqa: PLC0415

    labelled = assign_speakers(phrases, diarization.exclusive)
    if keeps_words:
        return _in_order(labelled)
    return _in_order([replace(phrase, words=(), display_words=()) for phrase in labelled])


def _in_order(phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    return tuple(sorted(phrases, key=lambda phrase: (phrase.channel, phrase.offset_s)))
