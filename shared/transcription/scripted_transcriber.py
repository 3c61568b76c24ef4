"""The fake of the transcriber port: results come from a script, so that no model is needed."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from shared.assessment import Assessment, AssessmentOptions
from shared.audio.channels import MonoMixer, float32_from_int16
from shared.audio.stream import SAMPLE_RATE, AudioStream
from shared.diarization.speaker_range import SpeakerRange
from shared.diarization.speech_turn import Diarization
from shared.errors import FeatureUnavailable
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled, Priority, never_cancelled
from shared.streaming_events import SpeechEnded, StreamingOptions
from shared.transcript import Dropped, Phrase, RecognitionCost
from shared.transcription.transcriber import (
    AssessmentSession,
    DiarizationSession,
    RecognitionResults,
    StreamingResults,
)

Samples = npt.NDArray[np.float32]


class ScriptedTranscriber:
    """Reads the whole audio, then yields the script.

    Parameters
    ----------
    results: results of every recognition; an exception among them is raised at its position.
    locales: supported locales.
    assessment: of every utterance; an exception is raised at the start of one; None: there is no
        pronunciation assessment.

    `requested` records the options of every recognition, `requested_assessments` the options and
    the locale of every assessment, `assessed` the duration, the offset and the phrases of every
    utterance that was assessed.
    """

    def __init__(
        self,
        results: Sequence[Phrase | Dropped | Exception] = (),
        *,
        locales: Sequence[str] = ("de-DE", "en-GB", "en-US", "es-ES"),
        assessment: Assessment | Exception | None = None,
    ) -> None:
        self._results = results
        self._locales = tuple(locales)
        self._assessment = assessment
        self.loaded = True
        self.requested: list[RecognitionOptions] = []
        self.requested_assessments: list[tuple[AssessmentOptions, str]] = []
        self.assessed: list[tuple[float, float, Sequence[Phrase]]] = []

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
        *,
        assessment: AssessmentSession | None = None,
    ) -> StreamingResults:
        """Yield the script at the first audio, one result after the other, as speech that ended.

        The first audio is also that of every assessed utterance.
        """
        del streaming, is_live
        self.requested.append(options)
        script, mixer = self._script(), MonoMixer()
        for n_blocks, block in enumerate(stream):
            check_cancelled()
            if n_blocks == 0:
                samples = float32_from_int16(mixer.mix(block))
                for result in script:
                    yield _ended(result, samples, assessment)
        yield RecognitionCost(audio_s=stream.duration_s)

    def start_diarization(
        self, priority: Priority, check_cancelled: CheckCancelled = never_cancelled
    ) -> DiarizationSession:
        """Start a session that finds no speaker."""
        del priority, check_cancelled
        return _NoSpeakers()

    def start_assessment(
        self,
        options: AssessmentOptions,
        locale: str,
        priority: Priority,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> AssessmentSession:
        """Start a session that gives every utterance the scripted assessment."""
        del priority, check_cancelled
        self.requested_assessments.append((options, locale))
        if self._assessment is None:
            raise FeatureUnavailable("Pronunciation assessment is not available on this server.")
        if isinstance(self._assessment, Exception):
            raise self._assessment
        return _ScriptedAssessment(self._assessment, self.assessed)

    def supported_locales(self) -> tuple[str, ...]:
        """Return the given locales."""
        return self._locales


def _ended(
    result: Phrase | Dropped, samples: Samples, session: AssessmentSession | None
) -> SpeechEnded:
    assessment = None
    if session is not None and isinstance(result, Phrase) and result.words:
        assessment = session.assess(samples, 0.0, (result,))
    return SpeechEnded(result.offset_s, result.duration_s, (result,), assessment)


class _ScriptedAssessment:
    """A session that writes its utterances into `assessed`."""

    def __init__(
        self, assessment: Assessment, assessed: list[tuple[float, float, Sequence[Phrase]]]
    ) -> None:
        self._assessment = assessment
        self._assessed = assessed

    def assess(self, samples: Samples, offset_s: float, phrases: Sequence[Phrase]) -> Assessment:
        """Return the script."""
        self._assessed.append((len(samples) / SAMPLE_RATE, offset_s, tuple(phrases)))
        return self._assessment


class _NoSpeakers:
    """A diarization that finds no speech turn."""

    def push(self, samples: npt.NDArray[np.int16]) -> None:
        """Take samples."""

    def finish(self, speakers: SpeakerRange) -> Diarization:  # noqa: ARG002
        """Return no turn."""
        return Diarization((), ())
