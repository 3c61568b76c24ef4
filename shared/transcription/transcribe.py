"""A whole audio as one transcript: the phrases of the pipeline, collected."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from shared.audio.channels import mix_to_mono
from shared.audio.stream import AudioStream
from shared.recognition.options import RecognitionOptions
from shared.recognition.pipeline import RecognitionStatistics
from shared.transcript import Dropped, Phrase, Transcript

if TYPE_CHECKING:
    from shared.diarization.speech_turn import Diarization


class ListensToSpeakers(Protocol):
    """What hears who speaks in one audio. See `shared.diarization.diarize`."""

    def push(self, samples: npt.NDArray[np.int16]) -> None:
        """Take the next samples, mono at 16 kHz."""
        ...

    def finish(self, min_speakers: int = 1, max_speakers: int | None = None) -> "Diarization":
        """Say who spoke when."""
        ...


class Recognises(Protocol):
    """What is needed of a recogniser here."""

    def recognise(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        statistics: RecognitionStatistics | None = None,
    ) -> Iterator[Phrase | Dropped]:
        """Yield phrase by phrase, as they are ready."""
        ...

    def listen_to_speakers(self) -> ListensToSpeakers:
        """Begin to hear who speaks in one audio. Raises `ModelMissing`."""
        ...


def transcribe(
    recogniser: Recognises,
    stream: AudioStream,
    options: RecognitionOptions,
    statistics: RecognitionStatistics,
    go_on: Callable[[], None],
) -> Transcript:
    """Recognise the whole stream. Blocks; belongs into a thread.

    Speakers need all of an audio, so they are found here: the same samples are heard twice, and
    what was heard of a voice ends with this call.

    Parameters
    ----------
    go_on: called between phrases; what it raises ends the work and is raised here.
    """
    if options.speakers is None:
        phrases, dropped = _collect(recogniser, stream, options, statistics, go_on)
    else:
        listener = recogniser.listen_to_speakers()
        stream.tap(lambda block: listener.push(mix_to_mono(block)))
        # Phrases are parted where the speaker changes, which takes the times of words.
        with_words = replace(options, word_timestamps=True)
        found, dropped = _collect(recogniser, stream, with_words, statistics, go_on)
        limits = options.speakers
        diarization = listener.finish(limits.least, limits.most)
        phrases = _with_speakers(found, diarization, keeps_words=options.word_timestamps)
    return Transcript(
        duration_s=stream.duration_s,
        n_channels=stream.n_channels,
        phrases=tuple(sorted(phrases, key=lambda phrase: (phrase.channel, phrase.offset_s))),
        dropped=tuple(dropped),
    )


def _collect(
    recogniser: Recognises,
    stream: AudioStream,
    options: RecognitionOptions,
    statistics: RecognitionStatistics,
    go_on: Callable[[], None],
) -> tuple[list[Phrase], list[Dropped]]:
    phrases: list[Phrase] = []
    dropped: list[Dropped] = []
    results = recogniser.recognise(stream, options, statistics)
    try:
        for result in results:
            go_on()
            if isinstance(result, Phrase):
                phrases.append(result)
            else:
                dropped.append(result)
    finally:
        if isinstance(results, Generator):
            results.close()  # now, not when it is collected: others wait for the engine
    return phrases, dropped


def _with_speakers(
    phrases: Sequence[Phrase], diarization: "Diarization", *, keeps_words: bool
) -> list[Phrase]:
    # Imported here: only who asks for speakers needs it.
    from shared.diarization.assignment import assign_speakers  # noqa: PLC0415

    labelled = assign_speakers(phrases, diarization.exclusive)
    if keeps_words:
        return list(labelled)
    return [replace(phrase, words=(), display_words=()) for phrase in labelled]
