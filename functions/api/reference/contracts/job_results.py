"""Result files of batch transcription: the transcript of each file, and the report."""

from typing import Annotated, Literal

from pydantic import Field

from functions.api.reference.contracts import samples
from functions.api.reference.schemas import CamelCase, Confidence, Duration, Int32, Int64, Moment
from shared.formats.batch_report import ReportEntry, batch_report
from shared.formats.batch_result import BatchResultOptions, batch_result

Ticks = Annotated[Int64, Field(description="Ticks of 100 ns.")]


class Extent(CamelCase):
    """A stretch of the audio, in three spellings of each time."""

    offset: Duration
    duration: Duration
    offset_in_ticks: Ticks
    duration_in_ticks: Ticks
    offset_milliseconds: Int32
    duration_milliseconds: Int32


class LexicalWord(Extent):
    """A timed word in lexical form."""

    word: str
    confidence: Confidence


class DisplayWord(Extent):
    """A timed word with its punctuation."""

    display_text: str


class ResultForms(CamelCase):
    """A text in its four forms."""

    lexical: str
    itn: str
    masked_itn: str = Field(alias="maskedITN")
    display: str


class CombinedResult(ResultForms):
    """The text of one channel."""

    channel: Int32


class ResultAlternative(ResultForms):
    """One reading of a phrase; the first is the best."""

    confidence: Confidence
    words: list[LexicalWord] | None = Field(
        None, description="With `wordLevelTimestampsEnabled`, of the best reading."
    )
    display_words: list[DisplayWord] | None = Field(
        None, description="With `displayFormWordLevelTimestampsEnabled`, of the best reading."
    )


class ResultPhrase(Extent):
    """Speech without a longer pause in it."""

    recognition_status: Literal["Success"]
    channel: Int32
    speaker: Int32 | None = Field(None, description="Only with diarization; counts from 1.")
    locale: str | None = Field(None, description="Only with language identification.")
    n_best: list[ResultAlternative]


class TranscriptionResult(CamelCase):
    """The transcript of one file. Phrases come by time."""

    source: str = Field(description="Address or name of the file, without a signature.")
    timestamp: Moment
    duration_in_ticks: Ticks
    duration_milliseconds: Int32
    duration: Duration
    combined_recognized_phrases: list[CombinedResult]
    recognized_phrases: list[ResultPhrase]


class ReportDetail(CamelCase):
    """The outcome of one file."""

    source: str
    status: Literal["Succeeded", "Failed"]
    error_message: str | None = None
    error_kind: str | None = Field(None, description="Such as `InvalidAudio`.")


class TranscriptionReport(CamelCase):
    """The outcome of every file of a job."""

    successful_transcriptions_count: int
    failed_transcriptions_count: int
    details: list[ReportDetail]


EXAMPLES = {
    "transcript": batch_result(
        samples.TRANSCRIPT,
        samples.AUDIO_URL,
        samples.ENDED_AT,
        BatchResultOptions(word_timestamps=True, display_word_timestamps=True),
    ),
    "report": batch_report([ReportEntry(samples.AUDIO_URL, succeeded=True)]),
}
