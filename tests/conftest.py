"""Fixtures of all tests: speech, the fetched models, strace, an emulator of AWS."""

# First of all: it bounds the threads of NumPy's library, which sums in another order without that.
import shared  # noqa: F401  # isort: skip

import ctypes
import io
import os
import shutil
import wave
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from shared.errors import ModelError
from shared.settings import Settings

# No example is judged by its wall time: beside other work any of them may take long.
hypothesis.settings.register_profile("sotto", deadline=None)
hypothesis.settings.load_profile("sotto")

HOW_TO_SET_UP = "scripts/test_dependencies.sh sets it up"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the seconds that the tests of each folder took, where several folders ran."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folder = "/".join(report.nodeid.split("/")[:2])
                seconds[folder] += report.duration
    if len(seconds) > 1:
        terminalreporter.section("seconds by folder")
        for folder, duration_s in seconds.items():
            terminalreporter.line(f"{duration_s:6.0f}  {folder}")


@pytest.fixture(scope="session")
def speech_data() -> Path:
    """Folder of the speech set, which stays outside the repository.

    `SOTTO_SPEECH_DATA` names it. Without it the test is skipped, or fails where
    `SOTTO_REQUIRE_SPEECH=1` says that the speech is expected, as CI does.
    """
    named = os.environ.get("SOTTO_SPEECH_DATA")
    if named and (folder := Path(named).resolve()).is_dir():
        return folder
    reason = "SOTTO_SPEECH_DATA names no folder"
    if named or os.environ.get("SOTTO_REQUIRE_SPEECH") == "1":
        pytest.fail(f"{reason}, and this run must have the speech set.")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """Folder that holds the models of the default configuration, as `make test` fetched them."""
    from shared.models.folder import locate_model, required_models  # noqa: PLC0415

    settings = Settings.from_environment()
    try:
        for name in required_models(settings):
            locate_model(name, settings.model_folder)
    except ModelError as error:
        pytest.fail(str(error))
    return settings.model_folder


@pytest.fixture(scope="session")
def voice_models(model_folder: Path) -> Path:
    """Folder that also holds the voices of the default settings, as `make test` fetched them."""
    from shared.models.folder import locate_model  # noqa: PLC0415

    try:
        for name in Settings().voices:
            if name != "espeak-ng":
                locate_model(name, model_folder)
    except ModelError as error:
        pytest.fail(str(error))
    return model_folder


@dataclass(frozen=True, slots=True)
class SpokenClip:
    """Speech and what is said in it. `wav`: 16 bit, mono, 22050 Hz."""

    wav: bytes
    text: str
    locale: str


@pytest.fixture(scope="session")
def spoken_clip() -> SpokenClip:
    """Three seconds of English from eSpeak NG, for tests that must run where no speech set is.

    Library and voice come with the package espeakng-loader. The base model reads it without a
    mistake.
    """
    text = "The children are playing in the garden behind the house."
    return SpokenClip(_speak(text), text, "en-US")


@pytest.fixture(scope="session")
def spoken_samples(spoken_clip):
    """Float32 samples of the spoken clip, shape (n_samples,), 16 kHz."""
    from shared.audio.channels import MonoMixer, float32_from_int16  # noqa: PLC0415
    from shared.audio.stream import open_audio  # noqa: PLC0415

    with open_audio(spoken_clip.wav) as stream:
        return float32_from_int16(np.concatenate([MonoMixer().mix(block) for block in stream]))


def _speak(text: str) -> bytes:
    import espeakng_loader  # noqa: PLC0415 - only who needs the clip needs the library

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    pcm = bytearray()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def take(samples, n_samples, _events):
        if samples and n_samples > 0:
            pcm.extend(ctypes.string_at(samples, 2 * n_samples))
        return 0

    # speak_lib.h of eSpeak NG: output 2 is synchronous, parameter 1 is words per minute, encoding
    # 1 is UTF-8.
    data = espeakng_loader.get_data_path().encode()
    sample_rate = library.espeak_Initialize(2, 0, data, 0)
    library.espeak_SetSynthCallback(take)
    library.espeak_SetVoiceByName(b"en-us")
    library.espeak_SetParameter(1, 150, 0)
    utf8 = text.encode() + b"\0"
    library.espeak_Synth(utf8, len(utf8), 0, 0, 0, 1, None, None)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(sample_rate)
        writer.writeframes(bytes(pcm))
    return file.getvalue()


@pytest.fixture(scope="session")
def azure_storage():
    """Azurite, in memory: a storage account of Azure for all tests of the session."""
    from emulators import azurite  # noqa: PLC0415 - only who needs it starts it

    with azurite() as running:
        yield running


@pytest.fixture(scope="session")
def strace() -> str:
    """Path of `strace`, which `make test` set up."""
    return shutil.which("strace") or pytest.fail(f"strace is missing: {HOW_TO_SET_UP}")


@pytest.fixture(scope="session")
def apertium() -> Path:
    """Folder of Apertium's modes for English with Spanish and Catalan, which `make test` set up."""
    modes = Path("/usr/share/apertium/modes")
    if not all((modes / f"{pair}.mode").is_file() for pair in ("eng-spa", "eng-cat")):
        pytest.fail(f"Apertium is missing: {HOW_TO_SET_UP}")
    return modes


@pytest.fixture(scope="session")
def aws_url():
    """Moto's address. Credentials come from the environment, as a role's do."""
    from emulators import moto_server  # noqa: PLC0415 - only who needs it has moto

    with pytest.MonkeyPatch.context() as patch, moto_server() as url:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        yield url
