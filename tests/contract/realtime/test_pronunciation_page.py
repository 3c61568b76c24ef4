"""The example of the page on pronunciation, run as it stands against a server."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from tests.contract.conftest import KEY

PAGE = Path(__file__).resolve().parents[3] / "docs" / "pronunciation.md"


def test_the_example_prints_words_and_phonemes(server, spoken_clip, tmp_path):
    recording = tmp_path / "t.wav"
    recording.write_bytes(spoken_clip.wav)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    for written, meant in (
        ("ws://127.0.0.1:5000", server.url.replace("http", "ws")),
        ("<your key>", KEY),
        ("t.wav", str(recording)),
        ("Good morning.", spoken_clip.text),
    ):
        assert example.count(written) == 1
        example = example.replace(written, meant)
    with redirect_stdout(StringIO()) as printed:
        exec(compile(example, PAGE.name, "exec"), {})  # noqa: S102 - our own page
    words, phonemes = [], []
    for line in printed.getvalue().splitlines()[1:]:
        (phonemes if line.startswith("  ") else words).append(line.split())
    assert [word for word, _, _ in words] == spoken_clip.text.lower().rstrip(".").split()
    assert {error for _, _, error in words} <= {"None", "Mispronunciation"}
    assert phonemes[0][0] == "ð"
