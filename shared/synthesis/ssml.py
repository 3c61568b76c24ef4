"""SSML as a script: passages of text with voice and style, and pauses.

The parser is expat. It refuses a document type before that could declare an entity, so there is
nothing to expand or fetch. `audio` is not fetched either; its alternative text is spoken.

Source: W3C SSML 1.1, and Azure's speech-synthesis-markup pages.
"""

import dataclasses
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat  # safe: document types, and so entities, are refused below

from shared.errors import MalformedSsml
from shared.synthesis import prosody
from shared.synthesis.synthesizer import Span

MAX_VOICES = 50  # `voice` and `audio` elements together, as in the contract
MAX_DEPTH = 64
MAX_ELEMENTS = 20_000  # ten minutes of speech have about 10 000 characters
MAX_ATTRIBUTE_CHARACTERS = 100
MAX_SPOKEN_ATTRIBUTE_CHARACTERS = 1_000  # of `alias` and `ph`, which are spoken
PARAGRAPH_PAUSE_S = 0.5


_READ_ATTRIBUTES = frozenset(
    ("alias", "alphabet", "gender", "interpret-as", "name", "ph", "pitch", "rate", "strength",
     "time", "volume", "xml:gender", "xml:lang")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceStyle:
    """Voice and prosody of a passage.

    Parameters
    ----------
    voice: name of a voice, None where locale and gender choose one.
    voice_locale: `xml:lang` of the `voice` element, else of the document.
    language: locale of the text where a `lang` element sets one; None is that of the voice.
    gender: `female`, `male` or None.
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
    """Text with one voice and style."""

    spans: tuple[Span, ...]
    style: VoiceStyle


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    duration_s: float


Script = tuple[Passage | Pause, ...]


def read_ssml(document: bytes) -> Script:
    """Read a document.

    Raises
    ------
    MalformedSsml: the document is not well-formed, has a document type, has no `speak` or `voice`,
        or has more voices than the contract allows. The message has a position, never the text.
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
    except (LookupError, ValueError):  # an unknown encoding
        failure = "The SSML is in an unknown encoding."
    if failure:
        raise MalformedSsml(failure)
    return reader.script()


def _refuse_document_type(*_declaration: object) -> NoReturn:
    raise MalformedSsml("The SSML must not have a document type.")


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element.

    name: of an element whose whole text is interpreted at its end, as `sub`; else empty.
    value: the attribute that decides the interpretation.
    """

    style: VoiceStyle
    name: str = ""
    value: str = ""


class _Reader:
    """Builds passages and pauses from expat's events."""

    def __init__(self) -> None:
        self._open: list[_Element] = []
        self._parts: list[Passage | Pause] = []
        self._spans: list[Span] = []
        self._collected: list[str] = []
        self._n_elements = 0
        self._n_voices = 0
        self._has_voice = False

    def script(self) -> Script:
        if not self._has_voice:
            raise MalformedSsml("The SSML has no voice element.")
        return tuple(self._parts)

    def start(self, qualified_name: str, attributes: dict[str, str]) -> None:
        name = qualified_name.rpartition(":")[2]
        _refuse_long(attributes)
        self._n_elements += 1
        if self._n_elements > MAX_ELEMENTS:
            raise MalformedSsml(f"The SSML has more than {MAX_ELEMENTS} elements.")
        if not self._open:
            if name != "speak":
                raise MalformedSsml("The root element of SSML is speak.")
            self._open.append(_Element(VoiceStyle(voice_locale=attributes.get("xml:lang"))))
            return
        if len(self._open) >= MAX_DEPTH:
            raise MalformedSsml(f"The SSML is nested more than {MAX_DEPTH} deep.")
        outer = self._open[-1]
        if outer.name:  # elements inside one that is interpreted count as text
            self._open.append(outer)
            return
        if name in {"voice", "audio"}:
            self._n_voices += 1
            self._has_voice |= name == "voice"
            if self._n_voices > MAX_VOICES:
                raise MalformedSsml(f"The SSML has more than {MAX_VOICES} voices.")
        self._open.append(self._open_element(name, attributes, outer.style))

    def end(self, qualified_name: str) -> None:
        element = self._open.pop()
        name = qualified_name.rpartition(":")[2]
        outer = self._open[-1] if self._open else None
        if element.name:
            if outer is None or outer is not element:
                self._spans += _spans_of(element, "".join(self._collected))
                self._collected = []
            return
        if name in {"p", "s"}:
            self._flush(element.style)
            if name == "p":
                self._parts.append(Pause(PARAGRAPH_PAUSE_S))
        elif outer is None or outer.style is not element.style:
            self._flush(element.style)

    def text(self, text: str) -> None:
        element = self._open[-1]
        if element.name:
            self._collected.append(text)
        else:
            self._spans.append(Span(text))

    def _open_element(self, name: str, attributes: dict[str, str], style: VoiceStyle) -> _Element:
        match name:
            case "break":
                self._flush(style)
                length_s = prosody.pause_s(attributes.get("time"), attributes.get("strength"))
                self._parts.append(Pause(length_s))
            case "p" | "s":
                self._flush(style)
            case "voice" | "lang" | "prosody":
                self._flush(style)
                style = _change_style(style, name, attributes)
            case "sub" if "alias" in attributes:
                return _Element(style, name, attributes["alias"])
            case "say-as":
                return _Element(style, name, attributes.get("interpret-as", ""))
            case "phoneme" if attributes.get("alphabet", "ipa").lower() == "ipa":
                return _Element(style, name, attributes.get("ph", ""))
        return _Element(style)

    def _flush(self, style: VoiceStyle) -> None:
        if any(span.ipa or not span.text.isspace() for span in self._spans):
            self._parts.append(Passage(tuple(self._spans), style))
        self._spans = []


def _refuse_long(attributes: dict[str, str]) -> None:
    """Refuse overlong values of the attributes that are read."""
    for name in _READ_ATTRIBUTES & attributes.keys():
        most = (
            MAX_SPOKEN_ATTRIBUTE_CHARACTERS if name in {"alias", "ph"} else MAX_ATTRIBUTE_CHARACTERS
        )
        if len(attributes[name]) > most:
            raise MalformedSsml(f"An attribute {name} has more than {most} characters.")


def _change_style(style: VoiceStyle, name: str, attributes: dict[str, str]) -> VoiceStyle:
    if name == "voice":
        # The text in a `voice` element has the language of the voice, not of the document.
        return dataclasses.replace(
            style,
            voice=attributes.get("name") or None,
            voice_locale=attributes.get("xml:lang") or style.voice_locale,
            language=None,
            gender=(attributes.get("xml:gender") or attributes.get("gender") or "").lower() or None,
        )
    if name == "lang":
        return dataclasses.replace(style, language=attributes.get("xml:lang") or style.language)
    return dataclasses.replace(
        style,
        speed=prosody.clamp_speed(
            style.speed * prosody.speed_factor(attributes.get("rate", "default"))
        ),
        pitch=prosody.clamp_pitch(
            style.pitch * prosody.pitch_factor(attributes.get("pitch", "default"))
        ),
        gain_db=prosody.clamp_gain(
            style.gain_db + prosody.gain_db(attributes.get("volume", "default"))
        ),
    )


def _spans_of(element: _Element, text: str) -> list[Span]:
    """Interpret the text of a `sub`, `phoneme` or `say-as` element."""
    if element.name == "sub":
        return [Span(element.value)]
    if element.name == "phoneme":
        return [Span(text, element.value or None)]
    return [Span(_interpret_as(text, element.value.strip().lower(), element.style))]


_ONE_BY_ONE = {"characters", "spell-out", "letters", "verbatim"}
_DIGIT_BY_DIGIT = {"number_digit", "digits", "telephone"}


def _interpret_as(text: str, interpret_as: str, style: VoiceStyle) -> str:
    """Spell letters and digits; the engines read dates, times and amounts as written."""
    if interpret_as in _ONE_BY_ONE:
        return ", ".join(letter for letter in text if letter.isalnum())
    if interpret_as in _DIGIT_BY_DIGIT:
        groups = "".join(letter if letter.isdigit() else " " for letter in text).split()
        return ", ".join(" ".join(group) for group in groups) or text
    if interpret_as == "ordinal" and text.strip().isdecimal():
        language = style.language or style.voice or style.voice_locale or ""
        # The last two digits decide the ending; Python refuses to convert thousands of digits.
        return text.strip() + _ordinal_ending(int(text.strip()[-2:]), language[:2].lower())
    return text


def _ordinal_ending(number: int, language: str) -> str:
    """Return the ending with which eSpeak NG reads an ordinal; empty where it has none."""
    if language in {"es", "it", "pt"}:
        return "º"
    if language != "en":
        return ""
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
