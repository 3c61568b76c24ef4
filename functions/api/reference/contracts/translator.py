"""Translator: texts in other languages, in version 3.0 and in the later ones."""

from typing import Annotated, Any, Literal

from pydantic import Field

from functions.api.problems import Shape
from functions.api.reference.errors import BUSY, REQUEST_ID, error_answers
from functions.api.reference.operation import (
    Access,
    Answer,
    Header,
    Operation,
    Parameter,
    json_answer,
    json_body,
)
from functions.api.reference.schemas import CamelCase, Confidence, Int32
from functions.api.translator.answers import (
    TranslatedText,
    later_answer,
    version_3_answer,
)
from functions.api.translator.request import (
    MAX_TEXTS,
    VERSION_3,
    Target,
    Text,
    TextElement,
    TranslationInputs,
    TranslationRequest,
)
from functions.api.translator.routes import SCOPES
from shared.translation.detection import DetectedLanguage

TAG = "Translator"

Texts = Annotated[list[TextElement], Field(min_length=1, max_length=MAX_TEXTS)]


class DetectedSource(CamelCase):
    """The detected language of a text."""

    language: str
    score: Confidence


class SentenceLengths(CamelCase):
    """Lengths of the sentences, in characters."""

    src_sent_len: list[Int32]
    trans_sent_len: list[Int32]


class TextTranslation(CamelCase):
    """A translation in version 3.0."""

    text: str
    to: str = Field(description="The target, with the spelling of the request.")
    sent_len: SentenceLengths | None = Field(None, description="With `includeSentenceLength`.")


class TranslatedElement(CamelCase):
    """The translations of one text in version 3.0."""

    detected_language: DetectedSource | None = Field(None, description="Without `from`.")
    translations: list[TextTranslation]


class TargetTranslation(CamelCase):
    """A translation in the later versions."""

    language: str = Field(description="The target, with the spelling of the request.")
    text: str
    source_characters: Int32


class TranslatedInput(CamelCase):
    """The translations of one text in the later versions."""

    detected_language: DetectedSource | None = Field(None, description="Without `language`.")
    translations: list[TargetTranslation]


class TranslationResult(CamelCase):
    """The translations in the later versions."""

    value: list[TranslatedInput]


class SentenceBoundaries(CamelCase):
    """The sentences of one text."""

    detected_language: DetectedSource | None = Field(None, description="Without `language`.")
    sent_len: list[Int32] = Field(description="Their lengths, in characters.")


class DetectedText(DetectedSource):
    """The language of one text."""

    is_translation_supported: bool
    is_transliteration_supported: Literal[False]


class TextLanguage(CamelCase):
    """A language that texts are translated from or to."""

    name: str = Field(description="In English.")
    native_name: str
    dir: Literal["ltr", "rtl"] = Field(description="Direction of its script.")
    models: list[Literal["general"]] | None = Field(None, description="In the later versions.")


class TextLanguages(CamelCase):
    """The languages of each scope, by code."""

    translation: dict[str, TextLanguage] | None = None
    transliteration: dict[str, Any] | None = Field(None, description="Always empty.")
    dictionary: dict[str, Any] | None = Field(None, description="In version 3.0; always empty.")
    models: list[Literal["general"]] | None = Field(None, description="In the later versions.")


_VERSION = Parameter(
    name="api-version",
    description=f"`{VERSION_3}`, or the date of a later version, such as `2026-06-06`.",
    example=VERSION_3,
    is_required=True,
)
_ERRORS = {
    400: "A parameter or the body is not valid, or the body is too large.",
    408: "The client stopped sending.",
    415: "The content type is not `application/json`.",
    503: "The translator, or the detection of languages, is not available.",
}
_HELLO = TranslationRequest(
    (Text("Hello", None, None, is_html=False, targets=(Target("es", "es"),)),)
)
_HOLA = [TranslatedText(DetectedLanguage("en", 1.0), ("Hola",))]

OPERATIONS = (
    Operation(
        id="Translate",
        method="POST",
        path="/translate",
        tag=TAG,
        summary="Translate text",
        description="Translate texts, each to one language or several. Without a source language, "
        "the language of each text is detected. `api-version` decides the form of body and answer: "
        f"in {VERSION_3} the languages are in the query, in later versions in the body.",
        parameters=(
            _VERSION,
            Parameter(
                name="to",
                description=f"{VERSION_3}: target language; repeat it for several.",
                kind=list[str],
                example=["es"],
            ),
            Parameter(
                name="from",
                description=f"{VERSION_3}: source language; without it, it is detected.",
                example="en",
            ),
            Parameter(
                name="suggestedFrom",
                description=f"{VERSION_3}: source language where the detection is not certain.",
                example="en",
            ),
            Parameter(
                name="textType",
                description=f"{VERSION_3}: whether texts are HTML, whose markup is kept.",
                values=("Plain", "Html"),
                default="Plain",
                example="Html",
            ),
            Parameter(
                name="category",
                description=f"{VERSION_3}: custom system; there is the general one only, which "
                "stands in for any other.",
                default="general",
                example="general",
            ),
            Parameter(
                name="allowFallback",
                description=f"{VERSION_3}: false refuses another category than `general`.",
                kind=bool,
                default=True,
                example=True,
            ),
            Parameter(
                name="profanityAction",
                description=f"{VERSION_3}: treatment of profane words.",
                values=("NoAction",),
                default="NoAction",
                example="NoAction",
            ),
            Parameter(
                name="includeSentenceLength",
                description=f"{VERSION_3}: add the lengths of the sentences.",
                kind=bool,
                default=False,
                example=True,
            ),
        ),
        body=json_body(
            Texts | TranslationInputs,
            {
                VERSION_3: [{"Text": "Hello"}],
                "later": {"inputs": [{"text": "Hello", "targets": [{"language": "es"}]}]},
            },
        ),
        answers={
            200: json_answer(
                "The translations, in the order of the texts and targets.",
                list[TranslatedElement] | TranslationResult,
                {
                    VERSION_3: version_3_answer(_HELLO, _HOLA),
                    "later": later_answer(_HELLO, _HOLA),
                },
                {
                    **REQUEST_ID,
                    "x-metered-usage": Header("Characters of the texts.", Int32),
                    "x-mt-system": Header("Always `Sotto`."),
                },
            ),
            **error_answers(
                Shape.TRANSLATOR, _ERRORS, {400: "No translator supports the pair."}, BUSY
            ),
        },
    ),
    Operation(
        id="Detect_DetectPost",
        method="POST",
        path="/detect",
        tag=TAG,
        summary="Detect the language of text",
        description="Detect the language of each text.",
        parameters=(_VERSION,),
        body=json_body(Texts, {"text": [{"Text": "Hello"}]}),
        answers={
            200: json_answer(
                "Language and score of each text.",
                list[DetectedText],
                {
                    "language": [
                        {
                            "language": "en",
                            "score": 1.0,
                            "isTranslationSupported": True,
                            "isTransliterationSupported": False,
                        }
                    ]
                },
                REQUEST_ID,
            ),
            **error_answers(Shape.TRANSLATOR, _ERRORS, BUSY),
        },
    ),
    Operation(
        id="FindSentenceBoundaries",
        method="POST",
        path="/breaksentence",
        tag=TAG,
        summary="Find sentence boundaries",
        description="Find the ends of the sentences of each text; white space belongs to the "
        "sentence before it.",
        parameters=(
            _VERSION,
            Parameter(
                name="language",
                description="Language of the texts; without it, it is detected.",
                example="en",
            ),
        ),
        body=json_body(Texts, {"text": [{"Text": "How are you? I am fine."}]}),
        answers={
            200: json_answer(
                "Lengths of the sentences of each text.",
                list[SentenceBoundaries],
                {"lengths": [{"sentLen": [13, 10]}]},
                REQUEST_ID,
            ),
            **error_answers(Shape.TRANSLATOR, _ERRORS, BUSY),
        },
    ),
    Operation(
        id="GetSupportedLanguages",
        method="GET",
        path="/languages",
        tag=TAG,
        summary="List languages of text",
        description="List the languages that this server translates from or to; needs no key.",
        access=Access.NOTHING,
        parameters=(
            _VERSION,
            Parameter(
                name="scope",
                description=f"Some of {', '.join(SCOPES)}, separated by commas; all by default.",
                example=SCOPES[0],
            ),
            Parameter(
                name="If-None-Match",
                place="header",
                description="`ETag` of the list that the client has.",
                example='"0f3c9a1d5e7b2846"',
            ),
        ),
        answers={
            200: json_answer(
                "The languages by code.",
                TextLanguages,
                {
                    VERSION_3: {
                        "translation": {
                            "es": {"name": "Spanish", "nativeName": "español", "dir": "ltr"}
                        },
                        "transliteration": {},
                        "dictionary": {},
                    }
                },
                {**REQUEST_ID, "ETag": Header("Tag of the list, for `If-None-Match`.")},
            ),
            304: Answer("The list is that of `If-None-Match`.", headers=REQUEST_ID),
            **error_answers(
                Shape.TRANSLATOR,
                {400: "The `api-version` or the scope is not valid."},
                needs_key=False,
            ),
        },
    ),
)
