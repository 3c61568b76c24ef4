"""Transcripts of the command line: their formats, their files, and what of them is there."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.formats.fast_transcription import fast_transcription_result
from shared.formats.rttm import rttm
from shared.formats.speech_translation import speech_translation_result
from shared.formats.subtitle_options import SubtitleOptions
from shared.formats.subtitles import SubtitleFormat, render_subtitles
from shared.jobs.job import ResultFormat
from shared.transcript import Transcript
from shared.translation.speech import replace_with_translation

_WITH_TEXT = frozenset(ResultFormat) - {ResultFormat.BATCH_JSON, ResultFormat.RTTM}
_WITH_WORD_TIMES = frozenset(ResultFormat) - {ResultFormat.TEXT, ResultFormat.RTTM}


@dataclass(frozen=True, slots=True)
class Document:
    """One result. target: language of a translation; None for the text as it was spoken."""

    format: ResultFormat
    target: str | None = None

    @property
    def suffix(self) -> str:
        """Ending of its file: `.srt`, or `.es.srt` of a translation."""
        return f".{self.format}" if self.target is None else f".{self.target}.{self.format}"

    def written(
        self,
        transcript: Transcript,
        targets: Sequence[str],
        name: str,
        subtitles: SubtitleOptions | None = None,
    ) -> str:
        """Write a transcript.

        Parameters
        ----------
        targets: all languages that the transcript has translations to; JSON lists them.
        name: of the audio, for RTTM.
        subtitles: rules of subtitles; None for the usual ones.
        """
        if self.target is not None:
            transcript = replace_with_translation(transcript, self.target)
        if self.format is ResultFormat.BATCH_JSON:
            return _json(transcript, targets)
        if self.format is ResultFormat.RTTM:
            return rttm(transcript.phrases, name)
        return render_subtitles(transcript, SubtitleFormat(self.format.value), subtitles)


def documents_of(formats: Sequence[ResultFormat], targets: Sequence[str]) -> Iterator[Document]:
    """Yield each format, behind it its translations where the format has one text."""
    for one in formats:
        yield Document(one)
        if one in _WITH_TEXT:
            yield from (Document(one, target) for target in targets)


def needs_word_times(formats: Sequence[ResultFormat]) -> bool:
    """Whether one of the formats shows or uses the times of words."""
    return not _WITH_WORD_TIMES.isdisjoint(formats)


def path_of(stem: Path, document: Document) -> Path:
    """Return the file of a document; the stem may have dots."""
    return stem.with_name(stem.name + document.suffix)


def are_newer(paths: Sequence[Path], recording: Path) -> bool:
    """Whether all files are there and none is older than the recording."""
    try:
        modified = recording.stat().st_mtime_ns
        return all(path.stat().st_mtime_ns >= modified for path in paths)
    except FileNotFoundError:
        return False


def _json(transcript: Transcript, targets: Sequence[str]) -> str:
    """Write the answer of fast transcription, or of speech translation where there are targets."""
    result = (
        speech_translation_result(transcript, targets)
        if targets
        else fast_transcription_result(transcript)
    )
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"
