"""Both engines on the same weights, and openai-whisper by itself.

Runs in the environment of `make parity`; anywhere else, where there is no torch, nothing here is
collected. The run lists the differences at its end.
"""

import csv
import difflib
import re
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np
import pytest

from functions.command_line.main import main
from shared.audio.channels import MonoMixer, float32_from_int16
from shared.audio.stream import open_audio
from shared.recognition.engines.ctranslate2_engine import CTranslate2Engine
from shared.recognition.engines.engine import DecodingRequest, EncodedSegment, Hypothesis
from shared.recognition.engines.log_mel import MAX_POSITIONS
from shared.recognition.engines.openai_whisper_engine import OpenAIWhisperEngine
from shared.recognition.engines.plausibility import token_limit
from shared.settings import Settings

collect_ignore_glob = [] if find_spec("whisper") else ["test_*.py"]

# A dozen of eight readers, 1.9 to 15 s, in studios and at home.
CLIPS = (
    "jfk",
    "LJ001-0002",
    "LJ001-0004",
    "LJ001-0008",
    "1688-142285-0000",
    "1688-142285-0003",
    "1998-15444-0001",
    "1998-15444-0006",
    "2033-164914-0002",
    "2033-164914-0007",
    "2414-128291-0001",
    "2609-156975-0003",
)
LISTED = pytest.StashKey[list[str]]()


@dataclass(frozen=True, slots=True)
class Reading:
    """Result of an engine for a clip at the full context of 30 s."""

    segment: EncodedSegment
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class Clip:
    """A read sentence. `samples`: float32, 16 kHz; `text`: what was read, in lower case."""

    name: str
    samples: np.ndarray = field(repr=False)
    text: str

    @property
    def duration_s(self):
        """Length in seconds."""
        return len(self.samples) / 16_000

    @property
    def request(self):
        """Return the request that the pipeline makes."""
        return DecodingRequest("en", token_limit(self.duration_s, "en"))


def words_of(text):
    """Words without case and punctuation."""
    return re.findall(r"[\w']+", text.lower())


@pytest.fixture(scope="session")
def clips(speech_data):
    with (speech_data / "manifest.tsv").open(newline="") as file:
        texts = {row["file"]: row["text"] for row in csv.DictReader(file, delimiter="\t")}
    found = []
    for name in CLIPS:
        path = f"en_read/{name}.flac"
        with open_audio((speech_data / path).read_bytes()) as stream:
            samples = float32_from_int16(
                np.concatenate([MonoMixer().mix(block) for block in stream])
            )
        found.append(Clip(name, samples, texts[path]))
    return found


@pytest.fixture(scope="session")
def base_folder(model_folder):
    return model_folder / "base"


@pytest.fixture(scope="session")
def engines(base_folder):
    """Engines by name."""
    return {
        "openai-whisper": OpenAIWhisperEngine(base_folder, Settings()),
        "float32": CTranslate2Engine.load(base_folder, Settings(compute_type="float32")),
        "int8": CTranslate2Engine.load(base_folder, Settings(compute_type="int8")),
    }


@pytest.fixture(scope="session")
def readings(engines, clips):
    """Reading of each clip by engine."""

    def read(engine, clip):
        (segment,) = engine.encode([clip.samples], MAX_POSITIONS)
        (hypothesis,) = engine.decode([segment], [clip.request])
        return Reading(segment, hypothesis)

    return {
        name: {clip.name: read(engine, clip) for clip in clips} for name, engine in engines.items()
    }


@pytest.fixture(scope="session")
def original(base_folder, tmp_path_factory):
    """openai-whisper without any of ours around it, on a checkpoint that `sotto` has written."""
    import whisper  # noqa: PLC0415 - collected only where it is installed

    path = tmp_path_factory.mktemp("checkpoint") / "base.pt"
    assert main(["models", "convert", str(base_folder), str(path)]) == 0
    return whisper.load_model(str(path), device="cpu")


@pytest.fixture
def list_difference(request):
    """Add a line to what the run lists at its end."""
    return request.config.stash.setdefault(LISTED, []).append


@pytest.fixture(scope="session")
def different_words():
    """Words in which two texts differ: how many, and which, each with the word before."""

    def compare(expected, found):
        before, after = words_of(expected), words_of(found)
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        edits = [edit for edit in matcher.get_opcodes() if edit[0] != "equal"]
        n_words = sum(max(j - i, n - k) for _, i, j, k, n in edits)
        return n_words, "; ".join(
            f"{' '.join(before[max(0, i - 1) : j])} -> {' '.join(after[max(0, k - 1) : n])}"
            for _, i, j, k, n in edits
        )

    return compare


def pytest_terminal_summary(terminalreporter, config):
    """List where engines differ."""
    if lines := config.stash.get(LISTED, None):
        terminalreporter.section("differences between engines")
        for line in lines:
            terminalreporter.write_line(line)
