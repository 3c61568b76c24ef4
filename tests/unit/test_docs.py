"""The documents say what the code says, and what they point to is there."""

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path

import pytest

from functions.api.app import create_app
from functions.api.short_audio import MODES
from shared.privacy.log_fields import ALLOWED_FIELDS
from shared.privacy.telemetry_off import SWITCHES
from shared.settings import Settings
from shared.settings.hosts import FUNCTIONS
from shared.transcription.scripted_transcriber import ScriptedTranscriber

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").glob("*.md"))]
EXAMPLES = PROJECT / "examples" / "README.md"  # the variables of its programs are none of Sotto's
TEXT = "\n".join(page.read_text() for page in PAGES)
SETTINGS = fields(Settings)
KEYS = {entry.metadata["key"] for entry in SETTINGS}

# Read by tests and benchmarks, not by Sotto.
DEVELOPMENT_KEYS = {
    "SOTTO_SPEECH_DATA", "SOTTO_REQUIRE_SPEECH", "SOTTO_REQUIRE_AZURE",
    "SOTTO_BICEP_TYPES", "SOTTO_REQUIRE_BICEP_TYPES",
}  # fmt: skip
# Read by commands that call a server, which may be another machine's: no setting of this one.
CLIENT_KEYS = {"SOTTO_CLIENT_KEY"}


def name_of(page: Path) -> str:
    """Path of a page within the project."""
    return page.relative_to(PROJECT).as_posix()


def default_of(entry: Field) -> str:
    """Default as an operator would write it; a dash for none."""
    if entry.default is MISSING:
        home = str(Path.home())
        return f"`{str(entry.default_factory()).replace(home, '~')}`"
    values = entry.default if isinstance(entry.default, tuple) else (entry.default,)
    texts = [str(value) for value in values if value is not None]
    written = ",".join(text.lower() if text in {"True", "False"} else text for text in texts)
    return f"`{written}`" if written else "-"


def table_rows(page: str, first_cell: str) -> Iterator[str]:
    """Rows of the tables of a page whose first cell matches."""
    for line in (PROJECT / "docs" / page).read_text().splitlines():
        if re.match(rf"\| `{first_cell}` \|", line):
            yield line


def test_settings_are_listed_with_default_and_accepted_values(monkeypatch):
    """Row by row, in the order of the code; a secret is marked."""
    for named in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(named, raising=False)
    expected = []
    for entry in SETTINGS:
        about = entry.metadata
        meaning = f"**Secret.** {about['doc']}" if about["secret"] else about["doc"]
        expected.append(
            f"| `{about['key']}` | {default_of(entry)} | {about['accepts']} | {meaning} "
            f"| {about['hosts'].shown()} |"
        )
    assert list(table_rows("settings.md", r"SOTTO_\w+")) == expected


def test_the_default_model_folder_is_where_the_page_says(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    assert str(Settings().model_folder) == "/home/me/.cache/sotto/models"


def test_no_page_names_a_key_that_does_not_exist():
    assert set(re.findall(r"SOTTO_[A-Z_]+[A-Z]", TEXT)) <= KEYS | DEVELOPMENT_KEYS | CLIENT_KEYS


def test_the_sample_lists_every_key_of_functions_with_its_default():
    """As `local.settings.json`, which Azure Functions reads on a developer's machine."""
    sample = json.loads((PROJECT / "local.settings.sample.json").read_text())
    ours = [key for key in sample["Values"] if key.startswith("SOTTO_")]
    of_functions = [entry for entry in SETTINGS if FUNCTIONS in entry.metadata["hosts"]]
    assert ours == [entry.metadata["key"] for entry in of_functions]
    assert sample["Values"]["SOTTO_KEYS"] == ""  # to be filled in: the start is refused
    others = {key: value for key, value in sample["Values"].items() if key != "SOTTO_KEYS"}
    assert Settings.from_environment(others) == Settings()
    for entry in of_functions:
        empty = entry.default in {None, ()} or entry.default is MISSING
        assert (sample["Values"][entry.metadata["key"]] == "") == empty


def test_log_fields_are_listed_with_their_reasons():
    expected = [f"| `{name}` | {field.reason} |" for name, field in ALLOWED_FIELDS.items()]
    assert list(table_rows("privacy.md", r"[a-z_0-9]+")) == expected


def test_telemetry_switches_are_listed_with_their_reasons():
    expected = [
        f"| `{switch.variable}={switch.value}` | {switch.library or '-'} | {switch.reason} |"
        for switch in SWITCHES
    ]
    assert list(table_rows("privacy.md", r"[A-Z_]+=\w+")) == expected


def test_every_route_is_mentioned():
    """Method and path, in one of the pages; the three modes of short audio count as one."""
    modes = rf"/({'|'.join(MODES)})/"
    app = create_app(Settings(), ScriptedTranscriber())
    routes = {
        f"{method.upper()} {re.sub(modes, '/{mode}/', path)}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    assert len(routes) >= 8
    unmentioned = [route for route in routes if not re.search(rf"`{re.escape(route)}[`?]", TEXT)]
    assert unmentioned == []


def test_make_targets_and_readme_agree():
    """Every command of the README exists, and `make help` lists nothing that it leaves out."""
    makefile = (PROJECT / "Makefile").read_text()
    listed = set(re.findall(r"^([a-z]+):.*## ", makefile, flags=re.MULTILINE))
    readme = (PROJECT / "README.md").read_text()
    mentioned = set(re.findall(r"(?:`|^|>` )make ([a-z]+)", readme, flags=re.MULTILINE))
    assert mentioned == listed


@pytest.mark.parametrize("page", [*PAGES, EXAMPLES], ids=name_of)
def test_links_lead_somewhere(page):
    """Relative ones to a file and, if they name one, to a heading of it."""
    for target in links(page):
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not heading or heading in headings(file), target


def test_every_page_is_linked_from_the_index():
    index = PROJECT / "docs" / "README.md"
    linked = {(index.parent / target).resolve() for target in links(index)}
    pages = [*PAGES, EXAMPLES]
    assert [name_of(page) for page in pages if page not in linked | {index}] == []


def test_the_readme_links_the_index_and_the_pages_beside_it():
    readme = PROJECT / "README.md"
    linked = {(PROJECT / target).resolve() for target in links(readme)}
    assert {page for page in PAGES if page.parent == PROJECT} <= linked | {readme}
    assert PROJECT / "docs" / "README.md" in linked


@pytest.mark.parametrize("page", [*PAGES, EXAMPLES], ids=name_of)
def test_files_that_are_named_exist(page):
    """Above all the tests that the README gives as proof."""
    folders = "tests|docs|functions|shared|scripts|requirements"
    # The drawing of an older commit and the table of old names are about files that were there.
    text, *_ = re.split("<!-- (?:drawing before|renames) -->", page.read_text())
    for named in re.findall(rf"`((?:{folders})/[\w./-]+)`", text):
        assert (PROJECT / named).exists(), named


def links(page: Path) -> list[str]:
    """Targets of a page's links, without those to other sites."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def headings(page: Path) -> set[str]:
    """Fragments of a page's headings, as GitHub makes them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}
