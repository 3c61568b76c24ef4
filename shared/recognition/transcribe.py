"""A whole audio as one transcript: the phrases of the pipeline, collected."""

from collections.abc import Callable, Generator, Iterator
from typing import Protocol

from shared.audio.stream import AudioStream
from shared.recognition.options import RecognitionOptions
from shared.recognition.recognise import RecognitionStatistics
from shared.transcript import Dropped, Phrase, Transcript


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


def transcribe(
    recogniser: Recognises,
    stream: AudioStream,
    options: RecognitionOptions,
    statistics: RecognitionStatistics,
    go_on: Callable[[], None],
) -> Transcript:
    """Recognise the whole stream. Blocks; belongs into a thread.

    Parameters
    ----------
    go_on: called between phrases; what it raises ends the work and is raised here.
    """
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
    return Transcript(
        duration_s=stream.duration_s,
        n_channels=stream.n_channels,
        phrases=tuple(sorted(phrases, key=lambda phrase: (phrase.channel, phrase.offset_s))),
        dropped=tuple(dropped),
    )
