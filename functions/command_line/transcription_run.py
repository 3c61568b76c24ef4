"""Work of `transcribe` on its recordings, one after the other; a broken one stops no other."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from functions.command_line.recordings import Recording
from functions.command_line.transcription_progress import TranscriptionProgress, duration_text
from functions.command_line.transcripts import Document, are_newer
from functions.command_line.whole_file import write_whole
from shared.audio.format import AudioLimits
from shared.audio.source import BinaryReader
from shared.audio.stream import AudioStream, open_audio
from shared.errors import (
    ConfigurationError,
    EngineUnavailable,
    FeatureUnavailable,
    ModelError,
    SpeechError,
)
from shared.formats.subtitle_options import SubtitleOptions
from shared.recognition.options import RecognitionOptions
from shared.transcript import Transcript
from shared.transcription.transcribe import transcribe
from shared.transcription.transcriber import Transcriber
from shared.translation.speech import SpeechTranslationPlan

MAX_AUDIO_S = 24 * 3600
MAX_AUDIO_WITH_SPEAKERS_S = 4 * 3600  # as the service: the comparison of voices grows with it
MAX_AUDIO_BYTES = 100_000_000_000

# Errors of the installation: every further recording would fail alike.
_OF_ALL = (ConfigurationError, EngineUnavailable, FeatureUnavailable, ModelError)


@dataclass(frozen=True, slots=True)
class Task:
    """Work on one recording. paths: of the documents, in their order; none where one is printed."""

    recording: Recording
    documents: tuple[Document, ...]
    paths: tuple[Path, ...] = ()


class TranscriptionRun:
    """Transcribes recordings with the same options.

    Parameters
    ----------
    plan: of the translations; None without any.
    subtitles: rules of subtitles.
    skips: whether a recording whose results are newer is left as it is.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        options: RecognitionOptions,
        plan: SpeechTranslationPlan | None,
        progress: TranscriptionProgress,
        *,
        subtitles: SubtitleOptions,
        skips: bool,
    ) -> None:
        self._transcriber = transcriber
        self._options = options
        self._plan = plan
        self._progress = progress
        self._subtitles = subtitles
        self._skips = skips
        self._limits = AudioLimits(
            max_bytes=MAX_AUDIO_BYTES,
            max_duration_s=MAX_AUDIO_S if options.speakers is None else MAX_AUDIO_WITH_SPEAKERS_S,
        )
        self._n_done = self._n_skipped = self._n_failed = 0

    def work_on(self, tasks: Sequence[Task]) -> bool:
        """Do the tasks in order; return whether none failed. A last line counts them.

        Raises
        ------
        ModelMissing, ModelCorrupt, EngineUnavailable, FeatureUnavailable, ConfigurationError: no
            task can be done.
        """
        try:
            for task in tasks:
                self._progress.next()
                if self._skips and self._is_done(task):
                    self._n_skipped += 1
                    names = ", ".join(path.name for path in task.paths)
                    newer = "is newer" if len(task.paths) == 1 else "are newer"
                    self._progress.say(f"{task.recording.name}: skipped, {names} {newer}")
                else:
                    self._work_on(task)
        finally:
            self._progress.end()
            if len(tasks) > 1:
                self._progress.note(self._summary(len(tasks)))
        return self._n_failed == 0

    def _work_on(self, task: Task) -> None:
        name = task.recording.name
        try:
            transcript = self._transcribe(task.recording)
            took_s = self._progress.end()
            self._write(task, transcript)
        except _OF_ALL:
            raise
        except (SpeechError, OSError) as error:
            self._progress.end()
            self._n_failed += 1
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._progress.say(f"{name}: failed: {reason or type(error).__name__}")
            return
        self._n_done += 1
        speed = transcript.duration_s / max(took_s, 1e-3)
        results = ", ".join(map(str, task.paths)) or "standard output"
        speech = "" if transcript.phrases else "no speech, "
        self._progress.say(
            f"{name}: {speech}{duration_text(transcript.duration_s)} in {duration_text(took_s)} "
            f"({speed:.1f}x real time), to {results}"
        )

    def _transcribe(self, recording: Recording) -> Transcript:
        # Before the clock starts: the first recording would seem slow.
        self._transcriber.load()
        with _opened(recording, self._limits) as stream:
            self._progress.begin(recording.name, stream.stated_s)
            transcript = transcribe(
                self._transcriber,
                stream,
                self._options,
                self._progress.tick,
                show_done=self._progress.show_done,
            )
        return transcript if self._plan is None else self._plan.translated(transcript)

    def _write(self, task: Task, transcript: Transcript) -> None:
        path = task.recording.path
        # Bytes of a name that are no UTF-8 cannot be written as text.
        name = "audio" if path is None else os.fsencode(path.stem).decode(errors="replace")
        targets = () if self._plan is None else self._plan.targets
        written = [
            one.written(transcript, targets, name, self._subtitles).encode()
            for one in task.documents
        ]
        if not task.paths:
            sys.stdout.buffer.write(b"".join(written))
            sys.stdout.buffer.flush()
            return
        for place, data in zip(task.paths, written, strict=True):
            write_whole(place, data)

    def _is_done(self, task: Task) -> bool:
        path = task.recording.path
        return path is not None and bool(task.paths) and are_newer(task.paths, path)

    def _summary(self, n_tasks: int) -> str:
        counts = {
            "transcribed": self._n_done,
            "skipped": self._n_skipped,
            "failed": self._n_failed,
            "left": n_tasks - self._n_done - self._n_skipped - self._n_failed,
        }
        shown = [f"{number} {word}" for word, number in counts.items() if number]
        return f"{n_tasks} files: {', '.join(shown)}"


@contextmanager
def _opened(recording: Recording, limits: AudioLimits) -> Iterator[AudioStream]:
    if recording.path is None:
        source: BinaryReader = sys.stdin.buffer
        with open_audio(source, limits=limits) as stream:
            yield stream
        return
    with recording.path.open("rb") as file, open_audio(file, limits=limits) as stream:
        yield stream
