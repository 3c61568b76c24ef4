"""The entry of the container image as a process: a key of the original containers, and no key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from functions.container.image import ADVICE

PROJECT = Path(__file__).parents[2]
ROUTE = "/v1/models"


def run_image(model_folder, *arguments, **settings):
    """Run an image's start that is refused, with the image's variables."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("SOTTO_")}
    environment |= {"SOTTO_MODEL_FOLDER": str(model_folder), "SOTTO_PORT": "0"}
    environment |= {"SOTTO_HOST": "0.0.0.0", "SOTTO_TLS_TERMINATED": "true"}  # noqa: S104 - refused
    return subprocess.run(
        [sys.executable, "-m", "functions.container.image", *arguments],
        cwd=PROJECT, env=environment | settings, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [([], {}), (["Eula=accept"], {}), (["ApiKey="], {}), ([], {"SOTTO_KEYS": ""})],
)
def test_a_start_without_a_key_prints_the_line_that_works(model_folder, arguments, settings):
    """It ends before it listens; a line on the model that was loading may follow."""
    ran = run_image(model_folder, *arguments, **settings)
    assert ran.returncode == 1
    assert ADVICE in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_key_of_the_originals_is_one_more_key(start):
    """It is in no line of the log."""
    host = start(module="functions.container.image", ApiKey="of-the-originals")
    for key, status in (("of-the-originals", 200), ("k", 200), ("another", 401)):
        headers = {"Authorization": f"Bearer {key}"}
        assert requests.get(host.url + ROUTE, headers=headers, timeout=60).status_code == status
    assert "of-the-originals" not in str(host.log)


def test_a_worker_needs_no_key_but_storage(model_folder):
    ran = run_image(model_folder, "worker")
    assert ran.returncode == 1
    assert "SOTTO_BATCH is off" in ran.stderr
    assert "docker run" not in ran.stderr
