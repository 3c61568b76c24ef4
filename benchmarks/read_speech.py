"""Native readers with the texts that they read, for the prosody.

Texts of the manifest have no punctuation, and most readers have no text. For those the recognised
text serves: it is right for most words, and its punctuation is that of a reader.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip, clips_of
from shared.audio.channels import MonoMixer
from shared.audio.stream import open_audio
from shared.errors import InvalidReferenceText
from shared.pronunciation.aligned_word import AlignedWord
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber

Samples = npt.NDArray[np.float32]
Align = Callable[[Samples, str], tuple[AlignedWord, ...]]
"""Samples (float32, mono, 16 kHz) and a text in; its words, or none where it does not fit, out."""

FOLDERS = ("en_read", "speakers")
_LEAST_WORDS = 4


@dataclass(frozen=True)
class ReadClip:
    """A clip, its text and its aligned words."""

    name: str
    speaker: str
    text: str
    samples: Samples
    words: tuple[AlignedWord, ...]

    @cached_property
    def gaps(self) -> tuple[tuple[AlignedWord, AlignedWord], ...]:
        """Each two words that follow each other."""
        return tuple(zip(self.words, self.words[1:], strict=False))


def readers(clips: Sequence[Clip], at_most: int | None = None) -> list[Clip]:
    """Clips of native readers, thinned out evenly to at most that many of each folder."""
    return [clip for folder in FOLDERS for clip in clips_of(tuple(clips), folder, at_most)]


def read_aloud(clips: Sequence[Clip], align: Align) -> list[ReadClip]:
    """Align each clip with its text; those that cannot be aligned are left out."""
    transcriber: LocalTranscriber | None = None
    read = []
    for clip in clips:
        text = clip.text
        if not text:
            transcriber = transcriber or LocalTranscriber(Settings.from_environment())
            text = _recognised(transcriber, clip)
        samples = samples_of(clip)
        words = aligned(align, samples, text)
        if len(words) >= _LEAST_WORDS:
            read.append(ReadClip(clip.name, clip.speaker, text, samples, words))
    return read


def aligned(align: Align, samples: Samples, text: str) -> tuple[AlignedWord, ...]:
    """Words of a text; none if it has none that can be read."""
    try:
        return align(samples, text)
    except InvalidReferenceText:
        return ()


def samples_of(clip: Clip) -> Samples:
    """Samples of a clip, float32, mono, 16 kHz."""
    with open_audio(clip.path.read_bytes()) as stream:
        mixer = MonoMixer()
        mixed = np.concatenate([mixer.mix(block) for block in stream])
    return mixed.astype(np.float32) / np.float32(32_768)


def _recognised(transcriber: LocalTranscriber, clip: Clip) -> str:
    with open_audio(clip.path.read_bytes()) as stream:
        results = list(transcriber.recognise(stream, RecognitionOptions(locales=("en-US",))))
    return " ".join(one.best.display for one in results if isinstance(one, Phrase))
