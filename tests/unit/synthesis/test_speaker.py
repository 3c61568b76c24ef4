"""Scripts spoken: who says what, in which manner, and how it leaves."""

import json

import numpy as np
import pytest

from shared.audio.encode import Container, Encoding
from shared.errors import SynthesisUnavailable, UnknownVoice
from shared.settings import Settings
from shared.synthesis import installed
from shared.synthesis.encoded import encoded_speech
from shared.synthesis.installed import Voices, find_voices
from shared.synthesis.speaker import Speaker
from shared.synthesis.ssml import read_ssml
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voices import ESPEAK, FEMALE, KOKORO, MALE, Voice


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
def speaker(synthesizer):
    voices = (
        voice("Ann", "en-US"),
        voice("Bob", "en-US", MALE),
        voice("Siw", "fr-FR"),
        voice("Max", "fr-FR", MALE),
    )
    return Speaker(Settings(), Voices(voices, {KOKORO: synthesizer}))


def ssml(inside, name="en-US-AnnNeural"):
    return read_ssml(
        f"<speak xml:lang='en-US'><voice name='{name}'>{inside}</voice></speak>".encode()
    )


def asked(synthesizer):
    return [(sentence.text.strip(), who) for sentence, who in synthesizer.asked]


def test_nothing_is_spoken_before_the_next_sentence_is_asked_for(speaker, synthesizer):
    sentences = speaker.speak(speaker.cast(ssml("One. Two. Three.")))
    assert synthesizer.asked == []
    next(sentences)
    assert asked(synthesizer) == [("One.", "ann")]


def test_each_sentence_has_a_pause_behind_it_and_breaks_are_silence(speaker):
    """50 ms a letter in the script, 200 ms behind each."""
    speech = list(speaker.speak(speaker.cast(ssml("Four<break time='1s'/>Five"))))
    assert [round(part.duration_s, 3) for part in speech] == [0.4, 1.0, 0.4]


def test_text_in_another_language_takes_a_voice_of_it_and_of_the_same_gender(speaker, synthesizer):
    script = ssml("Hi <lang xml:lang='fr-FR'>salut</lang> you", "en-US-BobNeural")
    list(speaker.speak(speaker.cast(script)))
    assert asked(synthesizer) == [("Hi", "bob"), ("salut", "max"), ("you", "bob")]


def test_text_in_a_language_that_nobody_speaks_is_said_with_an_accent(speaker, synthesizer):
    list(speaker.speak(speaker.cast(ssml("<lang xml:lang='sv-SE'>hej</lang>"))))
    assert asked(synthesizer) == [("hej", "ann")]


def test_an_unknown_voice_is_refused_before_anything_is_spoken(speaker, synthesizer):
    with pytest.raises(UnknownVoice):
        speaker.cast(ssml("Hi", "HAL"))
    assert synthesizer.asked == []


def test_a_higher_pitch_is_spoken_slower_and_played_faster(speaker, synthesizer):
    """The duration stays; the rate says how much faster it is to be played."""
    (speech,) = speaker.speak(speaker.cast(ssml("<prosody pitch='+25%'>Four</prosody>")))
    assert synthesizer.asked[0][0].speed == 0.8
    assert speech.sample_rate == 30_000


def test_speech_ends_after_ten_minutes(speaker):
    """2000 letters are 100 s here."""
    text = "".join(f"{'a' * 199}. " for _ in range(100))
    total_s = sum(part.duration_s for part in speaker.speak(speaker.cast(ssml(text))))
    assert total_s == pytest.approx(600)


def test_encoded_sentences_have_one_rate_and_one_header(speaker):
    """The length is known of one sentence, and not of two."""
    encoding = Encoding(Container.WAV, "pcm_s16le", 16_000)
    one = b"".join(encoded_speech(speaker, speaker.cast(ssml("Four")), encoding))
    assert one[:4] == b"RIFF"
    assert int.from_bytes(one[40:44], "little") == len(one) - 44 == 2 * 16_000 * 4 // 10
    two = list(encoded_speech(speaker, speaker.cast(ssml("Four. Five.")), encoding))
    assert [len(piece) for piece in two] == [44 + 14_400 + 1_600, 14_400]
    assert two[0][40:44] == b"\xff\xff\xff\xff"


def test_no_text_is_a_header_and_nothing_else(speaker):
    encoding = Encoding(Container.WAV, "pcm_s16le", 16_000)
    assert len(b"".join(encoded_speech(speaker, speaker.cast(ssml(" ")), encoding))) == 44


def test_without_a_model_the_message_says_what_to_fetch(tmp_path):
    settings = Settings(model_folder=tmp_path, voices=("kokoro", "en_US-joe-medium"))
    with pytest.raises(SynthesisUnavailable) as unavailable:
        Speaker(settings).voices()
    assert "models fetch kokoro" in str(unavailable.value)
    assert "models fetch en_US-joe-medium" in str(unavailable.value)
    assert str(tmp_path) not in str(unavailable.value)


def test_without_the_packages_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(installed, "find_espeak", lambda: None)
    with pytest.raises(SynthesisUnavailable, match=r"requirements/text-to-speech\.txt"):
        Speaker(Settings()).voices()


def test_a_model_that_is_fetched_later_is_found_without_a_restart(tmp_path):
    speaker = Speaker(Settings(model_folder=tmp_path, voices=("en_US-joe-medium",)))
    with pytest.raises(SynthesisUnavailable):
        speaker.voices()
    _write_piper_voice(tmp_path / "voice")
    speaker._settings = Settings(voices=(str(tmp_path / "voice"),))
    assert [found.short_name for found in speaker.voices()] == ["sv-SE-NstNeural"]


def test_the_setting_decides_who_is_preferred(tmp_path):
    _write_piper_voice(tmp_path)
    for order in ((str(tmp_path), "espeak-ng"), ("espeak-ng", str(tmp_path))):
        found = find_voices(Settings(voices=order))
        assert {one.engine for one in found.voices} == {"piper", ESPEAK}
        chosen = Speaker(Settings(), found).cast(ssml("hej", "sv-SE-SofieNeural"))[0].voice
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


def test_resampling_keeps_the_duration(speaker):
    """22.05 kHz voices come out at 48 kHz as long as they were."""
    speaker._found.engines[KOKORO].sample_rate = 22_050
    encoding = Encoding(Container.RAW, "pcm_s16le", 48_000)
    pcm = b"".join(encoded_speech(speaker, speaker.cast(ssml("Four")), encoding))
    assert len(np.frombuffer(pcm, np.int16)) == pytest.approx(0.4 * 48_000, abs=1)
