"""The form of OpenAI's `POST /v1/audio/transcriptions`, validated.

https://platform.openai.com/docs/api-reference/audio/createTranscription
Unknown fields are ignored, an empty one counts as absent. `prompt`, `temperature` and
`chunking_strategy` are accepted and ignored: decoding is greedy, segmentation follows pauses in the
speech, and the decoder takes no prompt. No text may be longer than a prompt.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from functions.api.multipart import Part
from functions.api.openai.models import refuses_granularities, require_model
from functions.api.openai.problems import (
    OpenAIProblem,
    invalid_parameter,
    missing_parameter,
    unsupported_parameter,
)
from functions.api.request_limits import (
    MAX_LOCALE_CHARACTERS,
    MAX_PHRASE_CHARACTERS,
    MAX_PHRASES,
    MAX_PROMPT_CHARACTERS,
)
from shared.diarization.speaker_range import SpeakerRange
from shared.errors import UnsupportedLocale
from shared.jobs.limits import MAX_REQUESTED_LOCALES
from shared.recognition.options import RecognitionOptions
from shared.scheduling import Priority
from shared.text_forms.profanity import ProfanityMode
from shared.transcription.transcriber import Transcriber, find_supported_locale

GRANULARITIES = ("segment", "word")

# Batches of one segment have less latency: of 100 s of reading the first event is sent after 1.1 s
# of 9.4 s of work, with batches of 8 at the end. They cost 16 % more processor time (base, int8, 2
# cores, with other load).
_STREAMED_SEGMENTS = 1
_MAX_ITEMS, _MAX_WORD_CHARACTERS = 100, 100  # of lists whose values are words of the contract
_BYTE_ORDER_MARK = 3  # bytes
_NO_ENROLMENT = (
    "Speakers are not identified by name here: there is no enrolment, so known_speaker_names and "
    "known_speaker_references are refused. Speakers are labelled A, B and so on."
)


class ResponseFormat(StrEnum):
    """Format of the response."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VERBOSE_JSON = "verbose_json"
    VTT = "vtt"
    DIARIZED_JSON = "diarized_json"


_TIMED = frozenset({ResponseFormat.VERBOSE_JSON, ResponseFormat.SRT, ResponseFormat.VTT})
_STREAMED = frozenset({ResponseFormat.JSON, ResponseFormat.TEXT, ResponseFormat.DIARIZED_JSON})


@dataclass(frozen=True, slots=True)
class TranscriptionRequest:
    """A validated request. `granularities` apply to verbose JSON only."""

    audio: memoryview
    response_format: ResponseFormat
    granularities: tuple[str, ...]
    streams: bool
    options: RecognitionOptions


def read_transcription_request(
    parts: Sequence[Part], model: str, transcriber: Transcriber, deployment: str | None = None
) -> TranscriptionRequest:
    """Read the request from a form.

    Parameters
    ----------
    model: the configured one.
    deployment: see `deployment_of`. The operator of a deployment chooses its name, so any name is
        accepted; None: the form must name the model.

    Raises
    ------
    OpenAIProblem: 400 or 404, naming the field, never its value.
    MalformedMultipart: a text field is not UTF-8.
    """
    form = _Form(parts)
    name = deployment or form.text("model")
    if name is None:
        raise missing_parameter("model")
    if deployment is None:
        require_model(name, model)
    _refuse_unsupported(form)
    response_format = ResponseFormat(
        form.one_of("response_format", tuple(ResponseFormat)) or ResponseFormat.JSON
    )
    streams = form.flag("stream")
    if streams and response_format not in _STREAMED:
        raise invalid_parameter("response_format", "json, text or diarized_json with stream=true")
    granularities = _granularities(form)
    if (
        granularities
        and response_format is not ResponseFormat.VERBOSE_JSON
        and refuses_granularities(name, model)
    ):
        raise invalid_parameter(
            "response_format", "verbose_json where timestamp_granularities are given"
        )
    _check_temperature(form.text("temperature"))
    for ignored in ("prompt", "chunking_strategy"):
        form.text(ignored)
    audio = form.single("file")
    if audio is None:
        raise missing_parameter("file")
    diarized = response_format is ResponseFormat.DIARIZED_JSON
    return TranscriptionRequest(
        audio=audio.data,
        response_format=response_format,
        granularities=granularities or ("segment",),
        streams=streams,
        options=RecognitionOptions(
            locales=_locales(form, transcriber),
            word_timestamps=response_format in _TIMED,
            profanity=ProfanityMode.RAW,  # this API has no profanity filter
            speakers=SpeakerRange() if diarized else None,
            phrases=tuple(form.texts("keywords", MAX_PHRASES, MAX_PHRASE_CHARACTERS)),
            batch_segments=_STREAMED_SEGMENTS if streams else RecognitionOptions().batch_segments,
            priority=Priority.FILE,
        ),
    )


class _Form:
    """Fields by name. The elements of an array repeat the field, as `name[]` or as `name`."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts: dict[str, list[Part]] = {}
        for part in parts:
            self._parts.setdefault(part.name.removesuffix("[]"), []).append(part)

    def single(self, name: str) -> Part | None:
        """Return the field; two fields of one name are ambiguous and refused."""
        named = self._parts.get(name, [])
        if len(named) > 1:
            message = f"The form has more than one field {name}."
            raise OpenAIProblem(400, message, code="invalid_value", param=name)
        return named[0] if named else None

    def text(self, name: str) -> str | None:
        """Text of the field; None if it is empty or absent."""
        part = self.single(name)
        return None if part is None else _text_of(part, name, MAX_PROMPT_CHARACTERS) or None

    def texts(
        self, name: str, n_most: int = _MAX_ITEMS, max_characters: int = _MAX_WORD_CHARACTERS
    ) -> list[str]:
        """Texts of an array field, without empty ones."""
        parts = self._parts.get(name, [])
        if len(parts) > n_most:
            raise invalid_parameter(name, f"a list of no more than {n_most} items")
        return [text for part in parts if (text := _text_of(part, name, max_characters))]

    def has(self, name: str) -> bool:
        """Whether a field has a value."""
        return any(len(part.data) for part in self._parts.get(name, []))

    def one_of(self, name: str, accepted: Sequence[str]) -> str | None:
        """Text of the field, which must be one of the accepted values."""
        text = self.text(name)
        if text is not None and text not in accepted:
            raise invalid_parameter(name, _join_alternatives(accepted))
        return text

    def flag(self, name: str) -> bool:
        """Value of a boolean field; an absent one is false."""
        text = (self.text(name) or "false").lower()
        if text not in {"true", "false", "1", "0"}:
            raise invalid_parameter(name, "true or false")
        return text in {"true", "1"}


def _refuse_unsupported(form: _Form) -> None:
    """Refuse unsupported fields, rather than silently ignore them."""
    for name in ("known_speaker_names", "known_speaker_references"):
        if form.has(name):
            raise unsupported_parameter(name, _NO_ENROLMENT)
    if form.texts("include"):
        reason = "Log probabilities of tokens are not available here; include must be left out."
        raise unsupported_parameter("include", reason)


def _granularities(form: _Form) -> tuple[str, ...]:
    granularities = form.texts("timestamp_granularities")
    if not set(granularities) <= set(GRANULARITIES):
        raise invalid_parameter("timestamp_granularities", _join_alternatives(GRANULARITIES))
    return tuple(granularities)


def _check_temperature(text: str | None) -> None:
    try:
        is_valid = text is None or 0 <= float(text) <= 1
    except ValueError:
        is_valid = False
    if not is_valid:
        raise invalid_parameter("temperature", "a number from 0 to 1")


def _locales(form: _Form, transcriber: Transcriber) -> tuple[str, ...]:
    """Locale of `language`, or the candidates of `languages` for language identification."""
    language = form.text("language")
    name = "languages" if language is None else "language"
    try:
        return tuple(
            find_supported_locale(transcriber, text)
            for text in (
                form.texts("languages", MAX_REQUESTED_LOCALES, MAX_LOCALE_CHARACTERS)
                if language is None
                else [language]
            )
        )
    except UnsupportedLocale:
        pass  # the error message quotes the text
    raise invalid_parameter(name, "in ISO 639-1, such as en, and known to this server's model")


def _text_of(part: Part, name: str, max_characters: int) -> str:
    # Four bytes are the longest character; a field of megabytes is not decoded to be counted.
    text = part.text().strip() if len(part.data) <= 4 * max_characters + _BYTE_ORDER_MARK else None
    if text is None or len(text) > max_characters:
        raise invalid_parameter(name, f"a text of no more than {max_characters} characters")
    return text


def _join_alternatives(accepted: Sequence[str]) -> str:
    return f"{', '.join(accepted[:-1])} or {accepted[-1]}"
