"""Options of a turn: its `speech.context`, and the query of its connection.

The body decides, the path only where the body names no mode: clients send one turn's options to
several paths. Unknown members are ignored. Source: the wire of Speech SDK 1.53 (Python) and 1.52
(JavaScript).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from functions.api.assessment_options import UnusableAssessment, read_assessment_options
from functions.api.request_limits import MAX_PHRASE_CHARACTERS, MAX_PHRASES
from shared.assessment import AssessmentOptions
from shared.jobs.limits import MAX_REQUESTED_LOCALES
from shared.json_values import read_whole_number
from shared.text_forms.profanity import ProfanityMode

MAX_TARGETS = 10
# Those of the clients have less than 2 000; a list of 1 000 phrases may have 300 000.
MAX_CONTEXT_BYTES = 1_000_000

LEAST_SILENCE_MS, MOST_SILENCE_MS = 100, 5_000
MOST_INITIAL_SILENCE_MS = 60_000
MOST_STABILITY = 10

_PROFANITY_MODES = {
    "masked": ProfanityMode.MASKED,
    "removed": ProfanityMode.REMOVED,
    "raw": ProfanityMode.RAW,
}
_ANY_LANGUAGE = "und"
_PER_PHRASE = frozenset({"detectcontinuous", "detectsegments"})

Json = Mapping[str, Any]


class MalformedContext(ValueError):
    """The context of a turn cannot be served. Its message is for the client's developer."""


class Mode(StrEnum):
    """Kind of a turn: one phrase, or all phrases until the audio ends."""

    INTERACTIVE = "interactive"
    CONVERSATION = "conversation"
    DICTATION = "dictation"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest:
    """Options of one turn.

    locales: candidates as the client spells them; empty for any language.
    identifies_language: results name their language.
    language_per_phrase: it may change from phrase to phrase; else the first speech decides.
    only_language: the language is all that the client wants.
    targets: languages of the translation, as spelled; empty for none.
    voices: name of a voice by target, "" for any, for the targets to be synthesised.
    assessment: of the pronunciation; None for none, as for translations. Its results are detailed.
    segmentation_silence_ms: pause that ends a phrase; None: the default.
    initial_silence_ms: silence that ends a turn of one phrase; None: the default.
    stability: readings in a row that must agree on a word of a partial phrase; None: the default.
    """

    mode: Mode
    locales: tuple[str, ...]
    identifies_language: bool = False
    language_per_phrase: bool = False
    only_language: bool = False
    is_detailed: bool = False
    word_timestamps: bool = False
    profanity: ProfanityMode = ProfanityMode.MASKED
    is_diarized: bool = False
    phrases: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    voices: Mapping[str, str] | None = None
    assessment: AssessmentOptions | None = None
    segmentation_silence_ms: int | None = None
    initial_silence_ms: int | None = None
    stability: int | None = None


def read_turn_request(
    body: bytes, path_mode: Mode, query: Mapping[str, Sequence[str]]
) -> TurnRequest:
    """Read the body of `speech.context`.

    Parameters
    ----------
    path_mode: mode that the path of the connection names.
    query: values of the connection's query by name in lower case.

    Raises
    ------
    MalformedContext: the body is no JSON object, or one of its values cannot be served.
    """
    context = _parse(body)
    detection = _object(context, "phraseDetection")
    enrichment = _object(detection, "enrichment")
    mode, only_language = _mode(detection, path_mode)
    output = _object(context, "phraseOutput")
    details = _texts(_object(output, "detailed").get("options"), 20)
    is_detailed = _first(_text(output, "format"), *query.get("format", ())).lower() == "detailed"
    languages = _object(context, "languageId")
    locales = _locales(detection, languages, query)
    targets = _targets(context, query)
    assessment = None
    if not (targets or only_language):
        assessment = _assessment(enrichment.get("pronunciationAssessment"), mode, locales)
    return TurnRequest(
        mode=mode,
        locales=locales,
        identifies_language=bool(languages),
        language_per_phrase=_text(languages, "mode").lower() in _PER_PHRASE,
        only_language=only_language,
        is_detailed=is_detailed,
        assessment=assessment,
        word_timestamps=is_detailed
        and ("WordTimings" in details or _is_true(query.get("wordleveltimestamps", ()))),
        profanity=_profanity(_first(_text(enrichment, "profanity"), *query.get("profanity", ()))),
        is_diarized="speakerDiarization" in detection,
        phrases=tuple(_phrases(_object(context, "dgi"))),
        targets=targets,
        voices=_voices(context, targets),
        segmentation_silence_ms=_segmentation_silence(detection, mode, query),
        initial_silence_ms=_whole_number(
            _first_value(
                detection.get("initialSilenceTimeout"), query.get("initialsilencetimeoutms", ())
            ),
            "initialSilenceTimeout", 0, MOST_INITIAL_SILENCE_MS,
        ),
        stability=_whole_number(
            _first_value(
                _object(output, "interimResults").get("stableThreshold"),
                query.get("stableintermediatethreshold", ()),
            ),
            "stableThreshold", 0, MOST_STABILITY,
        ),
    )  # fmt: skip


def _parse(body: bytes) -> Json:
    if len(body) > MAX_CONTEXT_BYTES:
        raise MalformedContext(f"speech.context has more than {MAX_CONTEXT_BYTES} bytes.")
    # Raised after the handler: an error of the parser quotes the text.
    with suppress(ValueError, RecursionError):
        context = json.loads(body) if body.strip() else {}
        if isinstance(context, dict):
            return context
    raise MalformedContext("The body of speech.context is no JSON object.")


def _mode(detection: Json, path_mode: Mode) -> tuple[Mode, bool]:
    """Mode of the turn, and whether it asks for the language alone."""
    named = _text(detection, "mode").lower()
    if named in {"", "none"}:
        return path_mode, named == "none"
    try:
        return Mode(named), False
    except ValueError:
        return path_mode, False


def _locales(
    detection: Json, languages: Json, query: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    named: Sequence[str] = ()
    if languages:
        named = _texts(languages.get("languages"), MAX_REQUESTED_LOCALES)
        return tuple(one for one in named if one.lower() != _ANY_LANGUAGE)
    named = [
        _first(_text(detection, "language"), *query.get("language", ()), *query.get("from", ()))
    ]
    if not named[0]:
        raise MalformedContext("The turn names no language: set phraseDetection.language.")
    return tuple(named)


def _targets(context: Json, query: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    translation = context.get("translation")
    named = _texts(_object(context, "translation").get("targetLanguages"), MAX_TARGETS)
    if not named and (translation is not None or "to" in query):
        named = [one for text in query.get("to", ()) for one in text.split(",") if one]
    if len(named) > MAX_TARGETS:
        raise MalformedContext(f"A turn has at most {MAX_TARGETS} target languages.")
    return tuple(dict.fromkeys(named))


def _voices(context: Json, targets: Sequence[str]) -> Mapping[str, str] | None:
    """Voices of the targets to synthesise, by target; None for no speech."""
    if "synthesis" not in context:
        return None
    synthesis = _object(context, "synthesis")
    defaults = _object(synthesis, "defaultVoices")
    languages = _texts(synthesis.get("synthesizedLanguages"), MAX_TARGETS)
    return {one: _text(defaults, one) for one in languages or targets if one in targets}


def _assessment(parameters: Any, mode: Mode, locales: Sequence[str]) -> AssessmentOptions | None:
    if parameters is None:
        return None
    if not isinstance(parameters, dict):
        raise MalformedContext("pronunciationAssessment must be an object.")
    if len(locales) != 1:
        raise MalformedContext("Pronunciation assessment needs one language, and no candidates.")
    try:
        return read_assessment_options(parameters, is_continuous=mode is not Mode.INTERACTIVE)
    except UnusableAssessment as error:
        raise MalformedContext(str(error)) from None


def _segmentation_silence(
    detection: Json, mode: Mode, query: Mapping[str, Sequence[str]]
) -> int | None:
    """Pause that ends a phrase, by the name of the mode or as the trailing silence."""
    named: Any = None
    for name, value in detection.items():
        if name.lower() == mode and isinstance(value, dict):
            named = _object(value, "segmentation").get("segmentationSilenceTimeoutMs")
    if named is None:
        named = detection.get("trailingSilenceTimeout")
    silence = _first_value(
        named, query.get("segmentationsilencetimeoutms", ()), query.get("endsilencetimeoutms", ())
    )
    return _whole_number(silence, "segmentationSilenceTimeoutMs", LEAST_SILENCE_MS, MOST_SILENCE_MS)


def _phrases(grammar: Json) -> Iterator[str]:
    """Phrases of a phrase list."""
    n_phrases = 0
    for group in _objects(grammar.get("Groups")):
        for item in _objects(group.get("Items")):
            phrase = _text(item, "Text").strip()
            if not phrase:
                continue
            n_phrases += 1
            if n_phrases > MAX_PHRASES or len(phrase) > MAX_PHRASE_CHARACTERS:
                raise MalformedContext(
                    f"A phrase list has at most {MAX_PHRASES} phrases of at most "
                    f"{MAX_PHRASE_CHARACTERS} characters."
                )
            yield phrase


def _profanity(text: str) -> ProfanityMode:
    return _PROFANITY_MODES.get(text.lower(), ProfanityMode.MASKED)


def _whole_number(value: Any, name: str, low: int, high: int) -> int | None:
    if value is None:
        return None
    number = read_whole_number(value)
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise MalformedContext(f"{name} must be a whole number from {low} to {high}.")
    return number


def _object(value: Json, name: str) -> Json:
    member = value.get(name)
    return member if isinstance(member, dict) else {}


def _objects(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Json, name: str) -> str:
    member = value.get(name)
    return member.strip() if isinstance(member, str) else ""


def _texts(value: Any, most: int) -> list[str]:
    texts = (
        [one.strip() for one in value if isinstance(one, str)] if isinstance(value, list) else []
    )
    if len(texts) > most:
        raise MalformedContext(f"A list of the turn has more than {most} items.")
    return texts


def _first(*texts: str) -> str:
    return next((text for text in texts if text), "")


def _first_value(value: Any, *of_query: Sequence[str]) -> Any:
    """The value of the body, else the first of the query."""
    if value is not None:
        return value
    return next((text for texts in of_query for text in texts), None)


def _is_true(texts: Sequence[str]) -> bool:
    return bool(texts) and texts[0].lower() == "true"
