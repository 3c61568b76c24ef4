"""Fast transcription: one upload, one answer."""

from pydantic import Field

from functions.api.problems import Shape
from functions.api.reference.contracts import samples
from functions.api.reference.contracts.generations import API_VERSION, UNKNOWN_API_VERSION
from functions.api.reference.errors import BUSY, RECEIVED, error_answers
from functions.api.reference.operation import Body, Content, Header, Operation, json_answer
from functions.api.reference.schemas import Bytes, CamelCase, Confidence, Int32, PascalCase
from functions.api.transcription_definition import TranscriptionDefinition
from shared.formats.dropped_field import DROPPED_FIELD
from shared.formats.fast_transcription import fast_transcription_result

TAG = "Fast transcription"

# The parts of a form have media types, which pydantic cannot say.
JSON_DEFINITION = {"definition": {"contentType": "application/json"}}


class TranscribeForm(CamelCase):
    """The form of a fast transcription, with the file or the address of one."""

    audio: Bytes | None = Field(
        None, description="The audio file, in any format; not needed with `definition.audioUrl`."
    )
    definition: TranscriptionDefinition | None = Field(
        None,
        description="Options as JSON.",
        examples=[
            {"locales": ["en-US"]},
            {"locales": ["en-US", "de-DE"], "diarization": {"maxSpeakers": 2}},
            {"audioUrl": samples.AUDIO_URL, "enhancedMode": {"task": "translate"}},
        ],
    )


class CombinedPhrases(CamelCase):
    """The text of the whole audio, or of one channel."""

    channel: Int32 | None = Field(None, description="Only with separate channels.")
    text: str


class TranscribedWord(CamelCase):
    """A timed word with its punctuation."""

    text: str
    offset_milliseconds: Int32
    duration_milliseconds: Int32


class TranscribedPhrase(CamelCase):
    """Speech without a longer pause in it."""

    channel: Int32 | None = Field(None, description="Only with separate channels.")
    speaker: Int32 | None = Field(None, description="Only with diarization; counts from 1.")
    offset_milliseconds: Int32
    duration_milliseconds: Int32
    text: str
    words: list[TranscribedWord]
    locale: str
    confidence: Confidence


class TranscribeResult(CamelCase):
    """A transcript. Phrases come by channel, then by time."""

    duration_milliseconds: Int32
    combined_phrases: list[CombinedPhrases]
    phrases: list[TranscribedPhrase]


class SupportedLocales(PascalCase):
    """The locales that can be transcribed by batch and by fast transcription: the same here."""

    submit: list[str]
    transcribe: list[str]


_INVALID_DEFINITION = {400: "A member of the definition is not valid; the message names it."}
DROPPED_HEADERS = {
    DROPPED_FIELD: Header(
        "Stretches without text and their reasons, a list of structured fields in milliseconds: "
        "`silence;at=0;for=2100, no_match;at=9000;for=1200`."
    ),
}
UPLOAD = {
    **RECEIVED,
    415: "The body is not `multipart/form-data`.",
    422: "The audio cannot be decoded, or its language is none of the locales.",
    503: "The model is not available.",
}
_LOCALES = ["de-DE", "en-US", "es-ES"]

OPERATIONS = (
    Operation(
        id="Transcriptions_Transcribe",
        method="POST",
        path="/speechtotext/transcriptions:transcribe",
        tag=TAG,
        summary="Transcribe an audio file",
        description="Transcribe an audio file in one request. The audio is the part `audio`, or "
        "the file at `definition.audioUrl`. Its format is detected from its bytes; file name and "
        "content type are ignored. Nothing is stored.",
        parameters=(API_VERSION,),
        body=Body((Content(TranscribeForm, "multipart/form-data", encoding=JSON_DEFINITION),)),
        answers={
            200: json_answer(
                "The transcript.",
                TranscribeResult,
                {
                    "transcript": fast_transcription_result(samples.TRANSCRIPT),
                    "speakers": fast_transcription_result(samples.LABELLED),
                },
                DROPPED_HEADERS,
            ),
            **error_answers(
                Shape.FLAT,
                UNKNOWN_API_VERSION,
                _INVALID_DEFINITION,
                UPLOAD,
                BUSY,
                {501: "Diarization, or the translation of `enhancedMode`, is not available."},
            ),
        },
    ),
    Operation(
        id="Transcriptions_ListSupportedLocales",
        method="GET",
        path="/speechtotext/transcriptions/locales",
        tag=TAG,
        summary="List supported locales",
        description="List the locales that this server's model can transcribe.",
        parameters=(API_VERSION,),
        answers={
            200: json_answer(
                "The locales.",
                SupportedLocales,
                {"locales": {"Submit": _LOCALES, "Transcribe": _LOCALES}},
            ),
            **error_answers(Shape.FLAT, UNKNOWN_API_VERSION),
        },
    ),
)
