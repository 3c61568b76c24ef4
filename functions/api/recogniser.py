"""The port of recognition, as the API knows it, and a scripted one.

`shared/transcription/local_transcriber.py` is what serves; `ScriptedRecogniser` answers what it was
told, so that the API can be tested without a model.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from functions.api.incoming_body import ClientGone
from shared.audio.stream import AudioStream
from shared.diarization.speech_turn import Diarization
from shared.errors import UnsupportedLocale
from shared.language.locales import find_locale
from shared.recognition.options import RecognitionOptions
from shared.transcript import Dropped, Phrase, Transcript
from shared.transcription.local_transcriber import RecognitionStatistics
from shared.transcription.transcribe import ListensToSpeakers, transcribe


class Recogniser(Protocol):
    """Speech recognition of one process. Methods may be called from any thread."""

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        ...

    def load(self) -> None:
        """Load the model, once; raises `ModelMissing` or `EngineUnavailable`."""
        ...

    def recognise(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        statistics: RecognitionStatistics | None = None,
    ) -> Iterator[Phrase | Dropped]:
        """Yield phrase by phrase, as they are ready. Blocks; belongs into a thread."""
        ...

    def listen_to_speakers(self) -> ListensToSpeakers:
        """Begin to hear who speaks in one audio."""
        ...

    def supported_locales(self) -> tuple[str, ...]:
        """Locales that the configured model can recognise, sorted."""
        ...


def collect_transcript(
    recogniser: Recogniser,
    stream: AudioStream,
    options: RecognitionOptions,
    statistics: RecognitionStatistics,
    cancelled: threading.Event,
) -> Transcript:
    """Recognise the whole stream. Blocks; belongs into a thread.

    Raises
    ------
    ClientGone: `cancelled` was set between two phrases.
    """

    def go_on() -> None:
        if cancelled.is_set():
            raise ClientGone

    return transcribe(recogniser, stream, options, statistics, go_on)


def find_supported_locale(recogniser: Recogniser, text: str) -> str:
    """Canonical spelling of a locale that the model can recognise.

    Raises
    ------
    UnsupportedLocale: there is no such locale, or the model does not know its language.
    """
    locale = find_locale(text)
    if locale not in recogniser.supported_locales():
        raise UnsupportedLocale(f"The locale {locale} is not supported by this server's model.")
    return locale


class ScriptedRecogniser:
    """Reads the whole audio, then yields what it was given.

    Parameters
    ----------
    results: what every recognition yields; an exception among them is raised in its place.
    locales: what it claims to recognise.

    `asked` keeps the options of every recognition.
    """

    def __init__(
        self,
        results: Sequence[Phrase | Dropped | Exception] = (),
        *,
        locales: Sequence[str] = ("de-DE", "en-GB", "en-US", "es-ES"),
    ) -> None:
        self._results = results
        self._locales = tuple(locales)
        self.loaded = True
        self.asked: list[RecognitionOptions] = []

    def load(self) -> None:
        """Nothing to load."""
        self.loaded = True

    def recognise(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        statistics: RecognitionStatistics | None = None,
    ) -> Iterator[Phrase | Dropped]:
        """Read the audio to its end, then yield the script."""
        self.asked.append(options)
        for _ in stream:
            pass
        if statistics is not None:
            statistics.audio_s = stream.duration_s
        for result in self._results:
            if isinstance(result, Exception):
                raise result
            yield result

    def listen_to_speakers(self) -> ListensToSpeakers:
        """Hear nobody."""
        return _HearsNobody()

    def supported_locales(self) -> tuple[str, ...]:
        """Return the locales it was given."""
        return self._locales


class _HearsNobody:
    """Hears whatever is said to it, and nobody in it."""

    def push(self, samples: npt.NDArray[np.int16]) -> None:
        """Take samples."""

    def finish(self, min_speakers: int = 1, max_speakers: int | None = None) -> Diarization:  # noqa: ARG002
        """Return no turn."""
        return Diarization((), ())
