"""Requests of every kind that a server answers, of varying length, drawn by seed."""

import io
import json
import random
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip, clips_of
from benchmarks.spoken_sentences import SENTENCES
from shared.audio.channels import MonoMixer
from shared.audio.stream import open_audio

_SAMPLE_RATE = 16_000
_FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
_SHORT = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
_SPEAK = "/cognitiveservices/v1"
_TRANSLATE = "/translate?api-version=3.0&from=en&to=es"
_SPEECH_TRANSLATIONS = "/sotto/v1/speech-translations"
_VOICES = ("en-US-JennyNeural", "en-GB-RyanNeural", "es-ES-ElviraNeural", "de-DE-KatjaNeural")

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class MixedRequest:
    """One POST request; `files` are the parts of a form, `content` is a body."""

    kind: str
    path: str
    content: bytes | None = None
    files: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RequestMix:
    """Endless requests of every kind; equal seeds draw equal ones.

    Parameters
    ----------
    clips: the speech set; `en_read`, `diarization` and `long` are used.
    kinds: names of `KINDS`, by default all.
    """

    def __init__(self, clips: Sequence[Clip], seed: int, kinds: Sequence[str] = ()) -> None:
        self._short = clips_of(tuple(clips), "en_read")
        self._conversations = clips_of(tuple(clips), "diarization")
        self._long = clips_of(tuple(clips), "long")
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._kinds = kinds or tuple(KINDS)

    def first_of_each(self) -> Iterator[MixedRequest]:
        """Yield one request of each kind, and one to each voice: they load what is loaded once."""
        for kind in self._kinds:
            yield KINDS[kind].make(self)
        if "synthesis" in self._kinds:
            for voice in _VOICES:
                yield self._spoken(voice)

    def __iter__(self) -> Iterator[MixedRequest]:
        """Yield requests for ever, each kind as often as its weight says."""
        weights = [KINDS[kind].weight for kind in self._kinds]
        while True:
            (kind,) = self._chance.choices(self._kinds, weights)
            yield KINDS[kind].make(self)

    def short_clip(self) -> MixedRequest:
        """Draw a sentence of 2 to 20 s for fast transcription, with the language given or not."""
        locales = self._chance.choice((["en-US"], ["en-US", "es-ES", "de-DE"], []))
        return _fast("clip", self._recording(self._short), {"locales": locales})

    def short_audio(self) -> MixedRequest:
        """Draw a sentence for the short audio contract."""
        audio = _wav(_decoded(self._chance.choice(self._short).path))
        return MixedRequest(
            "short audio", _SHORT, content=audio, headers={"Content-Type": "audio/wav"}
        )

    def minutes(self) -> MixedRequest:
        """Draw one or two minutes of a long file, for fast transcription."""
        samples = _decoded(self._chance.choice(self._long).path)
        n_samples = round(self._chance.uniform(60, 120) * _SAMPLE_RATE)
        begin = self._chance.randrange(max(1, len(samples) - n_samples))
        return _fast("minutes", _wav(samples[begin : begin + n_samples]), {"locales": ["en-US"]})

    def diarization(self) -> MixedRequest:
        """Draw 5 to 30 s of a conversation, with speakers."""
        samples = _decoded(self._chance.choice(self._conversations).path)
        n_samples = round(self._chance.uniform(5, 30) * _SAMPLE_RATE)
        definition = {"locales": ["en-US"], "diarization": {"enabled": True, "maxSpeakers": 4}}
        return _fast("diarization", _wav(samples[:n_samples]), definition)

    def synthesis(self) -> MixedRequest:
        """Draw one to three sentences for one of the voices."""
        return self._spoken(self._chance.choice(_VOICES))

    def translation(self) -> MixedRequest:
        """Draw one to eight sentences to translate to Spanish."""
        texts = self._chance.sample(SENTENCES["en"], self._chance.randint(1, 8))
        body = json.dumps([{"Text": text} for text in texts]).encode()
        return MixedRequest(
            "translation", _TRANSLATE, content=body, headers={"Content-Type": "application/json"}
        )

    def speech_translation(self) -> MixedRequest:
        """Draw a sentence to translate to Spanish."""
        definition = {"locales": ["en-US"], "targets": ["es"]}
        return MixedRequest(
            "speech translation",
            _SPEECH_TRANSLATIONS,
            files=_form(self._recording(self._short), definition),
        )

    def _recording(self, clips: Sequence[Clip]) -> bytes:
        return self._chance.choice(clips).path.read_bytes()

    def _spoken(self, voice: str) -> MixedRequest:
        language = voice[:2]
        sentences = self._chance.sample(SENTENCES.get(language, SENTENCES["en"]), 3)
        text = " ".join(sentences[: self._chance.randint(1, 3)])
        body = (
            f"<speak version='1.0' xml:lang='{voice[:5]}'><voice name='{voice}'>{text}</voice>"
            "</speak>"
        )
        return MixedRequest(
            "synthesis",
            _SPEAK,
            content=body.encode(),
            headers={
                "Content-Type": "application/ssml+xml",
                "X-Microsoft-OutputFormat": "audio-24khz-48kbitrate-mono-mp3",
                "User-Agent": "sotto-benchmarks",
            },
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """How often a kind of request is drawn, and the method that draws one."""

    weight: int
    make: Callable[[RequestMix], MixedRequest]


# Half are short texts, so that thousands of requests take less than an hour; a minute of speech is
# as rare as it is long.
KINDS: Mapping[str, Kind] = {
    "clip": Kind(18, RequestMix.short_clip),
    "short_audio": Kind(10, RequestMix.short_audio),
    "minutes": Kind(1, RequestMix.minutes),
    "diarization": Kind(4, RequestMix.diarization),
    "synthesis": Kind(6, RequestMix.synthesis),
    "translation": Kind(53, RequestMix.translation),
    "speech_translation": Kind(8, RequestMix.speech_translation),
}


def _fast(kind: str, audio: bytes, definition: Mapping[str, Any]) -> MixedRequest:
    return MixedRequest(kind, _FAST, files=_form(audio, definition))


def _form(audio: bytes, definition: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"audio": ("audio", audio), "definition": (None, json.dumps(definition))}


@cache
def _decoded(path: Path) -> Samples:
    with open_audio(path.read_bytes()) as stream:
        mixer = MonoMixer()
        return np.concatenate([mixer.mix(block) for block in stream])


def _wav(samples: Samples) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(_SAMPLE_RATE)
        writer.writeframes(samples.tobytes())
    return file.getvalue()
