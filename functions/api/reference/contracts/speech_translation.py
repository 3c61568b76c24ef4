"""Speech translation, Sotto's own route: transcript, translations and their speech in one call."""

import base64

from pydantic import Field

from functions.api.problems import Shape
from functions.api.reference.contracts import samples
from functions.api.reference.contracts.fast_transcription import (
    DROPPED_HEADERS,
    JSON_DEFINITION,
    UPLOAD,
    CombinedPhrases,
    TranscribedPhrase,
    TranscribeResult,
)
from functions.api.reference.errors import BUSY, error_answers
from functions.api.reference.operation import Answer, Body, Content, Operation
from functions.api.reference.schemas import Base64, Bytes, CamelCase
from functions.api.speech_translation.definition import SpeechTranslationDefinition
from functions.api.speech_translation.routes import PATH
from shared.formats.speech_translation import speech_translation_result

TAG = "Speech translation"

_BY_TARGET = "Text by target, with the spelling of the request."


class SpeechTranslationForm(CamelCase):
    """The form of a speech translation, with the file or the address of one."""

    audio: Bytes | None = Field(
        None, description="The audio file, in any format; not needed with `definition.audioUrl`."
    )
    definition: SpeechTranslationDefinition = Field(
        description="Targets and options as JSON.",
        examples=[{"locales": ["en-US"], "targets": ["es"], "speech": {}}],
    )


class TranslatedCombinedPhrases(CombinedPhrases):
    """The text of the whole audio, or of one channel, and its translations."""

    translations: dict[str, str] = Field(description=_BY_TARGET)


class TranslatedPhrase(TranscribedPhrase):
    """Speech without a longer pause in it, and its translations."""

    translations: dict[str, str] = Field(description=_BY_TARGET)


class SpokenTranslationAudio(CamelCase):
    """The synthesised translation to one target."""

    target: str
    voice: str
    content_type: str
    data: Base64 | None = Field(
        None, description="The audio; in `multipart/mixed` it is a part of its own."
    )


class SpeechTranslationResult(TranscribeResult):
    """A transcript with translations."""

    combined_phrases: list[TranslatedCombinedPhrases]  # type: ignore[assignment]
    phrases: list[TranslatedPhrase]  # type: ignore[assignment]
    speech: list[SpokenTranslationAudio] | None = Field(
        None, description="With `definition.speech`, one entry for each target."
    )


_RESULT = speech_translation_result(samples.TRANSLATED, ("es",))
_SPOKEN = {"target": "es", "voice": "es-ES-DoraNeural", "contentType": "audio/x-wav"}

OPERATIONS = (
    Operation(
        id="translate_speech",
        method="POST",
        path=PATH,
        tag=TAG,
        summary="Translate speech",
        description="Recognise speech and translate it to one language or several, and synthesise "
        "the translations on request. The answer is JSON, with speech in Base64; or, if `Accept` "
        "prefers `multipart/mixed`, that JSON and one part for each synthesised translation.",
        body=Body(
            (Content(SpeechTranslationForm, "multipart/form-data", encoding=JSON_DEFINITION),)
        ),
        answers={
            200: Answer(
                "Words and translations by phrase, and speech on request.",
                (
                    Content(
                        SpeechTranslationResult,
                        examples={
                            "text": _RESULT,
                            "speech": _RESULT
                            | {"speech": [_SPOKEN | {"data": base64.b64encode(b"RIFF").decode()}]},
                        },
                    ),
                    # The parts of a multipart answer have no names, so no object describes them.
                    Content(Bytes, "multipart/mixed"),
                ),
                DROPPED_HEADERS,
            ),
            **error_answers(
                Shape.FLAT,
                UPLOAD,
                BUSY,
                {
                    400: "The definition is not valid, or no translator supports one of its pairs.",
                    406: "The client accepts neither JSON nor `multipart/mixed`.",
                    501: "Diarization is not available on this server.",
                    503: "A voice or translator is missing; the message says what to set up.",
                },
            ),
        },
    ),
)
