"""The port of speech to text, for hosts, the API and jobs.

`local_transcriber.py` is the production adapter; `scripted_transcriber.py` is the fake.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shared.assessment import Assessment, AssessmentOptions
from shared.audio.stream import AudioStream
from shared.diarization.speaker_range import SpeakerRange
from shared.diarization.speech_turn import Diarization
from shared.errors import UnsupportedLocale
from shared.language.locales import find_locale
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled, Priority, never_cancelled
from shared.streaming_events import StreamingEvent, StreamingOptions
from shared.transcript import Dropped, Phrase, RecognitionCost

RecognitionResults = Generator[Phrase | Dropped | RecognitionCost]
"""Results in order, the cost last. Close it to stop the work early."""

StreamingResults = Generator[StreamingEvent]
"""Events in order, the cost last. Close it to stop the work early."""


class DiarizationSession(Protocol):
    """Diarization of one audio: `push` all of its samples, then `finish` once."""

    def push(self, samples: npt.NDArray[np.int16]) -> None:
        """Take the next samples, mono at 16 kHz, shape `(n_samples,)`."""
        ...

    def finish(self, speakers: SpeakerRange) -> Diarization:
        """Return the speech turns of the whole audio."""
        ...


class AssessmentSession(Protocol):
    """Pronunciation assessment of the utterances of one audio, in order.

    One that goes on after a pause comes again, longer: each assessment stands for itself.
    """

    def assess(
        self, samples: npt.NDArray[np.float32], offset_s: float, phrases: Sequence[Phrase]
    ) -> Assessment:
        """Assess one utterance. Blocks while it works.

        Parameters
        ----------
        samples: mono at 16 kHz, shape `(n_samples,)`; the audio that the phrases are of.
        offset_s: of the first sample in the audio, as the times of the phrases.
        phrases: the recognised text; at least one, each with word times.
        """
        ...


class Transcriber(Protocol):
    """Speech to text of one process. Methods may be called from any thread."""

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        ...

    def load(self) -> None:
        """Load the models, once; raises `ModelMissing`, `ModelCorrupt` or `EngineUnavailable`."""
        ...

    def recognise(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> RecognitionResults:
        """Yield phrases and dropped stretches by channel in order of time, last the cost.

        Blocks while it works: call it from a thread.

        check_cancelled: called for each block of audio and while waiting for a slot; an exception
            of it ends the work and propagates.

        Raises
        ------
        AudioError: from reading the stream.
        UnsupportedLocale: a candidate that the model cannot recognise.
        LanguageNotIdentified: the first speech is in no candidate, and there is no fallback.
        """
        ...

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
        """Yield the events of an audio while it arrives, last the cost.

        Blocks while it works or waits for audio: call it from a thread. All channels are mixed.
        With `options.speakers` each phrase has a speaker, which later audio does not correct.

        is_live: whether all audio that has arrived was read; else partial phrases are left out.
        check_cancelled: as for `recognise`, whose errors this raises.
        assessment: assesses the speech between two pauses, where there are phrases; needs
            `options.word_timestamps`.
        """
        ...

    def start_diarization(
        self, priority: Priority, check_cancelled: CheckCancelled = never_cancelled
    ) -> DiarizationSession:
        """Start the diarization of one audio; the first call loads the models, 0.5 s.

        Raises
        ------
        FeatureUnavailable: `SOTTO_DIARIZATION` is off.
        ModelMissing, ModelCorrupt: see `locate_model`.
        """
        ...

    def start_assessment(
        self,
        options: AssessmentOptions,
        locale: str,
        priority: Priority,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> AssessmentSession:
        """Start the pronunciation assessment of one audio; the first call loads the models.

        Raises
        ------
        FeatureUnavailable: `SOTTO_PRONUNCIATION` is off.
        UnsupportedLocale: a language that the phone recogniser does not know.
        InvalidReferenceText: see there.
        ModelMissing, ModelCorrupt: see `locate_model`.
        """
        ...

    def supported_locales(self) -> tuple[str, ...]:
        """Locales that the configured model can recognise, sorted; loads nothing."""
        ...


def find_supported_locale(transcriber: Transcriber, text: str) -> str:
    """Return the canonical spelling of a locale that the model can recognise.

    Raises
    ------
    UnsupportedLocale: there is no such locale, or the model does not know its language.
    """
    locale = find_locale(text)
    if locale not in transcriber.supported_locales():
        raise UnsupportedLocale(f"The locale {locale} is not supported by this server's model.")
    return locale
