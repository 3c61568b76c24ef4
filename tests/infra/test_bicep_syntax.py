"""Every Bicep file is read whole by a real grammar."""

import json
import re
import subprocess

import pytest
from bicep_templates import MAIN

from scripts.listings.bicep import BICEP, bicep_documents
from scripts.listings.listing import PROJECT, run_check

FILES = [path.relative_to(BICEP).as_posix() for path in sorted(BICEP.rglob("*.bicep*"))]


def test_all_files_of_the_folder_are_read():
    assert sorted(bicep_documents()) == FILES
    assert {MAIN, "main.bicepparam", "modules/role-assignments.bicep"} <= set(FILES)


@pytest.mark.parametrize("path", FILES)
def test_a_file_has_no_part_that_the_grammar_cannot_read(path):
    document = bicep_documents()[path]
    assert (document["errors"], document["other"]) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "param a string = = 'b'\n",
        "resource a 'Microsoft.Storage/storageAccounts@2025-06-01' = {\n  name: 'a'\n",
        "var a = [\n  'b'\n",
    ],
)
def test_a_mistake_of_syntax_is_found(tmp_path, text):
    (tmp_path / "main.bicep").write_text(text)
    assert run_check("bicep.py", str(tmp_path))["documents"]["main.bicep"]["errors"]


def test_a_file_of_parameters_belongs_to_the_main_template_and_names_its_parameters():
    given = bicep_documents()["main.bicepparam"]
    known = bicep_documents()[MAIN]["params"]
    assert given["using"] == MAIN
    assert set(given["params"]) <= set(known)
    required = {name for name, one in known.items() if one["default"] is None}
    assert required <= set(given["params"])


def test_the_values_of_a_file_of_parameters_are_of_the_declared_types():
    kinds = {"string": "string", "int": "number", "bool": "boolean"}
    known = bicep_documents()[MAIN]["params"]
    for name, one in bicep_documents()["main.bicepparam"]["params"].items():
        value = one["default"]
        given = "string" if value["kind"] == "call" else value["kind"]
        assert given == kinds.get(known[name]["type"], known[name]["type"]), name


def test_the_example_of_parameters_reads_the_key_from_the_environment():
    value = bicep_documents()["main.bicepparam"]["params"]["clientKeys"]["default"]
    assert (value["name"], [one["value"] for one in value["arguments"]]) == (
        "readEnvironmentVariable",
        ["SOTTO_KEYS"],
    )


def test_a_template_says_its_purpose():
    for path, document in bicep_documents().items():
        if path.endswith(".bicep"):
            assert re.fullmatch(r"[A-Z].+\.", document["metadata"]["description"]["value"]), path


def test_the_rules_for_bicep_can_read_every_template():
    """Checkov counts no file that its parser cannot read: it only leaves it out."""
    program = (
        "import json, sys; from pathlib import Path; from pycep import BicepParser\n"
        "print(json.dumps([len(BicepParser().parse(file_path=Path(p))) for p in sys.argv[1:]]))"
    )
    python = PROJECT / ".venv-checkov" / "bin" / "python"
    assert python.exists(), "There is no .venv-checkov: scripts/environment.sh checkov makes it."
    templates = [str(BICEP / path) for path in FILES if path.endswith(".bicep")]
    done = subprocess.run([python, "-c", program, *templates], check=True, capture_output=True)
    assert all(json.loads(done.stdout))
