"""`sotto completion`: the scripts; `tests/components` has a shell that completes."""

import importlib.util

import pytest

from functions.command_line.main import main


@pytest.mark.parametrize(
    ("shell", "start"),
    [("bash", "# AUTOMATICALLY GENERATED"), ("zsh", "#compdef sotto"), ("fish", "#")],
)
def test_a_script_has_the_commands_and_their_options(shell, start, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert script.startswith(start)
    for word in ("transcribe", "calibrate", "translate", "profanity"):
        assert word in script


def test_files_and_folders_are_completed_where_they_are_named(capsys):
    main(["completion", "bash"])
    lines = capsys.readouterr().out.splitlines()
    assert "_shtab_sotto_transcribe_pos_0_COMPGEN=_shtab_compgen_files" in lines
    assert "_shtab_sotto_transcribe___output_COMPGEN=_shtab_compgen_dirs" in lines
    assert "_shtab_sotto_speak___output_COMPGEN=_shtab_compgen_files" in lines


def test_a_missing_library_is_named_with_its_installation(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert main(["completion", "bash"]) == 1
    assert capsys.readouterr().err == (
        "sotto: Completion needs shtab: pip install -r requirements/container.txt\n"
    )


def test_another_shell_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["completion", "csh"])
    assert ended.value.code == 2
    assert "csh" in capsys.readouterr().err
