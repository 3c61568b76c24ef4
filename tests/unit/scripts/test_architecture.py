"""The drawing of rooms and arrows, on a small house."""

import sys

import pytest

from scripts import architecture
from scripts.architecture import draw, fill, read_house

MODULES = {
    "functions/host/server.py": "from functions.api.app import create_app\nimport shared.errors\n",
    "functions/api/app.py": (
        "from shared.recognition import pipeline\nfrom shared.audio.decode import decode\n"
    ),
    "functions/api/jobs/routes.py": "from functions.api import app\n",
    "shared/recognition/pipeline.py": (
        "import numpy\n"
        "from shared.audio.decode import decode\n"
        "from shared.recognition.engines.fast import run\n"
        "def late():\n"
        "    from shared.settings import read\n"
    ),
    "shared/recognition/engines/fast.py": "from shared.errors import SpeechError\n",
    "shared/audio/decode.py": "from shared.errors import SpeechError\n\n\n",
    "shared/audio/resample.py": "from shared.audio import decode\n",
    "shared/settings/read.py": "",
    "shared/errors.py": "",
}


@pytest.fixture
def checkout(tmp_path):
    for name, source in MODULES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        (path.parent / "__init__.py").touch()
    return tmp_path


def test_a_room_stands_one_floor_above_the_highest_that_it_imports(checkout):
    assert read_house(checkout).floors == (
        ("functions/host",),
        ("functions/api",),
        ("shared/recognition",),
        ("shared/audio", "shared/recognition/engines"),
        ("shared", "shared/settings"),
    )


def test_an_import_inside_of_a_function_is_an_arrow_and_a_library_is_none(checkout):
    arrows = read_house(checkout).arrows
    assert ("shared/recognition", "shared/settings") in arrows
    assert not any("numpy" in room for arrow in arrows for room in arrow)


def test_only_arrows_that_no_longer_way_stands_for_are_drawn(checkout):
    drawn = draw(read_house(checkout))
    assert "  functions_api --> shared_recognition\n" in drawn
    assert "  shared_recognition --> shared_audio\n" in drawn
    assert "functions_api --> shared_audio" not in drawn
    assert "functions_host --> shared\n" not in drawn


def test_the_table_counts_modules_arrows_and_the_lines_of_the_longest_file(checkout):
    table = draw(read_house(checkout)).splitlines()
    assert "| `shared/audio` | 2 | 1 | 2 | 1 | 0 | `decode.py` 3 |" in table
    assert "| `functions/api` | 2 | 2 | 1 | 1 | 0 | `app.py` 2 |" in table
    assert "| all 7 | 9 | 9 | 9 | 2 | 0 | `pipeline.py` 5 |" in table


def test_in_a_circle_the_arrow_with_the_fewest_imports_runs_back_up(checkout):
    (checkout / "shared/audio/resample.py").write_text(
        "from shared.audio import decode\nfrom shared.recognition import pipeline\n"
    )
    (checkout / "shared/recognition/spans.py").write_text("import shared.audio.decode\n")
    house = read_house(checkout)
    assert house.back_up == {("shared/audio", "shared/recognition")}
    drawn = draw(house)
    assert "  shared_audio -. back up .-> shared_recognition\n" in drawn
    assert "- `shared/audio/resample.py` imports `shared/recognition/pipeline.py`\n" in drawn


def test_a_page_is_old_until_the_drawing_is_written_again(checkout, monkeypatch, capsys):
    page = checkout / "architecture.md"
    page.write_text("Before\n<!-- drawing now -->\n<!-- end -->\nAfter\n")

    def run(mode):
        monkeypatch.setattr(
            sys, "argv", ["architecture", "--checkout", str(checkout), mode, str(page)]
        )
        return architecture.main()

    assert [run("--check"), run("--write"), run("--check")] == [1, 0, 0]
    assert page.read_text().startswith("Before\n<!-- drawing now -->\n\n```mermaid\nflowchart TD\n")
    assert page.read_text().endswith("\n<!-- end -->\nAfter\n")
    (checkout / "shared/audio/encode.py").write_text("import shared.settings.read\n")
    assert run("--check") == 1
    assert "is outdated" in capsys.readouterr().err


def test_a_page_without_a_place_is_an_error():
    with pytest.raises(ValueError, match="no place for the drawing now"):
        fill("<!-- drawing before -->\n<!-- end -->\n", "now", "drawn")
