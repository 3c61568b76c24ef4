"""Speech to text with the models of this process, loaded once on first use, and their schedulers.

A second instance of the model recognises files, so that short requests overtake them: it has one
thread for each slot, and the system prefers all other threads to these. Two segments with a thread
each also take less time than one after the other with two.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.assessment import AssessmentOptions
from shared.audio.speech_detector import Samples, SileroDetector, SpeechDetector
from shared.audio.stream import AudioStream
from shared.available_cores import available_cores
from shared.errors import FeatureUnavailable
from shared.language.candidates import IdentifiedLanguage
from shared.language.locales import language_of, supported_locales
from shared.models.folder import locate_model
from shared.models.int8_copy import int8_copy, uses_int8
from shared.recognition.engines.engine import RecognitionEngine
from shared.recognition.options import RecognitionOptions
from shared.recognition.pipeline import Recognition
from shared.recognition.streaming import FindSpeaker, StreamingRecognition
from shared.scheduling import (
    CheckCancelled,
    Job,
    Priority,
    Scheduler,
    SlotUse,
    never_cancelled,
)
from shared.settings import Settings
from shared.streaming_events import StreamingOptions
from shared.thread_priority import lower_thread_priority
from shared.transcription.transcriber import (
    AssessmentSession,
    DiarizationSession,
    RecognitionResults,
    StreamingResults,
)

if TYPE_CHECKING:
    from shared.diarization.diarize import Diarizer
    from shared.pronunciation.assessor import PronunciationAssessor


LoadFileEngine = Callable[[Settings], tuple[RecognitionEngine, int] | None]
"""Loads the engine of files; returns it and its slots, or None where files share the other one."""


@dataclass(frozen=True, slots=True)
class _Models:
    """`scheduler`: of everything but long audio, and of that too where there is no second one."""

    scheduler: Scheduler[RecognitionEngine]
    languages: frozenset[str]
    detector: SpeechDetector


def load_models(settings: Settings) -> tuple[RecognitionEngine, SpeechDetector]:
    """Load the models of the settings, which takes a second.

    Raises
    ------
    ModelMissing, ModelCorrupt: see `locate_model`.
    EngineUnavailable: the engine cannot load the model.
    """
    model_folder = locate_model(settings.model, settings.model_folder)
    detector_folder = locate_model("silero-vad", settings.model_folder)
    detector = SileroDetector(detector_folder / "silero_vad_v6.onnx")
    return _load_engine(model_folder, settings), detector


def load_file_engine(settings: Settings) -> tuple[RecognitionEngine, int] | None:
    """Load the engine of files in a thread that gives way to others, as the engine's threads do.

    None where a second instance does not pay: on one core, on another device, and with the other
    engine, which decodes one segment after the other.

    Raises
    ------
    The errors of `load_models`.
    """
    n_slots = file_slots(settings)
    if n_slots == 0:
        return None
    model_folder = locate_model(settings.model, settings.model_folder)
    with ThreadPoolExecutor(1, initializer=lower_thread_priority) as thread:
        loading = thread.submit(_load_engine, model_folder, settings, threads=1, workers=n_slots)
        return loading.result(), n_slots


class LocalTranscriber:
    """Adapter of `Transcriber` for production. Loads its models on first use.

    load, load_files: `load_models` and `load_file_engine`, or fakes of them in tests.
    """

    def __init__(
        self,
        settings: Settings,
        load: Callable[[Settings], tuple[RecognitionEngine, SpeechDetector]] = load_models,
        load_files: LoadFileEngine = load_file_engine,
    ) -> None:
        self._settings = settings
        self._load_models = load
        self._load_file_engine = load_files
        self._loading = threading.Lock()
        self._models: _Models | None = None
        self._files: Scheduler[RecognitionEngine] | None = None
        self._diarizer: Diarizer | None = None
        self._assessor: PronunciationAssessor | None = None

    @property
    def loaded(self) -> bool:
        """Whether the models are in memory."""
        return self._models is not None

    def slot_use(self) -> dict[str, SlotUse]:
        """Return how the slots are used: `short` and, once a file has come, `files`; loads nothing.

        Without a second instance files take slots of `short`.
        """
        models, files = self._models, self._files
        use = {} if models is None else {"short": models.scheduler.use()}
        if models is not None and files is not None and files is not models.scheduler:
            use["files"] = files.use()
        return use

    def load(self) -> None:
        """Load the models unless they are in memory."""
        self._load()

    def _load(self) -> "_Models":
        if self._models is None:
            with self._loading:
                if self._models is None:
                    engine, detector = self._load_models(self._settings)
                    scheduler = _slots_of(engine, self._settings.concurrency)
                    self._models = _Models(scheduler, engine.languages, detector)
        return self._models

    def _file_scheduler(self) -> Scheduler[RecognitionEngine]:
        """Load the engine of files at the first file; takes half a second."""
        models = self._load()
        with self._loading:
            if self._files is None:
                loaded = self._load_file_engine(self._settings)
                self._files = models.scheduler if loaded is None else _slots_of(*loaded)
            return self._files

    def recognise(
        self,
        stream: AudioStream,
        options: RecognitionOptions,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> RecognitionResults:
        """Run the pipeline on the stream."""
        return self._recognition(options, check_cancelled).run(stream)

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
        """Run streaming recognition on the stream."""
        recognition = self._recognition(options, check_cancelled)
        find_speaker = None
        if options.speakers is not None:
            find_speaker = self._speaker_finder(options, check_cancelled)
        return StreamingRecognition(
            recognition,
            self._load().detector,
            streaming,
            is_live,
            find_speaker=find_speaker,
            assess=None if assessment is None else assessment.assess,
        ).run(stream)

    def _speaker_finder(
        self, options: RecognitionOptions, check_cancelled: CheckCancelled
    ) -> FindSpeaker:
        """Start the diarization of one conversation under way, which holds its voices."""
        diarizer, scheduler = self._load_diarizer(), self._load().scheduler
        # Imported on use: only diarization needs it.
        from shared.diarization.incremental import IncrementalDiarization  # noqa: PLC0415

        voices = IncrementalDiarization(diarizer.models())

        def find_speaker(samples: Samples) -> int | None:
            with scheduler.slot(Job(options.priority, check_cancelled)):
                return voices.identify_speaker(samples)

        return find_speaker

    def identify_language(
        self, stream: AudioStream, locales: Sequence[str] = ()
    ) -> IdentifiedLanguage | None:
        """Identify the language of at most the first minute of speech; None without speech.

        Real time will identify languages at start so; until then benchmarks and tests of quality
        measure it. Raises the errors of `recognise`.
        """
        options = RecognitionOptions(locales=tuple(locales))
        return self._recognition(options, never_cancelled).identify_language(stream)

    def _recognition(
        self, options: RecognitionOptions, check_cancelled: CheckCancelled
    ) -> Recognition:
        models = self._load()
        return Recognition(
            models.scheduler,
            models.languages,
            models.detector,
            options,
            check_cancelled,
            file_scheduler=self._file_scheduler,
        )

    def start_diarization(
        self, priority: Priority, check_cancelled: CheckCancelled = never_cancelled
    ) -> DiarizationSession:
        """Start a session whose networks run in slots of the scheduler of recognition."""
        diarizer, scheduler = self._load_diarizer(), self._load().scheduler
        job = Job(priority, check_cancelled)
        return diarizer.start(lambda: scheduler.slot(job), check_cancelled)

    def _load_diarizer(self) -> "Diarizer":
        if not self._settings.diarization:
            raise FeatureUnavailable("Diarization is off on this server.")
        with self._loading:
            if self._diarizer is None:
                # Imported on use: only diarization needs it.
                from shared.diarization.diarize import Diarizer  # noqa: PLC0415

                settings = self._settings
                self._diarizer = Diarizer(settings.model_folder, settings.threads)
            return self._diarizer

    def start_assessment(
        self,
        options: AssessmentOptions,
        locale: str,
        priority: Priority,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> AssessmentSession:
        """Start a session that works in slots of the scheduler of recognition."""
        assessor, scheduler = self._load_assessor(), self._load().scheduler
        job = Job(priority, check_cancelled)
        return assessor.start(options, locale, lambda: scheduler.slot(job))

    def _load_assessor(self) -> "PronunciationAssessor":
        if not self._settings.pronunciation:
            raise FeatureUnavailable("Pronunciation assessment is off on this server.")
        with self._loading:
            if self._assessor is None:
                # Imported on use: only pronunciation assessment needs it.
                from shared.pronunciation.assessor import PronunciationAssessor  # noqa: PLC0415

                folder = locate_model("pronunciation", self._settings.model_folder)
                self._assessor = PronunciationAssessor.load(folder, self._settings.threads)
            return self._assessor

    def supported_locales(self) -> tuple[str, ...]:
        """Locales that the configured model can recognise, sorted; loads nothing."""
        if self._settings.model.endswith(".en"):
            return tuple(locale for locale in supported_locales() if language_of(locale) == "en")
        return supported_locales()


def file_slots(settings: Settings) -> int:
    """Slots of files, one thread each: as many as short requests have threads; 0 for none."""
    if not settings.file_instance or settings.engine != "ctranslate2" or settings.device != "cpu":
        return 0
    cores = available_cores()
    n_slots = min(cores, (settings.threads or cores) * settings.concurrency)
    return n_slots if n_slots > 1 else 0


def _slots_of(engine: RecognitionEngine, n_slots: int) -> Scheduler[RecognitionEngine]:
    """One engine serves all slots: it has as many internal workers."""
    return Scheduler([engine] * n_slots)


def _load_engine(
    model_folder: Path,
    settings: Settings,
    *,
    threads: int | None = None,
    workers: int | None = None,
) -> RecognitionEngine:
    """Import and load the engine of the settings; the other one's libraries stay unimported."""
    if settings.engine == "openai-whisper":
        from shared.recognition.engines import openai_whisper_engine  # noqa: PLC0415

        return openai_whisper_engine.OpenAIWhisperEngine(model_folder, settings)
    from shared.recognition.engines import ctranslate2_engine  # noqa: PLC0415

    weights_folder = int8_copy(model_folder) if uses_int8(settings) else None
    return ctranslate2_engine.CTranslate2Engine.load(
        model_folder, settings, weights_folder=weights_folder, threads=threads, workers=workers
    )
