"""The fake of the transcriber port: results come from a script, so that no model is needed."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from shared.audio.stream import AudioStream
from shared.diarization.speaker_range import SpeakerRange
from shared.diarization.speech_turn import Diarization
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled, Priority, never_cancelled
from shared.streaming_events import SpeechEnded, StreamingOptions
from shared.transcript import Dropped, Phrase, RecognitionCost
from shared.transcription.transcriber import (
    DiarizationSession,
    RecognitionResults,
    StreamingResults,
)


class ScriptedTranscriber:
    """Reads the whole audio, then yields the script.

    Parameters
    ----------
    results: results of every recognition; an exception among them is raised at its position.
    locales: supported locales.

    `requested` records the options of every recognition.
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
        self.requested: list[RecognitionOptions] = []

    def load(self) -> None:
        """Do nothing."""
        self.loaded = True

    def recognise(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> RecognitionResults:
        """Read the audio to its end, then yield the script and a cost with its duration."""
        self.requested.append(options)
        for _ in stream:
            check_cancelled()
        yield from self._script()
        yield RecognitionCost(audio_s=stream.duration_s)

    def _script(self) -> Iterator[Phrase | Dropped]:
        for result in self._results:
            if isinstance(result, Exception):
                raise result
            yield result

    def stream(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        streaming: StreamingOptions,
        is_live: Callable[[], bool],
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> StreamingResults:
        """Yield the script at the first audio, one result after the other, as speech that ended."""
        del streaming, is_live
        self.requested.append(options)
        script = self._script()
        for n_blocks, _ in enumerate(stream):
            check_cancelled()
            if n_blocks == 0:
                yield from map(_ended, script)
        yield RecognitionCost(audio_s=stream.duration_s)

    def start_diarization(
        self, priority: Priority, check_cancelled: CheckCancelled = never_cancelled
    ) -> DiarizationSession:
        """Start a session that finds no speaker."""
        del priority, check_cancelled
        return _NoSpeakers()

    def supported_locales(self) -> tuple[str, ...]:
        """Return the given locales."""
        return self._locales


def _ended(result: Phrase | Dropped) -> SpeechEnded:
    return SpeechEnded(result.offset_s, result.duration_s, (result,))


class _NoSpeakers:
    """A diarization that finds no speech turn."""

    def push(self, samples: npt.NDArray[np.int16]) -> None:
        """Take samples."""

    def finish(self, speakers: SpeakerRange) -> Diarization:  # noqa: ARG002
        """Return no turn."""
        return Diarization((), ())
