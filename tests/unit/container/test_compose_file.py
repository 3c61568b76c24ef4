"""compose.yaml, against the schema of the Compose specification and the promises of its page."""

import json
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
import yaml

from shared.settings import Settings

COMPOSE = yaml.safe_load((Path(__file__).parents[3] / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]


def test_it_is_valid_after_the_compose_specification():
    (package,) = find_spec("check_jsonschema").submodule_search_locations
    schema = Path(package, "builtin_schemas", "vendor", "compose-spec.json")
    jsonschema.validate(COMPOSE, json.loads(schema.read_text("utf-8")))


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_locked_down(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [place.partition(":")[0] for place in service["tmpfs"]] == ["/tmp"]  # noqa: S108
    assert "healthcheck" in service
    assert "privileged" not in service


def test_there_are_a_server_two_workers_and_the_storage():
    assert set(SERVICES) == {"server", "worker", "containers", "azurite"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert SERVICES["server"]["environment"]["SOTTO_WORKERS"] == "0"


@pytest.mark.parametrize("name", ["server", "worker", "containers"])
def test_the_image_is_that_of_this_machine(name):
    """Its name has no registry, so a pull would ask a public one for it."""
    assert SERVICES[name]["pull_policy"] == "never"


def test_only_the_server_is_reached_and_on_loopback_only():
    assert SERVICES["server"]["ports"] == ["127.0.0.1:5000:5000"]
    for name in ("worker", "containers", "azurite"):
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["storage"]
    assert COMPOSE["networks"]["storage"] == {"internal": True}


@pytest.mark.parametrize("name", ["server", "worker", "containers"])
def test_the_variables_are_settings_that_are_accepted(name):
    environment = SERVICES[name]["environment"]
    known = {entry.metadata["key"] for entry in Settings.__dataclass_fields__.values()}
    assert set(environment) <= known
    assert Settings.from_environment(environment).drop_folders[0].name == "audio"
