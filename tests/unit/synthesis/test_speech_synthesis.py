"""Synthesis of scripts: voices, styles, order of the sentences, encoding."""

import contextlib
import json
import threading
import time

import numpy as np
import pytest

from shared.audio.encode import Container, Encoding
from shared.errors import SynthesisUnavailable, UnknownVoice
from shared.scheduling import never_cancelled
from shared.settings import Settings
from shared.synthesis import installed
from shared.synthesis.encoded import encode_speech
from shared.synthesis.installed import Voices, find_voices
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import read_ssml
from shared.synthesis.synthesizer import ScriptedSynthesizer, Speech
from shared.synthesis.voice_catalogue import AZURE, ESPEAK, FEMALE, KOKORO, MALE, Voice

PATIENCE_S = 20  # a test that waits this long has failed


def voice(name, locale, gender=FEMALE, engine=KOKORO):
    return Voice(
        name=name,
        locale=locale,
        gender=gender,
        engine=engine,
        speaker=name.lower(),
        sample_rate=24_000,
    )


@pytest.fixture
def synthesizer():
    return ScriptedSynthesizer()


@pytest.fixture
def synthesis(synthesizer):
    voices = (
        voice("Ann", "en-US"),
        voice("Bob", "en-US", MALE),
        voice("Siw", "fr-FR"),
        voice("Max", "fr-FR", MALE),
    )
    return SpeechSynthesis(Settings(), Voices(voices, {KOKORO: synthesizer}))


def ssml(inside, name="en-US-AnnNeural"):
    return read_ssml(
        f"<speak xml:lang='en-US'><voice name='{name}'>{inside}</voice></speak>".encode()
    )


def requests(synthesizer):
    return [(sentence.text.strip(), who) for sentence, who in synthesizer.requests]


def test_nothing_is_spoken_before_the_next_sentence_is_requested(synthesis, synthesizer):
    sentences = synthesis.speak(synthesis.assign_voices(ssml("One. Two. Three.")))
    assert synthesizer.requests == []
    next(sentences)
    assert requests(synthesizer) == [("One.", "ann")]


def test_each_sentence_has_a_pause_behind_it_and_breaks_are_silence(synthesis):
    """50 ms a letter in the script, 200 ms behind each."""
    speech = list(synthesis.speak(synthesis.assign_voices(ssml("Four<break time='1s'/>Five"))))
    assert [round(part.duration_s, 3) for part in speech] == [0.4, 1.0, 0.4]


def test_text_in_another_language_takes_a_voice_of_it_and_of_the_same_gender(
    synthesis, synthesizer
):
    script = ssml("Hi <lang xml:lang='fr-FR'>salut</lang> you", "en-US-BobNeural")
    list(synthesis.speak(synthesis.assign_voices(script)))
    assert requests(synthesizer) == [("Hi", "bob"), ("salut", "max"), ("you", "bob")]


def test_text_in_a_language_without_a_voice_is_spoken_with_an_accent(synthesis, synthesizer):
    list(synthesis.speak(synthesis.assign_voices(ssml("<lang xml:lang='sv-SE'>hej</lang>"))))
    assert requests(synthesizer) == [("hej", "ann")]


def test_an_unknown_voice_is_refused_before_anything_is_spoken(synthesis, synthesizer):
    with pytest.raises(UnknownVoice):
        synthesis.assign_voices(ssml("Hi", "HAL"))
    assert synthesizer.requests == []


def test_a_higher_pitch_is_spoken_slower_and_played_faster(synthesis, synthesizer):
    """The duration stays; the rate says how much faster it is to be played."""
    (speech,) = synthesis.speak(
        synthesis.assign_voices(ssml("<prosody pitch='+25%'>Four</prosody>"))
    )
    assert synthesizer.requests[0][0].speed == 0.8
    assert speech.sample_rate == 30_000


def test_speech_ends_after_ten_minutes(synthesis):
    """2000 letters are 100 s here."""
    text = "".join(f"{'a' * 199}. " for _ in range(100))
    total_s = sum(part.duration_s for part in synthesis.speak(synthesis.assign_voices(ssml(text))))
    assert total_s == pytest.approx(600)


class BlockingSynthesizer(ScriptedSynthesizer):
    """Waits in every sentence until the test releases it; `inside` counts the sentences begun."""

    def __init__(self):
        super().__init__()
        self.inside, self.may_end = threading.Semaphore(0), threading.Semaphore(0)

    def synthesise(self, sentence, speaker):
        """Say when it begins, end when it may."""
        self.inside.release()
        assert self.may_end.acquire(timeout=PATIENCE_S)
        yield from super().synthesise(sentence, speaker)

    def release_sentences(self, n_sentences):
        """Allow so many sentences to end."""
        for _ in range(n_sentences):
            self.may_end.release()


@pytest.fixture
def reading():
    """Readers in threads of their own, each in the queue when the call returns."""
    synthesizer, threads = BlockingSynthesizer(), []
    voices = Voices((voice("Ann", "en-US"),), {KOKORO: synthesizer})
    synthesis = SpeechSynthesis(Settings(), voices, lambda: read.now_s)

    def read(text, check_cancelled=never_cancelled):
        def run():
            with contextlib.suppress(Leaving):
                for _ in synthesis.speak(units, check_cancelled):
                    pass

        units = synthesis.assign_voices(ssml(text))
        scheduler = synthesis._lookup().schedulers[KOKORO]
        n_before = scheduler.n_waiting
        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        if len(threads) == 1:
            assert synthesizer.inside.acquire(timeout=PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while len(threads) > 1 and threads[-1].is_alive() and scheduler.n_waiting == n_before:
            assert time.monotonic() < deadline
        return threads[-1]

    read.synthesizer, read.threads, read.now_s = synthesizer, threads, 0.0
    read.scheduler = lambda: synthesis._lookup().schedulers[KOKORO]
    yield read
    synthesizer.release_sentences(100)
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


class Leaving(Exception):
    """The client has disconnected."""


def leave():
    raise Leaving


def test_of_many_readings_the_one_with_fewest_sentences_is_next(reading):
    """A short text that comes last waits for one sentence, not for the other texts."""
    reading("A1. A2. A3.")
    reading("B1. B2.")
    reading("C1.")
    for n_waiting in (2, 2, 2, 1):  # beside A1, B1, C1 and A2
        deadline = time.monotonic() + PATIENCE_S
        while reading.scheduler().n_waiting < n_waiting:
            assert time.monotonic() < deadline
        reading.now_s += 1  # the length of the sentence
        reading.synthesizer.release_sentences(1)
        assert reading.synthesizer.inside.acquire(timeout=PATIENCE_S)  # the next one
    reading.synthesizer.release_sentences(2)
    for thread in reading.threads:
        thread.join(PATIENCE_S)
    order = [text for text, _ in requests(reading.synthesizer)]
    assert order == ["A1.", "B1.", "C1.", "A2.", "B2.", "A3."]


def test_one_sentence_is_spoken_at_a_time(reading):
    reading("A1.")
    reading("B1.")
    assert not reading.synthesizer.inside.acquire(blocking=False)
    reading.synthesizer.release_sentences(1)
    assert reading.synthesizer.inside.acquire(timeout=PATIENCE_S)


def test_a_reading_that_is_cancelled_while_waiting_speaks_nothing_and_delays_no_other(reading):
    reading("A1.")
    gone = reading("B1. B2.", leave)
    reading("C1.")
    reading.synthesizer.release_sentences(2)
    for thread in reading.threads:
        thread.join(PATIENCE_S)
    assert not gone.is_alive()
    assert [text for text, _ in requests(reading.synthesizer)] == ["A1.", "C1."]


def test_a_client_that_stops_reading_between_two_sentences_delays_no_other(reading):
    """The iterator is left where it is, neither ended nor closed."""
    synthesizer = reading.synthesizer
    synthesis = SpeechSynthesis(Settings(), Voices((voice("Ann", "en-US"),), {KOKORO: synthesizer}))
    synthesizer.release_sentences(3)
    idle = synthesis.speak(synthesis.assign_voices(ssml("One. Two.")))
    next(idle)
    assert len(list(synthesis.speak(synthesis.assign_voices(ssml("Three. Four."))))) == 2


def test_a_failure_gives_the_turn_back():
    failing = ScriptedSynthesizer(failures=[(0, SynthesisUnavailable("gone"))])
    synthesis = SpeechSynthesis(Settings(), Voices((voice("Ann", "en-US"),), {KOKORO: failing}))
    for _ in range(2):
        with contextlib.suppress(SynthesisUnavailable):
            spoken = list(synthesis.speak(synthesis.assign_voices(ssml("Hi"))))
    assert len(spoken) == 1


@pytest.fixture
def remote():
    """A remote voice with ten parts per sentence."""
    engine = ScriptedSynthesizer(n_parts=10)
    return SpeechSynthesis(
        Settings(), Voices((voice("Eva", "en-US", engine=AZURE),), {AZURE: engine})
    )


def test_the_parts_of_a_voice_elsewhere_are_passed_on_then_its_pause(remote):
    """Four letters of 50 ms in ten parts, and 200 ms."""
    parts = list(remote.speak(remote.assign_voices(ssml("Four", "en-US-EvaNeural"))))
    assert [round(part.duration_s, 3) for part in parts] == [*[0.02] * 10, 0.2]
    assert [part.ends_sentence for part in parts] == [*[False] * 10, True]


def test_a_remote_voice_takes_no_slot(remote):
    """A remote engine speaks any number of sentences at once: the second one does not wait."""
    one, other = (
        remote.speak(remote.assign_voices(ssml(text, "en-US-EvaNeural"))) for text in ("A", "B")
    )
    assert [next(one).sample_rate, next(other).sample_rate] == [24_000, 24_000]


def test_ten_minutes_end_a_voice_elsewhere_within_a_sentence(remote):
    """2000 letters are 100 s here."""
    text = "".join(f"{'a' * 199}. " for _ in range(100))
    parts = list(remote.speak(remote.assign_voices(ssml(text, "en-US-EvaNeural"))))
    assert sum(part.duration_s for part in parts) == pytest.approx(600)
    assert parts[-1].ends_sentence


def test_parts_of_a_sentence_are_resampled_as_one():
    """A tone in ten parts equals the tone in one: it has no click where parts meet."""
    phase = 2 * np.pi * 220 * np.arange(24_000) / 24_000
    tone = np.rint(3_000 * np.sin(phase)).astype(np.int16)

    def converted(n_parts):
        engine = ScriptedSynthesizer()
        engine.synthesise = lambda *_: (Speech(p, 24_000) for p in np.array_split(tone, n_parts))
        synthesis = SpeechSynthesis(
            Settings(), Voices((voice("Eva", "en-US", engine=AZURE),), {AZURE: engine})
        )
        encoding = Encoding(Container.RAW, "pcm_s16le", 16_000)
        return b"".join(
            encode_speech(
                synthesis, synthesis.assign_voices(ssml("Hi", "en-US-EvaNeural")), encoding
            )
        )

    assert converted(10) == converted(1)
    assert len(converted(7)) == 2 * 16_000 * 12 // 10


def test_encoded_sentences_have_one_rate_and_one_header(synthesis):
    """The length is known of a short text, in one piece; raw samples leave by sentence."""
    encoding = Encoding(Container.WAV, "pcm_s16le", 16_000)
    one = b"".join(encode_speech(synthesis, synthesis.assign_voices(ssml("Four")), encoding))
    assert one[:4] == b"RIFF"
    assert int.from_bytes(one[40:44], "little") == len(one) - 44 == 2 * 16_000 * 4 // 10
    two = list(encode_speech(synthesis, synthesis.assign_voices(ssml("Four. Five.")), encoding))
    assert [len(piece) for piece in two] == [44 + 14_400 + 1_600 + 14_400]
    raw = Encoding(Container.RAW, "pcm_s16le", 16_000)
    two = list(encode_speech(synthesis, synthesis.assign_voices(ssml("Four. Five.")), raw))
    assert [len(piece) for piece in two] == [14_400 + 1_600, 14_400]


def test_no_text_is_a_header_and_nothing_else(synthesis):
    encoding = Encoding(Container.WAV, "pcm_s16le", 16_000)
    assert (
        len(b"".join(encode_speech(synthesis, synthesis.assign_voices(ssml(" ")), encoding))) == 44
    )


def test_without_a_model_the_error_names_the_command(tmp_path):
    settings = Settings(model_folder=tmp_path, voices=("kokoro", "en_US-joe-medium"))
    with pytest.raises(SynthesisUnavailable) as unavailable:
        SpeechSynthesis(settings).voices()
    assert "models fetch kokoro" in str(unavailable.value)
    assert "models fetch en_US-joe-medium" in str(unavailable.value)
    assert str(tmp_path) not in str(unavailable.value)


def test_without_the_packages_the_error_names_them(monkeypatch):
    monkeypatch.setattr(installed, "find_espeak", lambda: None)
    with pytest.raises(SynthesisUnavailable, match=r"requirements/text-to-speech\.txt"):
        SpeechSynthesis(Settings()).voices()


def test_a_model_that_is_fetched_later_is_found_without_a_restart(tmp_path):
    synthesis = SpeechSynthesis(Settings(model_folder=tmp_path, voices=("en_US-joe-medium",)))
    with pytest.raises(SynthesisUnavailable):
        synthesis.voices()
    _write_piper_voice(tmp_path / "voice")
    synthesis._settings = Settings(voices=(str(tmp_path / "voice"),))
    assert [found.short_name for found in synthesis.voices()] == ["sv-SE-NstNeural"]


def test_the_setting_decides_who_is_preferred(tmp_path):
    _write_piper_voice(tmp_path)
    for order in ((str(tmp_path), "espeak-ng"), ("espeak-ng", str(tmp_path))):
        found = find_voices(Settings(voices=order))
        assert {one.engine for one in found.voices} == {"piper", ESPEAK}
        chosen = (
            SpeechSynthesis(Settings(), found)
            .assign_voices(ssml("hej", "sv-SE-SofieNeural"))[0]
            .voice
        )
        assert chosen.engine == "piper"


def _write_piper_voice(folder):
    folder.mkdir(exist_ok=True)
    (folder / "sv_SE-nst-medium.onnx").write_bytes(b"")
    described = {
        "audio": {"sample_rate": 22_050},
        "espeak": {"voice": "sv"},
        "phoneme_id_map": {"_": [0]},
    }
    (folder / "sv_SE-nst-medium.onnx.json").write_text(json.dumps(described))


def test_resampling_keeps_the_duration(synthesis):
    """22.05 kHz voices come out at 48 kHz as long as they were."""
    synthesis._installed.engines[KOKORO].sample_rate = 22_050
    encoding = Encoding(Container.RAW, "pcm_s16le", 48_000)
    pcm = b"".join(encode_speech(synthesis, synthesis.assign_voices(ssml("Four")), encoding))
    assert len(np.frombuffer(pcm, np.int16)) == pytest.approx(0.4 * 48_000, abs=1)


def test_a_folder_without_a_voice_is_said_and_not_named(tmp_path):
    """Clients read the sentence; it was a failure of the server."""
    with pytest.raises(SynthesisUnavailable, match="holds no Piper voice") as refused:
        find_voices(Settings(voices=(str(tmp_path / "none"),)))
    assert str(tmp_path) not in str(refused.value)
