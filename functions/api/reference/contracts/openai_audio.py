"""OpenAI's audio API: transcriptions, translations to English, and the names of the model."""

from typing import Annotated, Any, Literal

from pydantic import Field

from functions.api.openai.models import OPENAI_NAMES, model_object
from functions.api.openai.transcription_request import GRANULARITIES, ResponseFormat
from functions.api.openai.translations import FORMATS as TRANSLATION_FORMATS
from functions.api.problems import Shape
from functions.api.reference.contracts import samples
from functions.api.reference.errors import BUSY, RECEIVED, OpenAIError, error_answers
from functions.api.reference.operation import (
    Answer,
    Body,
    Content,
    Operation,
    Parameter,
    json_answer,
)
from functions.api.reference.schemas import Bytes, SnakeCase
from functions.api.request_limits import MAX_PHRASE_CHARACTERS, MAX_PHRASES, MAX_PROMPT_CHARACTERS
from shared.formats.openai_audio import (
    delta_event,
    diarized_events,
    diarized_json,
    done_event,
    languages_of,
    transcription_json,
    transcription_text,
    verbose_json,
)
from shared.formats.subtitles import srt, webvtt
from shared.jobs.limits import MAX_REQUESTED_LOCALES

TAG = "OpenAI audio"

Seconds = Annotated[float, Field(description="Seconds from the start of the audio.")]


class OpenAIModel(SnakeCase):
    """A name of this server's model."""

    id: str
    object: Literal["model"]
    created: int = Field(description="Unix time.")
    owned_by: str


class OpenAIModels(SnakeCase):
    """All names of this server's model, its own name first."""

    object: Literal["list"]
    data: list[OpenAIModel]


class TranslationForm(SnakeCase):
    """The form of a translation. Unknown fields are ignored, empty ones count as absent."""

    file: Bytes = Field(description="The audio, in any format.")
    model: str = Field(description="A name that `GET /v1/models` lists.", examples=["whisper-1"])
    language: str | None = Field(
        None,
        description="Language of the speech, ISO 639-1; without it, it is identified.",
        examples=["en"],
    )
    response_format: Annotated[
        str, Field(json_schema_extra={"enum": list(TRANSLATION_FORMATS)})
    ] = ResponseFormat.JSON
    prompt: str | None = Field(
        None, max_length=MAX_PROMPT_CHARACTERS, description="Accepted and ignored."
    )
    temperature: float | None = Field(
        None, ge=0, le=1, description="Accepted; recognition always uses 0."
    )


class TranscriptionForm(TranslationForm):
    """The form of a transcription. Unknown fields are ignored, empty ones count as absent.

    `known_speaker_names[]`, `known_speaker_references[]` and `include[]` are refused.
    """

    response_format: ResponseFormat = ResponseFormat.JSON
    languages: list[str] | None = Field(
        None,
        alias="languages[]",
        max_length=MAX_REQUESTED_LOCALES,
        description="Candidate languages; the server identifies one of them.",
    )
    keywords: (
        Annotated[
            list[Annotated[str, Field(max_length=MAX_PHRASE_CHARACTERS)]],
            Field(max_length=MAX_PHRASES),
        ]
        | None
    ) = Field(None, alias="keywords[]", description="Words or phrases that are likely.")
    timestamp_granularities: (
        list[Annotated[str, Field(json_schema_extra={"enum": list(GRANULARITIES)})]] | None
    ) = Field(
        None,
        alias="timestamp_granularities[]",
        description="With `verbose_json`; without effect on other formats of the gpt models.",
    )
    stream: bool = Field(
        default=False, description="Events; with `json`, `text` and `diarized_json`."
    )
    chunking_strategy: str | None = Field(None, description="Accepted and ignored.")


class SpokenLanguage(SnakeCase):
    """A language of the speech."""

    code: str


class DurationUsage(SnakeCase):
    """The length of the audio, in begun seconds."""

    type: Literal["duration"]
    seconds: int


class Transcription(SnakeCase):
    """The answer of `json`."""

    text: str
    languages: list[SpokenLanguage] = Field(description="In the order of their first phrase.")
    usage: DurationUsage


class VerboseSegment(SnakeCase):
    """A phrase."""

    id: int
    seek: int = Field(description="Its start in hundredths of a second.")
    start: Seconds
    end: Seconds
    text: str
    tokens: list[int] = Field(description="Always empty.")
    temperature: float = Field(description="Always 0.")
    avg_logprob: float = Field(description="Logarithm of the confidence.")
    compression_ratio: float
    no_speech_prob: float = Field(description="Always 0.")


class VerboseWord(SnakeCase):
    """A timed word without punctuation."""

    word: str
    start: Seconds
    end: Seconds


class VerboseTranscription(SnakeCase):
    """The answer of `verbose_json`."""

    task: Literal["transcribe", "translate"]
    language: str = Field(description="English name in lower case, such as `english`.")
    duration: float = Field(description="Seconds.")
    text: str
    segments: list[VerboseSegment] | None = Field(
        None, description="With the granularity `segment`, which is the default."
    )
    words: list[VerboseWord] | None = Field(None, description="With the granularity `word`.")
    usage: DurationUsage


class DiarizedSegment(SnakeCase):
    """A phrase of one speaker."""

    type: Literal["transcript.text.segment"]
    id: str
    start: Seconds
    end: Seconds
    text: str
    speaker: str = Field(description="`A` for the first speaker, `B` for the second.")


class DiarizedTranscription(SnakeCase):
    """The answer of `diarized_json`."""

    task: Literal["transcribe"]
    duration: float = Field(description="Seconds.")
    text: str
    segments: list[DiarizedSegment]
    usage: DurationUsage


class TextDelta(SnakeCase):
    """The event of a recognised phrase; the joined deltas are the text."""

    type: Literal["transcript.text.delta"]
    delta: str
    segment_id: str | None = Field(None, description="With `diarized_json`.")


class TextDone(SnakeCase):
    """The last event, with the whole text."""

    type: Literal["transcript.text.done"]
    text: str
    languages: list[SpokenLanguage]


_ANSWERS: Any = Transcription | VerboseTranscription | DiarizedTranscription
_EVENTS: Any = TextDelta | DiarizedSegment | TextDone | OpenAIError
_DIARIZED_EVENTS = list(diarized_events(samples.LABELLED))
_INVALID = {
    400: "A field is missing, not valid or not supported, or the file is not audio.",
}
_UPLOAD = {
    **RECEIVED,
    404: "The model does not exist here.",
    415: "The body is not `multipart/form-data`.",
    422: "The language of the audio is none of the candidates.",
}
_MODEL = model_object(OPENAI_NAMES[0])


def _texts(transcript: Any) -> tuple[Content, ...]:
    return (
        Content(
            str,
            "text/plain",
            {"text": transcription_text(transcript), "srt": srt(transcript)},
        ),
        Content(str, "text/vtt", {"vtt": webvtt(transcript)}),
    )


OPERATIONS = (
    Operation(
        id="createTranscription",
        method="POST",
        path="/v1/audio/transcriptions",
        tag=TAG,
        summary="Transcribe an audio file (OpenAI)",
        description="Transcribe an audio file, as OpenAI's audio API does. Its format is detected "
        "from its bytes; file name and content type are ignored. Clients of Azure OpenAI find it "
        "under `/openai/deployments/{name}/audio/transcriptions` too.",
        body=Body((Content(TranscriptionForm, "multipart/form-data"),)),
        answers={
            200: Answer(
                "The transcript in the requested format. With `stream` each event is `data: ` and "
                "one of the described objects; a failure is the last event.",
                (
                    Content(
                        _ANSWERS,
                        examples={
                            "json": transcription_json(samples.TRANSCRIPT),
                            "verbose_json": verbose_json(samples.TRANSCRIPT, GRANULARITIES),
                            "diarized_json": diarized_json(samples.LABELLED),
                        },
                    ),
                    *_texts(samples.TRANSCRIPT),
                    # OpenAPI 3.1 has no schemas of streams: this is that of the data of one event.
                    Content(
                        _EVENTS,
                        "text/event-stream",
                        {
                            "delta": delta_event(samples.PHRASE.best.display),
                            "segment": _DIARIZED_EVENTS[1],
                            "done": done_event(
                                samples.PHRASE.best.display, languages_of([samples.PHRASE])
                            ),
                        },
                    ),
                ),
            ),
            **error_answers(
                Shape.OPENAI, _INVALID, _UPLOAD, BUSY, {503: "The model is not available."}
            ),
        },
    ),
    Operation(
        id="createTranslation",
        method="POST",
        path="/v1/audio/translations",
        tag=TAG,
        summary="Translate an audio file to English (OpenAI)",
        description="Translate speech to English, as OpenAI's audio API does. A field `language`, "
        "which that API does not have, names the language of the speech.",
        body=Body((Content(TranslationForm, "multipart/form-data"),)),
        answers={
            200: Answer(
                "The English translation in the requested format.",
                (
                    Content(
                        Transcription | VerboseTranscription,
                        examples={
                            "json": transcription_json(samples.TRANSCRIPT),
                            "verbose_json": verbose_json(samples.TRANSCRIPT, ("segment",))
                            | {"task": "translate"},
                        },
                    ),
                    *_texts(samples.TRANSCRIPT),
                ),
            ),
            **error_answers(
                Shape.OPENAI,
                _INVALID,
                _UPLOAD,
                BUSY,
                {503: "The model or the translator is not available."},
            ),
        },
    ),
    Operation(
        id="listModels",
        method="GET",
        path="/v1/models",
        tag=TAG,
        summary="List models",
        description="List the names of this server's model, its own name first.",
        answers={
            200: json_answer(
                "The names, all of one model.",
                OpenAIModels,
                {"names": {"object": "list", "data": [_MODEL]}},
            ),
            **error_answers(Shape.OPENAI),
        },
    ),
    Operation(
        id="retrieveModel",
        method="GET",
        path="/v1/models/{model}",
        tag=TAG,
        summary="Describe a model",
        description="Describe a model by one of its names.",
        parameters=(
            Parameter(
                name="model", place="path", description="A name of it.", example=OPENAI_NAMES[0]
            ),
        ),
        answers={
            200: json_answer("The model.", OpenAIModel, {"name": _MODEL}),
            **error_answers(Shape.OPENAI, {404: "The server's model does not have this name."}),
        },
    ),
)
