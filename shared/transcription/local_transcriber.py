"""Recognition of one process: the models, loaded once and lazily, and whose turn it is."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shared.audio.speech_detector import SileroDetector, SpeechDetector
from shared.audio.stream import AudioStream
from shared.errors import FeatureUnavailable
from shared.language.candidates import IdentifiedLanguage
from shared.language.locales import language_of, supported_locales
from shared.models.folder import locate_model
from shared.recognition.engines.engine import RecognitionEngine
from shared.recognition.options import RecognitionOptions
from shared.recognition.pipeline import Recognition, RecognitionStatistics
from shared.scheduling import Turnstile
from shared.settings import Settings
from shared.transcript import Dropped, Phrase

if TYPE_CHECKING:
    from shared.diarization.diarize import Diarizer, SpeakerListener

__all__ = ["Recogniser", "RecognitionStatistics"]


class Recogniser:
    """Loads its engine at first use; may be used from any thread, by many at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loading = threading.Lock()
        self._models: tuple[RecognitionEngine, SpeechDetector] | None = None
        self._diarizer: Diarizer | None = None
        self._turnstile = Turnstile(settings.concurrency)

    @property
    def loaded(self) -> bool:
        """Whether the models are in memory."""
        return self._models is not None

    def load(self) -> None:
        """Load the models unless they are.

        Raises
        ------
        ModelMissing, ModelCorrupt: see `locate_model`.
        EngineUnavailable: the engine can not load what is there.
        """
        self._load()

    def _load(self) -> tuple[RecognitionEngine, SpeechDetector]:
        if self._models is None:
            with self._loading:
                if self._models is None:
                    self._models = _load_models(self._settings)
        return self._models

    def recognise(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        statistics: RecognitionStatistics | None = None,
    ) -> Iterator[Phrase | Dropped]:
        """Yield phrases and dropped stretches as they are ready, by channel in order of time.

        Blocks while it works. Closing the iterator stops the work after the group of segments
        under way.

        Raises
        ------
        AudioError: while the stream is read.
        UnsupportedLocale: a candidate that the model can not recognise.
        LanguageNotIdentified: the first speech is in none of several, and there is no fallback.
        """
        engine, detector = self._load()
        statistics = statistics if statistics is not None else RecognitionStatistics()
        recognition = Recognition(engine, detector, self._turnstile, options, statistics)
        return recognition.run(stream)

    def identify_language(
        self, stream: AudioStream, locales: Sequence[str] = ()
    ) -> IdentifiedLanguage | None:
        """Say which of some locales an audio is in, or of all; None where nobody speaks.

        Whether it sounds like any of them, `is_heard` says. Hears at most the first minute of
        speech. Blocks while it works.

        Raises
        ------
        AudioError: while the stream is read.
        UnsupportedLocale: a candidate that the model can not recognise.
        """
        engine, detector = self._load()
        options = RecognitionOptions(locales=tuple(locales))
        statistics = RecognitionStatistics()
        recognition = Recognition(engine, detector, self._turnstile, options, statistics)
        return recognition.identify_language(stream)

    def listen_to_speakers(self) -> "SpeakerListener":
        """Begin to hear who speaks in one audio; the first call loads the models, 0.5 s.

        Raises
        ------
        FeatureUnavailable: `SOTTO_DIARIZATION` is off.
        ModelMissing, ModelCorrupt: see `locate_model`.
        """
        if not self._settings.diarization:
            raise FeatureUnavailable("Diarization is off on this server.")
        with self._loading:
            if self._diarizer is None:
                # Imported here: only who asks for speakers needs it.
                from shared.diarization.diarize import Diarizer  # noqa: PLC0415

                settings = self._settings
                self._diarizer = Diarizer(settings.model_folder, settings.threads)
        return self._diarizer.listen()

    def supported_locales(self) -> tuple[str, ...]:
        """Locales that the configured model can recognise, sorted; loads nothing."""
        if self._settings.model.endswith(".en"):
            return tuple(locale for locale in supported_locales() if language_of(locale) == "en")
        return supported_locales()


def _load_models(settings: Settings) -> tuple[RecognitionEngine, SpeechDetector]:
    model_folder = locate_model(settings.model, settings.model_folder)
    voice_folder = locate_model("silero-vad", settings.model_folder)
    detector = SileroDetector(voice_folder / "silero_vad_v6.onnx")
    return _load_engine(model_folder, settings), detector


def _load_engine(model_folder: Path, settings: Settings) -> RecognitionEngine:
    """Import the engine that the settings name, and no other one's libraries."""
    if settings.engine == "openai-whisper":
        from shared.recognition.engines.openai_whisper_engine import OpenAIWhisperEngine  # noqa: PLC0415

        return OpenAIWhisperEngine(model_folder, settings)
    from shared.recognition.engines.ctranslate2_engine import CTranslate2Engine  # noqa: PLC0415

    return CTranslate2Engine(model_folder, settings)
