"""`properties` of a job in a request: what both generations say alike, and what each says alone.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/submit
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from functions.api.management.json_body import refused_as
from functions.api.management.speech_versions import SpeechVersion
from functions.api.problems import Problem
from functions.api.speech_models.base_model import names_model
from shared.errors import InvalidTimeToLive
from shared.jobs.asked import Asked, PunctuationMode
from shared.jobs.job import JobOptions
from shared.jobs.time_to_live import time_to_live_from_hours, time_to_live_from_text
from shared.json_fields import FieldError, JsonFields
from shared.text_forms.profanity import ProfanityMode
from shared.transcription.transcriber import Transcriber, find_supported_locale

MAX_URL_CHARACTERS = 8_000

PROFANITY_MODES = MappingProxyType(
    {
        "None": ProfanityMode.RAW,
        "Removed": ProfanityMode.REMOVED,
        "Tags": ProfanityMode.TAGS,
        "Masked": ProfanityMode.MASKED,
    }
)
CONTINUOUS, SINGLE = "Continuous", "Single"

_PLACE = "properties."
_CANDIDATES_OF_CONTINUOUS = range(2, 11)
_MAX_CANDIDATES = 100
_MAX_CHANNELS = 64
_MOST_SPEAKERS = 35
_SPEAKERS_UNLESS_SAID = 2  # of the first generation, whose `diarizationEnabled` tells two apart


@dataclass(frozen=True, slots=True)
class Served:
    """What properties are checked against: version of the request, model of this server."""

    version: SpeechVersion
    model: str
    transcriber: Transcriber


@dataclass(frozen=True, slots=True)
class JobProperties:
    """What the properties of a request come to."""

    options: JobOptions
    asked: Asked
    time_to_live: timedelta | None
    destination: str | None = field(default=None, repr=False)


def read_properties(body: JsonFields, locale: str, served: Served) -> JobProperties:
    """Read the member `properties` of a request, and `model` beside it.

    Parameters
    ----------
    locale: of the job, as it is spelt.

    Raises
    ------
    Problem: 400, with the inner code of what is wrong first.
    UnsupportedLocale: a candidate that the model does not know.
    """
    with refused_as("InvalidPayload"):
        given = body.fields("properties") if body.has("properties") else JsonFields({})
    time_to_live = _time_to_live(given, served.version)
    speakers = _speakers(given) if served.version.is_dated else _speakers_of_first_generation(given)
    language = _language(given, locale, served)
    with refused_as("InvalidChannels", _PLACE):
        channels = _channels(given)
    with refused_as("InvalidParameterValue", _PLACE):
        words = _flag(given, "wordLevelTimestampsEnabled")
        display_words = _flag(given, "displayFormWordLevelTimestampsEnabled")
        punctuation = PunctuationMode(
            _one_of(
                given, "punctuationMode", PunctuationMode.DICTATED_AND_AUTOMATIC, PunctuationMode
            )
        )
        profanity = _one_of(given, "profanityFilterMode", "Masked", PROFANITY_MODES)
        destination = (
            given.text("destinationContainerUrl", MAX_URL_CHARACTERS)
            if given.has("destinationContainerUrl")
            else None
        )
    candidates = language.candidates
    return JobProperties(
        JobOptions(
            locales=(locale, *(other for other in candidates if other != locale)),
            language_per_phrase=language.is_continuous,
            fallback_locale=locale if candidates else None,
            channels=channels,
            word_timestamps=words,
            display_word_timestamps=display_words,
            punctuation=punctuation is not PunctuationMode.NONE,
            profanity=PROFANITY_MODES[profanity],
            min_speakers=speakers.least,
            max_speakers=speakers.most,
        ),
        Asked(
            punctuation=punctuation,
            candidate_locales=candidates,
            mapped_locales=language.mapped,
            names_model=_names_model(body, "model", served),
        ),
        time_to_live,
        destination,
    )


def _time_to_live(given: JsonFields, version: SpeechVersion) -> timedelta | None:
    """`timeToLiveHours`, which has to be there, or `timeToLive`, which need not."""
    with refused_as("InvalidTimeToLive", _PLACE):
        try:
            if version.is_dated:
                return time_to_live_from_hours(given.integer("timeToLiveHours", -(10**9), 10**9))
            text = given.text("timeToLive", 100) if given.has("timeToLive") else None
            return time_to_live_from_text(text)
        except InvalidTimeToLive as error:
            message = str(error)
    raise Problem(400, message, code="InvalidArgument", inner_code="InvalidTimeToLive")


@dataclass(frozen=True, slots=True)
class _Speakers:
    """most: None where speakers are not told apart."""

    most: int | None = None
    least: int = 1


def _speakers(given: JsonFields) -> _Speakers:
    with refused_as("InvalidParameterValue", f"{_PLACE}diarization: "):
        if not given.has("diarization"):
            return _Speakers()
        diarization = given.fields("diarization")
        is_on = not diarization.has("enabled") or diarization.flag("enabled")
        most = _MOST_SPEAKERS
        if diarization.has("maxSpeakers"):
            most = diarization.integer("maxSpeakers", 2, _MOST_SPEAKERS)
        return _Speakers(most) if is_on else _Speakers()


def _speakers_of_first_generation(given: JsonFields) -> _Speakers:
    """`diarizationEnabled` turns it on; `diarization` says how many, where two is not meant."""
    with refused_as("InvalidParameterValue", _PLACE):
        is_on = _flag(given, "diarizationEnabled")
        most, least = _SPEAKERS_UNLESS_SAID, 1
        if given.has("diarization"):
            diarization = given.fields("diarization")
            if diarization.has("speakers"):
                speakers = diarization.fields("speakers")
                if speakers.has("minCount"):
                    least = speakers.integer("minCount", 1, _MOST_SPEAKERS)
                most = speakers.integer("maxCount", least, _MOST_SPEAKERS)
            elif diarization.has("maxSpeakers"):
                most = diarization.integer("maxSpeakers", 1, _MOST_SPEAKERS)
        return _Speakers(most, least) if is_on else _Speakers()


@dataclass(frozen=True, slots=True)
class _Language:
    """Language identification; without candidates it is off."""

    candidates: tuple[str, ...] = ()
    is_continuous: bool = False
    mapped: tuple[str, ...] = ()


def _language(given: JsonFields, locale: str, served: Served) -> _Language:
    with refused_as("InvalidParameterValue", f"{_PLACE}languageIdentification: "):
        if not given.has("languageIdentification"):
            return _Language()
        identification = given.fields("languageIdentification")
        texts = identification.items(
            "candidateLocales", _MAX_CANDIDATES, lambda item: item.text("item", 35)
        )
        mode = _one_of(identification, "mode", CONTINUOUS, (CONTINUOUS, SINGLE))
        candidates = tuple(
            dict.fromkeys(find_supported_locale(served.transcriber, text) for text in texts)
        )
        if mode == CONTINUOUS and not (
            len(candidates) in _CANDIDATES_OF_CONTINUOUS and locale in candidates
        ):
            raise FieldError("candidateLocales must be 2 to 10, with the locale of the job")
        if not candidates:
            raise FieldError("candidateLocales must name a locale")
        mapped = _mapped_locales(identification, candidates, served)
        return _Language(candidates, mode == CONTINUOUS, mapped)


def _mapped_locales(
    identification: JsonFields, candidates: tuple[str, ...], served: Served
) -> tuple[str, ...]:
    """Candidates that `speechModelMapping` names a model for; it must be this server's."""
    if not identification.has("speechModelMapping"):
        return ()
    mapping = identification.fields("speechModelMapping")
    mapped = []
    for name in mapping.names():
        locale = find_supported_locale(served.transcriber, name)
        if locale not in candidates:
            raise FieldError("speechModelMapping must name candidateLocales only")
        if _names_model(mapping, name, served):
            mapped.append(locale)
    return tuple(mapped)


def _names_model(fields: JsonFields, name: str, served: Served) -> bool:
    """Tell whether a member refers to a model; only this server's is known."""
    if not fields.has(name):
        return False
    with refused_as("InvalidModelUri", "model: "):
        address = fields.fields(name).text("self", MAX_URL_CHARACTERS)
        if not address.startswith(("https://", "http://")):
            raise FieldError("self must be the address of a model")
    if not names_model(address, served.model):
        message = "model names no model of this server; GET models/base lists what there is."
        raise Problem(400, message, code="InvalidArgument", inner_code="InvalidModel")
    return True


def _channels(given: JsonFields) -> tuple[int, ...]:
    if not given.has("channels"):
        return (0, 1)
    channels = given.items(
        "channels", _MAX_CHANNELS, lambda item: item.integer("item", 0, _MAX_CHANNELS - 1)
    )
    if not channels or len(set(channels)) < len(channels):
        raise FieldError("channels must name a channel, and none twice")
    return tuple(channels)


def _flag(given: JsonFields, name: str) -> bool:
    return given.has(name) and given.flag(name)


def _one_of(given: JsonFields, name: str, default: str, words: Iterable[str]) -> str:
    """Take one of the contract's words, in any case."""
    if not given.has(name):
        return default
    text = given.text(name, 100).lower()
    for word in words:
        if word.lower() == text:
            return word
    raise FieldError(f"{name} must be one of {', '.join(words)}")
