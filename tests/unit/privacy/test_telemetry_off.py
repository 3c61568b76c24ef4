"""Third-party telemetry is off before the libraries load."""

import sys

from shared.privacy.telemetry_off import SWITCHES, switch_telemetry_off


def test_every_switch_is_set_whatever_it_was():
    environment = {"ORT_DISABLE_TELEMETRY": "0", "PYANNOTE_METRICS_ENABLED": "1", "OTHER": "x"}
    switch_telemetry_off(environment)
    assert environment == {switch.variable: switch.value for switch in SWITCHES} | {"OTHER": "x"}


def test_a_library_that_was_loaded_first_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", sys)
    assert switch_telemetry_off({}) == ("onnxruntime",)


def test_calling_it_again_changes_nothing(monkeypatch):
    environment = {}
    switch_telemetry_off(environment)
    before = dict(environment)
    monkeypatch.setitem(sys.modules, "onnxruntime", sys)
    assert switch_telemetry_off(environment) == ()
    assert environment == before


def test_every_switch_has_its_reason():
    assert all(switch.reason for switch in SWITCHES)
    assert len({switch.variable for switch in SWITCHES}) == len(SWITCHES)
