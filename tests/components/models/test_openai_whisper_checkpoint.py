"""The fetched base model as a checkpoint of openai-whisper's."""

import sys

from functions.command_line.main import main
from shared.models.openai_whisper_checkpoint import read_checkpoint


def test_the_base_model_converts(model_folder):
    """245 arrays and 73 million numbers, as openai-whisper's own base has; fp16 stays fp16."""
    checkpoint = read_checkpoint(model_folder / "base")
    assert len(checkpoint.weights) == 245
    assert sum(array.size for array in checkpoint.weights.values()) == 72_593_920
    assert {array.dtype.name for array in checkpoint.weights.values()} == {"float16"}
    assert len(checkpoint.alignment_heads) == 8


def test_converting_without_torch_says_what_to_install(monkeypatch, model_folder, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    file = model_folder / "never-written.pt"
    assert main(["models", "convert", str(model_folder / "base"), str(file)]) == 1
    assert "requirements/openai-whisper.txt" in capsys.readouterr().err
    assert not file.exists()
