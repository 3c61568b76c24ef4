"""Options of a transcription session of OpenAI's Realtime API, in their present and older form."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from functions.api.realtime.turn_request import (
    LEAST_SILENCE_MS,
    MOST_SILENCE_MS,
    Mode,
    TurnRequest,
)
from functions.api.request_limits import MAX_LOCALE_CHARACTERS, MAX_NAME_CHARACTERS

_DEFAULT_SILENCE_MS = 500
# Silence of semantic turn detection, by its eagerness: the API's longest waits are seconds.
_EAGERNESS_MS = {"low": 1500, "medium": 1000, "auto": 1000, "high": 500}

# Tag of the format in a WAV header, bytes of a sample, rate.
_FORMATS = {
    "audio/pcm": (1, 2, 24_000),
    "audio/pcmu": (7, 1, 8_000),
    "audio/pcma": (6, 1, 8_000),
}
_OLD_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
_RATES = (8_000, 16_000, 24_000, 48_000)


class UnusableOptions(ValueError):
    """Options that cannot be served. The message is for the client's developer."""


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """Options of the next turn.

    language: as the client spells it; "" to identify it.
    silence_ms: silence that ends a phrase; None: the client commits its audio itself.
    """

    format: str = "audio/pcm"
    sample_rate: int = 24_000
    model: str = "whisper-1"
    language: str = ""
    silence_ms: int | None = _DEFAULT_SILENCE_MS

    def turn_request(self) -> TurnRequest:
        """Return the request of a turn."""
        return TurnRequest(
            mode=Mode.CONVERSATION,
            locales=(self.language,) if self.language else (),
            segmentation_silence_ms=self.silence_ms,
        )

    def wav_header(self) -> bytes:
        """Header of a WAV file of unknown length, which the raw samples follow."""
        tag, width, _ = _FORMATS[self.format]
        byte_rate = self.sample_rate * width
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, tag, 1, self.sample_rate,
            byte_rate, width, 8 * width, b"data", 0,
        )  # fmt: skip

    def described(self) -> dict[str, Any]:
        """Return the options in the form of the API."""
        detection = None
        if self.silence_ms is not None:
            detection = {
                "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
                "silence_duration_ms": self.silence_ms,
            }  # fmt: skip
        rate = {"rate": self.sample_rate} if self.format == "audio/pcm" else {}
        return {
            "format": {"type": self.format, **rate},
            "transcription": {"model": self.model, "language": self.language or None},
            "turn_detection": detection,
            "noise_reduction": None,
        }


def read_options(session: object, before: SessionOptions) -> SessionOptions:
    """Read the `session` of an update; members that it does not have stay as they are.

    Raises
    ------
    UnusableOptions: a member is of another type, or its value is not served.
    """
    fields = _object(session, "session")
    if fields.get("type", "transcription") != "transcription":
        raise UnusableOptions("This server has sessions of type transcription only.")
    audio = _object(fields.get("audio") or {}, "session.audio")
    of_audio = _object(audio.get("input") or {}, "session.audio.input")
    options = before
    if "format" in of_audio or "input_audio_format" in fields:
        options = _with_format(options, of_audio.get("format", fields.get("input_audio_format")))
    named = of_audio.get("transcription", fields.get("input_audio_transcription"))
    if named is not None:
        options = _with_transcription(options, _object(named, "transcription"))
    for place in (of_audio, fields):
        if "turn_detection" in place:
            options = replace(options, silence_ms=_silence_ms(place["turn_detection"]))
            break
    return options


def _with_format(options: SessionOptions, named: object) -> SessionOptions:
    members = named if isinstance(named, dict) else {"type": named}
    kind = _OLD_FORMATS.get(str(members.get("type")), members.get("type"))
    if kind not in _FORMATS:
        raise UnusableOptions("The format must be audio/pcm, audio/pcmu or audio/pcma.")
    rate = members.get("rate") or _FORMATS[kind][2]
    if rate not in _RATES or (kind != "audio/pcm" and rate != _FORMATS[kind][2]):
        raise UnusableOptions("The rate must be 24000, also 8000, 16000 or 48000 for audio/pcm.")
    return replace(options, format=kind, sample_rate=rate)


def _with_transcription(options: SessionOptions, named: Mapping[str, Any]) -> SessionOptions:
    language, model = named.get("language"), named.get("model")
    for name, value, most in (
        ("language", language, MAX_LOCALE_CHARACTERS),
        ("model", model, MAX_NAME_CHARACTERS),
    ):
        if value is not None and not (isinstance(value, str) and len(value) <= most):
            raise UnusableOptions(
                f"transcription.{name} must be a text of at most {most} characters."
            )
    return replace(options, language=language or "", model=model or options.model)


def _silence_ms(detection: object) -> int | None:
    if detection is None:
        return None
    members = _object(detection, "turn_detection")
    if members.get("type", "server_vad") == "semantic_vad":
        return _EAGERNESS_MS.get(str(members.get("eagerness", "auto")), _EAGERNESS_MS["auto"])
    silence = members.get("silence_duration_ms")
    if silence is None:
        return _DEFAULT_SILENCE_MS
    is_number = isinstance(silence, int) and not isinstance(silence, bool)
    if not is_number or not LEAST_SILENCE_MS <= silence <= MOST_SILENCE_MS:
        raise UnusableOptions(
            f"silence_duration_ms must be from {LEAST_SILENCE_MS} to {MOST_SILENCE_MS}."
        )
    return int(silence)


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnusableOptions(f"{name} must be an object.")
    return value
