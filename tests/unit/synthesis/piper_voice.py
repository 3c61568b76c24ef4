"""A Piper voice of eight symbols, without its model."""

import json

SYMBOLS = {"_": [0], "^": [1], "$": [2], " ": [3], "a": [4], "h": [5], "ˈ": [6], "ɪ": [7]}
DESCRIPTION = {
    "audio": {"sample_rate": 16_000, "quality": "low"},
    "espeak": {"voice": "en-us"},
    "inference": {"noise_scale": 0.5, "length_scale": 1.25, "noise_w": 0.75},
    "phoneme_type": "espeak",
    "phoneme_id_map": SYMBOLS,
}


def write_piper_voice(folder):
    """Write `alan` into a folder, and return that."""
    (folder / "en_GB-alan-low.onnx").write_bytes(b"")
    (folder / "en_GB-alan-low.onnx.json").write_text(json.dumps(DESCRIPTION))
    return folder
