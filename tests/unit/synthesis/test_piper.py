"""Piper voices: what their JSON says."""

import json

import pytest

from shared.errors import ConfigurationError
from shared.synthesis.piper import read_piper_voice

SYMBOLS = {"_": [0], "^": [1], "$": [2], " ": [3], "a": [4], "h": [5], "ˈ": [6], "ɪ": [7]}
DESCRIPTION = {
    "audio": {"sample_rate": 16_000, "quality": "low"},
    "espeak": {"voice": "en-us"},
    "inference": {"noise_scale": 0.5, "length_scale": 1.25, "noise_w": 0.75},
    "phoneme_type": "espeak",
    "phoneme_id_map": SYMBOLS,
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "en_GB-alan-low.onnx").write_bytes(b"")
    (tmp_path / "en_GB-alan-low.onnx.json").write_text(json.dumps(DESCRIPTION))
    return tmp_path


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
