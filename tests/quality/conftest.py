"""One transcriber with the real models for all clips, and the word error rate."""

import csv
from dataclasses import dataclass

import jiwer
import pytest
from whisper_normalizer.english import EnglishTextNormalizer

from shared.audio.stream import open_audio
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Dropped, Phrase, RecognitionCost
from shared.transcription.local_transcriber import LocalTranscriber


@dataclass(frozen=True, slots=True)
class RecognisedClip:
    """Result of one clip."""

    results: list[Phrase | Dropped]
    duration_s: float
    cost: RecognitionCost

    @property
    def phrases(self):
        """Phrases in order."""
        return [result for result in self.results if isinstance(result, Phrase)]

    @property
    def dropped(self):
        """Stretches without text, in order."""
        return [result for result in self.results if isinstance(result, Dropped)]

    @property
    def text(self):
        """Text as it is displayed."""
        return " ".join(phrase.best.display for phrase in self.phrases)

    @property
    def lexical(self):
        """Text in words."""
        return " ".join(phrase.best.lexical for phrase in self.phrases)


@pytest.fixture(scope="session")
def transcriber(model_folder):
    return LocalTranscriber(Settings(model_folder=model_folder))


@pytest.fixture(scope="session")
def recognise(transcriber, speech_data):
    """Recognise a clip, or its first bytes; options as `RecognitionOptions` takes them."""

    def recognise(name, *, n_bytes=None, **options):
        options = {"locales": ("en-US",)} | options
        with open_audio((speech_data / name).read_bytes()[:n_bytes]) as stream:
            *results, cost = transcriber.recognise(stream, RecognitionOptions(**options))
            return RecognisedClip(results, stream.duration_s, cost)

    return recognise


@pytest.fixture(scope="session")
def reference(speech_data):
    """Text that the manifest gives for a clip."""
    with (speech_data / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        texts = {row["file"]: row["text"] for row in rows}
    return texts.__getitem__


@pytest.fixture(scope="session")
def normalised():
    """Whisper's English normaliser: spelling, numbers and punctuation do not count as errors."""
    return EnglishTextNormalizer()


@pytest.fixture(scope="session")
def word_error_rate(normalised):
    """Word error rate of a text against its reference, both normalised; 0 is without a mistake."""

    def rate(expected, recognised):
        return jiwer.wer(normalised(expected), normalised(recognised))

    return rate
