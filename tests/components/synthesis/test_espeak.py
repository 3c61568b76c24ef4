"""eSpeak NG in a child process: its answers, and its failures."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from shared.errors import SynthesisUnavailable
from shared.synthesis import espeak as module
from shared.synthesis.espeak import EspeakProcess, EspeakSynthesizer, find_espeak
from shared.synthesis.synthesizer import Sentence, Span
from shared.synthesis.voice_catalogue import ESPEAK_VOICES


@pytest.fixture(scope="module")
def espeak():
    process = EspeakProcess()
    yield process
    process.stop()


@pytest.mark.parametrize(
    ("voice", "text", "phonemes"),
    [
        ("en-us", "Hello, world!", "həlˈoʊ, wˈɜːld!"),
        ("de", "Guten Tag.", "ɡˈuːtən tˈɑːk."),
        ("es", "¿Qué hora es?", "¿kˈe ˈoɾa ˈes?"),
        ("en-us", 'He said "yes" (twice)...', 'hiː sˈɛd "jˈɛs" (twˈaɪs)...'),
        ("en-us", "Pi is 3.14.", "pˈaɪ ɪz θɹˈiː pɔɪnt wˈʌn fˈɔːɹ."),
        ("en-us", " ... ", "..."),
    ],
)
def test_phonemes_keep_their_punctuation(espeak, voice, text, phonemes):
    assert espeak.phonemes(text, voice) == phonemes


def test_the_letters_of_one_sound_are_tied_on_request(espeak):
    assert espeak.phonemes("church", "en-us", "^") == "t^ʃˈɜːt^ʃ"


def test_words_of_another_language_leave_no_mark(espeak):
    """`(en)`, as the library writes it, is no sound."""
    assert "(" not in espeak.phonemes("Das Meeting im Weekend", "de")


def test_a_sentence_is_spoken_as_fast_as_asked(espeak):
    """Half the time at twice the speed, roughly: pauses do not shrink alike."""
    speaker = EspeakSynthesizer(espeak)

    def duration_s(speed):
        sentence = Sentence(spans=(Span("Guten Morgen zusammen"),), language="de", speed=speed)
        (speech,) = speaker.synthesise(sentence, "de")
        assert np.abs(speech.samples).max() > 3_000
        return speech.duration_s

    assert duration_s(2.0) == pytest.approx(duration_s(1.0) / 2, rel=0.2)


@pytest.mark.parametrize("voice", sorted(ESPEAK_VOICES.values()))
def test_every_voice_of_the_table_is_in_the_library(espeak, voice):
    assert espeak.phonemes("1", voice)


def test_an_unknown_voice_is_an_error_and_the_process_goes_on(espeak):
    with pytest.raises(SynthesisUnavailable, match="no voice xx"):
        espeak.phonemes("a", "xx")
    assert espeak.phonemes("a", "de") == "ˈɑː"


def test_a_killed_process_is_started_again(espeak):
    """The request that finds it dead is not lost either."""
    espeak.phonemes("a", "de")
    os.kill(espeak._process.pid, signal.SIGKILL)
    espeak._process.wait()
    assert espeak.phonemes("b", "de") == "bˈeː"


def test_an_answer_that_is_late_ends_the_process():
    """Stopped, it never answers; the next request has a new one."""
    late = EspeakProcess()
    late.phonemes("a", "de")
    late._answer_s = 0.2
    stopped = late._process
    os.kill(stopped.pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(SynthesisUnavailable, match="does not answer") as failed:
        late.phonemes("Zanzibar", "de")
    assert time.monotonic() - began < 5
    assert failed.value.__context__ is None
    assert stopped.returncode == -signal.SIGKILL
    late._answer_s = 20
    assert late.phonemes("a", "de") == "ˈɑː"
    late.stop()


def test_without_the_package_the_error_names_it(monkeypatch):
    monkeypatch.setattr(module, "_PACKAGE", "no_such_package")
    with pytest.raises(SynthesisUnavailable, match=r"requirements/text-to-speech\.txt"):
        EspeakProcess().phonemes("a", "de")


def test_the_child_ends_when_its_parent_does():
    """Even a parent that was killed leaves no process behind: the pipe closes."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from shared.synthesis.espeak import EspeakProcess\n"
        "e = EspeakProcess(); e.phonemes('a', 'de'); print(e._process.pid, flush=True)\n"
        "import time; time.sleep(60)"
    )
    project = Path(module.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", script, str(project)], stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}/cmdline").exists() and _is_running(child):
        assert time.monotonic() < deadline, "the child is still there"
        time.sleep(0.01)


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_our_own_process_never_maps_the_library(espeak):
    espeak.phonemes("a", "de")
    assert "espeak" not in Path("/proc/self/maps").read_text() or "espeakng_loader" in sys.modules


def test_the_child_reads_lines_and_writes_lines():
    """Its contract, as a shell would see it."""
    found = find_espeak()
    request = {"do": "phonemes", "voice": "de", "text": "ja", "tie": ""}
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-B", module._CHILD, found.library, found.data_folder],
        input=json.dumps(request).encode(),
        capture_output=True,
        check=True,
    )
    assert json.loads(answer.stdout) == {"phonemes": "jˈɑː", "n_bytes": 0}
    assert answer.stderr == b""
