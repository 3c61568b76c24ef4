"""Piper voices: their description in JSON."""

import pytest
from piper_voice import write_piper_voice

from shared.errors import ConfigurationError
from shared.synthesis.piper import read_piper_voice


@pytest.fixture
def folder(tmp_path):
    return write_piper_voice(tmp_path)


def test_a_voice_is_described_by_its_json_and_its_name(folder):
    voice = read_piper_voice(folder)
    assert (voice.name, voice.locale, voice.sample_rate) == ("alan", "en-GB", 16_000)
    assert voice.scales == (0.5, 1.25, 0.75)
    assert voice.symbols["ɪ"] == (7,)


def test_a_folder_without_a_voice_is_a_bad_setting(tmp_path):
    with pytest.raises(ConfigurationError, match="no Piper voice"):
        read_piper_voice(tmp_path)


def test_a_voice_without_its_json_is_a_bad_setting(folder):
    (folder / "en_GB-alan-low.onnx.json").write_text("{}")
    with pytest.raises(ConfigurationError, match="does not describe"):
        read_piper_voice(folder)
