"""One version, wherever it is shown."""

import tomllib
from pathlib import Path

import pytest

from functions.api.app import create_app
from functions.command_line.main import main
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.version import USER_AGENT, VERSION

PROJECT = Path(__file__).resolve().parents[2]


def test_pyproject_repeats_the_version():
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_the_api_reference_and_the_command_line_show_the_version(capsys):
    assert create_app(Settings(), ScriptedTranscriber()).openapi()["info"]["version"] == VERSION
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"sotto {VERSION}\n"


def test_no_other_module_writes_a_version_or_a_user_agent_of_its_own():
    allowed = {PROJECT / "shared/version.py"}
    for folder in ("shared", "functions"):
        for path in (PROJECT / folder).rglob("*.py"):
            text = path.read_text("utf-8")
            assert path in allowed or USER_AGENT not in text, path
            assert 'User-Agent": "' not in text, path
            assert f'version="{VERSION}"' not in text, path
