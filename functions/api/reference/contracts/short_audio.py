"""Short audio: one clip, one result, with scores of the pronunciation on request."""

import base64
import json
from typing import Annotated, Any, Literal

from pydantic import Field, Json

from functions.api.assessment_options import MAX_CANDIDATES, MAX_HEADER_CHARACTERS, Dimension
from functions.api.problems import Shape
from functions.api.reference.contracts import samples
from functions.api.reference.errors import BUSY, RECEIVED, error_answers
from functions.api.reference.operation import Body, Content, Operation, Parameter, json_answer
from functions.api.reference.schemas import Bytes, Confidence, Int64, PascalCase
from functions.api.short_audio import (
    FORMATS,
    MAX_ASSESSED_AUDIO_S,
    MAX_AUDIO_S,
    MODES,
    PROFANITY_MODES,
)
from shared.assessment import (
    AssessmentOptions,
    ErrorType,
    GradingSystem,
    Granularity,
    PhonemeAlphabet,
)
from shared.formats.pronunciation import AssessedSpeech, flat_result
from shared.formats.short_audio import detailed_result, error_result, simple_result

TAG = "Short audio"

Ticks = Annotated[Int64, Field(description="Ticks of 100 ns.")]
Score = Annotated[float, Field(description="0 to 5, or 0 to 100 with `HundredMark`.")]


class RecognizedText(PascalCase):
    """The result of `format=simple`."""

    recognition_status: Literal["Success"]
    display_text: str = Field(description="The text with capitals, punctuation and numbers.")
    offset: Ticks
    duration: Ticks


class RecognizedWord(PascalCase):
    """A timed word in lexical form."""

    word: str
    offset: Ticks
    duration: Ticks


class TextForms(PascalCase):
    """One reading of the speech, in its four forms."""

    confidence: Confidence
    lexical: str = Field(description="The words as spoken, in lower case.")
    itn: str = Field(alias="ITN", description="With numbers and dates as they are written.")
    masked_itn: str = Field(alias="MaskedITN", description="`ITN` after the profanity filter.")
    display: str


class RecognizedAlternative(TextForms):
    """One reading of the speech; the first is the best."""

    words: list[RecognizedWord] | None = Field(
        None, description="With `wordLevelTimestamps=true`, of the best reading."
    )


class DetailedRecognition(RecognizedText):
    """The result of `format=detailed`."""

    n_best: list[RecognizedAlternative]


class PhonemeCandidate(PascalCase):
    """A phoneme that may have been spoken."""

    phoneme: str
    score: Score


class AssessedPhonemeScore(PascalCase):
    """The score of one phoneme."""

    phoneme: str = Field(description="Empty for a language without names of phonemes.")
    offset: Ticks
    duration: Ticks
    accuracy_score: Score
    n_best_phonemes: list[PhonemeCandidate] | None = Field(
        None, description="With `NBestPhonemeCount`."
    )


class AssessedSyllableScore(PascalCase):
    """The score of one syllable."""

    syllable: str
    grapheme: str = Field(description="The letters that spell it.")
    offset: Ticks
    duration: Ticks
    accuracy_score: Score


class LikelyBreak(PascalCase):
    """How likely it is that a break is a mistake."""

    confidence: Confidence


class BreakFeedback(PascalCase):
    """The break before a word. The client decides from which confidence on it is a mistake."""

    error_types: list[Literal["None"]]
    unexpected_break: LikelyBreak
    missing_break: LikelyBreak
    break_length: Ticks


class MonotoneFeedback(PascalCase):
    """How likely it is that the pitch is too flat."""

    confidence: Confidence
    word_pitch_slope_confidence: Confidence
    syllable_pitch_delta_confidence: Confidence


class IntonationFeedback(PascalCase):
    """The intonation of the utterance."""

    error_types: list[Literal["Monotone"]]
    monotone: MonotoneFeedback


class ProsodyFeedback(PascalCase):
    """The prosody of a word."""

    # `break` is a word of Python.
    break_: BreakFeedback = Field(alias="Break")
    intonation: IntonationFeedback


class Feedback(PascalCase):
    """Feedback on a word."""

    prosody: ProsodyFeedback


class AssessedWordScore(RecognizedWord):
    """The scores of one word: of the reference, or an insertion."""

    confidence: float = Field(description="Always 0: the scores stand for it.")
    accuracy_score: Score
    error_type: ErrorType | None = Field(None, description="With the dimension `Comprehensive`.")
    feedback: Feedback | None = Field(None, description="With `EnableProsodyAssessment`.")
    syllables: list[AssessedSyllableScore] | None = Field(
        None, description="With the granularity `Phoneme`, as are the phonemes."
    )
    phonemes: list[AssessedPhonemeScore] | None = None


class AssessedAlternative(TextForms):
    """The speech and its scores."""

    accuracy_score: Score
    fluency_score: Score | None = Field(
        None, description="With the dimension `Comprehensive`, as are completeness and `PronScore`."
    )
    prosody_score: Score | None = Field(None, description="With `EnableProsodyAssessment`.")
    completeness_score: Score | None = None
    pron_score: Score | None = Field(None, description="The combination of the other scores.")
    words: list[AssessedWordScore] = Field(description="Empty with the granularity `FullText`.")


class AssessedRecognition(RecognizedText):
    """The result with the header `Pronunciation-Assessment`."""

    snr: float = Field(alias="SNR", description="Level of the speech above the rest, in dB.")
    n_best: list[AssessedAlternative]


class RecognitionWithoutText(PascalCase):
    """A result without text, and its reason."""

    recognition_status: Literal["NoMatch", "InitialSilenceTimeout", "BabbleTimeout"]
    offset: Ticks
    duration: Ticks


class FailedRecognition(PascalCase):
    """A transient failure of the service, which this contract answers with 200."""

    recognition_status: Literal["Error"]


class AssessmentParameters(PascalCase):
    """The parameters of pronunciation assessment; names and enumerations ignore case."""

    reference_text: str = Field("", description="The text to read; empty: unscripted speech.")
    grading_system: GradingSystem = GradingSystem.FIVE_POINT
    granularity: Granularity = Granularity.PHONEME
    dimension: Dimension = Dimension.BASIC
    enable_miscue: bool = Field(
        default=False, description="Mark words that were left out or put in."
    )
    enable_prosody_assessment: bool = False
    phoneme_alphabet: PhonemeAlphabet = PhonemeAlphabet.SAPI
    n_best_phoneme_count: int = Field(
        0, ge=0, le=MAX_CANDIDATES, description="Candidates of each phoneme."
    )


# A JSON object in Base64, which pydantic has no type for: the header is described as the text that
# it is, with the object that it decodes to.
AssessmentHeader = Annotated[
    Json[AssessmentParameters],
    Field(json_schema_extra={"contentEncoding": "base64", "maxLength": MAX_HEADER_CHARACTERS}),
]

_ASSESSED = AssessmentOptions(
    reference_text="Hello.",
    grading_system=GradingSystem.HUNDRED_MARK,
    is_comprehensive=True,
    prosody=True,
    n_best_phonemes=1,
)
_HEADER = {
    "ReferenceText": "Hello.",
    "GradingSystem": GradingSystem.HUNDRED_MARK,
    "Dimension": Dimension.COMPREHENSIVE,
    "EnableProsodyAssessment": True,
    "NBestPhonemeCount": 1,
}
_PARAMETERS = (
    Parameter(
        name="language", description="Locale of the speech.", example="en-US", is_required=True
    ),
    Parameter(
        name="format",
        description="Level of detail.",
        values=FORMATS,
        default=FORMATS[0],
        example="detailed",
    ),
    Parameter(
        name="profanity",
        description="Treatment of profane words in `DisplayText`, `Display` and `MaskedITN`.",
        values=tuple(PROFANITY_MODES),
        default="masked",
        example="raw",
    ),
    Parameter(
        name="wordLevelTimestamps",
        description="With `format=detailed`: time every word.",
        kind=bool,
        default=False,
        example=True,
    ),
    Parameter(
        name="cid",
        description="Endpoint of a custom model: accepted and ignored.",
        example="6c1d0f6a-2e57-4b8e-b5a0-9f0c7f523a55",
    ),
    Parameter(
        name="Pronunciation-Assessment",
        place="header",
        description="A JSON object in Base64. With it the result is detailed and has scores of the "
        "pronunciation.",
        kind=AssessmentHeader,
        example=base64.b64encode(json.dumps(_HEADER).encode()).decode(),
    ),
)
_RESULTS: Any = (
    RecognizedText
    | DetailedRecognition
    | AssessedRecognition
    | RecognitionWithoutText
    | FailedRecognition
)
_EXAMPLES = {
    "simple": simple_result(samples.TRANSCRIPT),
    "detailed": detailed_result(samples.TRANSCRIPT),
    "assessed": flat_result((samples.GREETING,), AssessedSpeech(samples.ASSESSMENT, _ASSESSED)),
    "silence": simple_result(samples.SILENCE),
    "failure": error_result(),
}

OPERATIONS = tuple(
    Operation(
        id=f"recognise_{mode}",
        method="POST",
        path=f"/speech/recognition/{mode}/cognitiveservices/v1",
        tag=TAG,
        summary=f"Recognise a short clip ({mode})",
        description=f"Recognise up to {MAX_AUDIO_S} seconds of speech. The body is the audio "
        "itself, which may be sent in chunks while it is recorded. The three modes have one "
        "handler. Its format is detected from its bytes.",
        parameters=_PARAMETERS,
        body=Body(
            (
                Content(Bytes, "audio/wav; codecs=audio/pcm; samplerate=16000"),
                Content(Bytes, "audio/ogg; codecs=opus"),
            ),
            f"Up to {MAX_AUDIO_S} seconds of audio, with `Pronunciation-Assessment` "
            f"{MAX_ASSESSED_AUDIO_S}. Other types of audio and video are accepted.",
        ),
        answers={
            200: json_answer(
                "The recognised text, or in `RecognitionStatus` the reason why there is none.",
                _RESULTS,
                _EXAMPLES,
            ),
            **error_answers(
                Shape.WRAPPED,
                RECEIVED,
                BUSY,
                {
                    400: "The language is missing or not supported, a parameter is not valid, or "
                    "the audio cannot be decoded or is too long.",
                    401: "The key or token is wrong.",
                    403: "The key or token is missing, or the access token has none of the "
                    "required roles.",
                    415: "The content type is not audio.",
                    501: "Pronunciation assessment is not available on this server.",
                    503: "The model is not available.",
                },
            ),
        },
    )
    for mode in MODES
)
