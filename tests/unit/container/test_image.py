"""The entry of the container image, and how the Dockerfile agrees with the project."""

import re
import shlex
from pathlib import Path

import pytest

from functions.container.image import ADVICE, batch_of
from shared.models.folder import required_models
from shared.settings import Settings
from shared.version import VERSION

PROJECT = Path(__file__).parents[3]
DOCKERFILE = (PROJECT / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize(
    "name", ["SOTTO_DATA_FOLDER", "SOTTO_JOBS", "SOTTO_QUEUE", "SOTTO_DROP_FOLDERS"]
)
def test_batch_work_is_on_where_a_setting_names_a_place_for_it(name):
    assert batch_of({name: "/data"}) == "true"
    assert batch_of({name: " "}) == "false"


def test_batch_work_is_off_where_nothing_may_be_written():
    assert batch_of({}) == "false"


def test_the_setting_itself_wins():
    assert batch_of({"SOTTO_BATCH": "off", "SOTTO_JOBS": "azure:jobs"}) == "off"
    assert batch_of({"SOTTO_BATCH": "true"}) == "true"


def test_the_advice_has_both_ways_to_give_a_key():
    assert "docker run -p 5000:5000 -e SOTTO_KEYS=" in ADVICE
    assert "docker run -p 5000:5000 sotto Eula=accept Billing=x ApiKey=" in ADVICE


def test_every_image_has_the_models_of_the_default_settings():
    assert (
        re.findall(r'^ARG MODELS="(.*)"$', DOCKERFILE, re.MULTILINE)
        == [" ".join(required_models(Settings()))] * 2
    )  # the server's and Lambda's


def test_the_image_says_which_version_it_has():
    assert f'org.opencontainers.image.version="{VERSION}"' in DOCKERFILE


def test_the_variables_of_the_image_are_settings():
    block = DOCKERFILE[DOCKERFILE.index("AS server") :]
    known = {entry.metadata["key"] for entry in Settings.__dataclass_fields__.values()}
    assert set(re.findall(r"\b(SOTTO_[A-Z_]+)=", block)) <= known


def test_every_copied_file_is_sent_to_the_build():
    """`.dockerignore` names what is sent; one file that is missing there fails the build."""
    sent = [
        line.removeprefix("!").rstrip("/")
        for line in (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    ]
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        for source in shlex.split(line)[:-1]:
            assert (PROJECT / source).exists(), source
            assert {source, source.split("/")[0]} & set(sent), source
