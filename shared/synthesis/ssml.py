"""SSML as a script: what is said in which voice and manner, and where there is silence.

Read with expat alone. A document type is refused before it could declare an entity, so there is
nothing to expand and nothing to fetch; `audio` is not fetched either, its alternative is spoken.

Source: W3C SSML 1.1, and Azure's speech-synthesis-markup pages.
"""

import dataclasses
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat  # document types, and with them entities, are refused below

from shared.errors import MalformedSsml
from shared.synthesis import prosody
from shared.synthesis.synthesizer import Span

MAX_VOICES = 50  # `voice` and `audio` elements together, as in the contract
MAX_DEPTH = 64
MAX_ATTRIBUTE_CHARACTERS = 100
MAX_SAID_CHARACTERS = 1_000  # of an attribute that is said: `alias` and `ph`
PARAGRAPH_PAUSE_S = 0.5


_READ_ATTRIBUTES = frozenset(
    ("alias", "alphabet", "gender", "interpret-as", "name", "ph", "pitch", "rate", "strength",
     "time", "volume", "xml:gender", "xml:lang")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How something is said.

    Parameters
    ----------
    voice: name of a voice, None where only locale and gender choose one.
    voice_locale: `xml:lang` where the voice was chosen, or of the document.
    language: locale of the text where `lang` says another one; None is the voice's own.
    gender: `female`, `male` or nothing.
    """

    voice: str | None = None
    voice_locale: str | None = None
    language: str | None = None
    gender: str | None = None
    speed: float = 1.0
    pitch: float = 1.0
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Text that is said in one manner."""

    spans: tuple[Span, ...]
    manner: Manner


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    duration_s: float


Script = tuple[Passage | Pause, ...]


def read_ssml(document: bytes) -> Script:
    """Read a document.

    Raises
    ------
    MalformedSsml: not well-formed, with a document type, without `speak` and `voice`, or with
        more voices than the contract allows. Says where, never what.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    failure = ""
    try:
        parser.Parse(document, True)  # noqa: FBT003 - takes no keyword
    except expat.ExpatError as error:
        failure = f"The SSML is not well-formed XML (line {error.lineno}, column {error.offset})."
    except (LookupError, ValueError):  # an encoding that nobody knows
        failure = "The SSML is in an unknown encoding."
    if failure:
        raise MalformedSsml(failure)
    return reader.script()


def _refuse_document_type(*_declaration: object) -> NoReturn:
    raise MalformedSsml("The SSML must not have a document type.")


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element: the manner in it, and what becomes of its text.

    name: of the element that collects the text, to give it a meaning at its end; else empty.
    value: the attribute that says which.
    """

    manner: Manner
    name: str = ""
    value: str = ""


class _Reader:
    """Takes expat's events, makes passages of them."""

    def __init__(self) -> None:
        self._open: list[_Element] = []
        self._parts: list[Passage | Pause] = []
        self._spans: list[Span] = []
        self._collected: list[str] = []
        self._n_voices = 0
        self._has_voice = False

    def script(self) -> Script:
        if not self._has_voice:
            raise MalformedSsml("The SSML has no voice element.")
        return tuple(self._parts)

    def start(self, qualified_name: str, attributes: dict[str, str]) -> None:
        name = qualified_name.rpartition(":")[2]
        _refuse_long(attributes)
        if not self._open:
            if name != "speak":
                raise MalformedSsml("The root element of SSML is speak.")
            self._open.append(_Element(Manner(voice_locale=attributes.get("xml:lang"))))
            return
        if len(self._open) >= MAX_DEPTH:
            raise MalformedSsml(f"The SSML is nested more than {MAX_DEPTH} deep.")
        outer = self._open[-1]
        if outer.name:  # what is in an element that collects is only text
            self._open.append(outer)
            return
        if name in {"voice", "audio"}:
            self._n_voices += 1
            self._has_voice |= name == "voice"
            if self._n_voices > MAX_VOICES:
                raise MalformedSsml(f"The SSML has more than {MAX_VOICES} voices.")
        self._open.append(self._entered(name, attributes, outer.manner))

    def end(self, qualified_name: str) -> None:
        element = self._open.pop()
        name = qualified_name.rpartition(":")[2]
        outer = self._open[-1] if self._open else None
        if element.name:
            if outer is None or outer is not element:
                self._spans += _meant(element, "".join(self._collected))
                self._collected = []
            return
        if name in {"p", "s"}:
            self._flush(element.manner)
            if name == "p":
                self._parts.append(Pause(PARAGRAPH_PAUSE_S))
        elif outer is None or outer.manner is not element.manner:
            self._flush(element.manner)

    def text(self, text: str) -> None:
        element = self._open[-1]
        if element.name:
            self._collected.append(text)
        else:
            self._spans.append(Span(text))

    def _entered(self, name: str, attributes: dict[str, str], manner: Manner) -> _Element:
        match name:
            case "break":
                self._flush(manner)
                length_s = prosody.pause_s(attributes.get("time"), attributes.get("strength"))
                self._parts.append(Pause(length_s))
            case "p" | "s":
                self._flush(manner)
            case "voice" | "lang" | "prosody":
                self._flush(manner)
                manner = _changed(manner, name, attributes)
            case "sub" if "alias" in attributes:
                return _Element(manner, name, attributes["alias"])
            case "say-as":
                return _Element(manner, name, attributes.get("interpret-as", ""))
            case "phoneme" if attributes.get("alphabet", "ipa").lower() == "ipa":
                return _Element(manner, name, attributes.get("ph", ""))
        return _Element(manner)

    def _flush(self, manner: Manner) -> None:
        if any(span.ipa or not span.text.isspace() for span in self._spans):
            self._parts.append(Passage(tuple(self._spans), manner))
        self._spans = []


def _refuse_long(attributes: dict[str, str]) -> None:
    """Refuse attributes that are read and have no meaning at that length; others are not read."""
    for name in _READ_ATTRIBUTES & attributes.keys():
        most = MAX_SAID_CHARACTERS if name in {"alias", "ph"} else MAX_ATTRIBUTE_CHARACTERS
        if len(attributes[name]) > most:
            raise MalformedSsml(f"An attribute {name} has more than {most} characters.")


def _changed(manner: Manner, name: str, attributes: dict[str, str]) -> Manner:
    if name == "voice":
        # The text of a voice is in its own language, whatever the document's is.
        return dataclasses.replace(
            manner,
            voice=attributes.get("name") or None,
            voice_locale=attributes.get("xml:lang") or manner.voice_locale,
            language=None,
            gender=(attributes.get("xml:gender") or attributes.get("gender") or "").lower() or None,
        )
    if name == "lang":
        return dataclasses.replace(manner, language=attributes.get("xml:lang") or manner.language)
    return dataclasses.replace(
        manner,
        speed=prosody.within_speed(
            manner.speed * prosody.speed_factor(attributes.get("rate", "default"))
        ),
        pitch=prosody.within_pitch(
            manner.pitch * prosody.pitch_factor(attributes.get("pitch", "default"))
        ),
        gain_db=prosody.within_gain(
            manner.gain_db + prosody.gain_db(attributes.get("volume", "default"))
        ),
    )


def _meant(element: _Element, text: str) -> list[Span]:
    """What the text of an element that collects is to be heard as."""
    if element.name == "sub":
        return [Span(element.value)]
    if element.name == "phoneme":
        return [Span(text, element.value or None)]
    return [Span(_said_as(text, element.value.strip().lower(), element.manner))]


_ONE_BY_ONE = {"characters", "spell-out", "letters", "verbatim"}
_DIGIT_BY_DIGIT = {"number_digit", "digits", "telephone"}


def _said_as(text: str, interpret_as: str, manner: Manner) -> str:
    """Spell letters and digits; dates, times and amounts are read well as they are written."""
    if interpret_as in _ONE_BY_ONE:
        return ", ".join(letter for letter in text if letter.isalnum())
    if interpret_as in _DIGIT_BY_DIGIT:
        groups = "".join(letter if letter.isdigit() else " " for letter in text).split()
        return ", ".join(" ".join(group) for group in groups) or text
    if interpret_as == "ordinal" and text.strip().isdecimal():
        language = manner.language or manner.voice or manner.voice_locale or ""
        # The last two digits say which ending; Python refuses to read thousands of digits.
        return text.strip() + _ordinal_ending(int(text.strip()[-2:]), language[:2].lower())
    return text


def _ordinal_ending(number: int, language: str) -> str:
    """What makes eSpeak NG read a number as an ordinal; nothing where it knows of no such sign."""
    if language in {"es", "it", "pt"}:
        return "º"
    if language != "en":
        return ""
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
