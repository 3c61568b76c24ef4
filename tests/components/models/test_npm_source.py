"""Where this machine's npm looks for packages."""

import stat

from shared.models.npm_registry import NpmConfiguration


def test_npm_is_asked_unless_its_variable_is_set(tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho http://registry.example/\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("NPM_CONFIG_REGISTRY", raising=False)
    assert NpmConfiguration.from_this_machine().registry == "http://registry.example/"
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://mirror.example/")
    assert NpmConfiguration.from_this_machine().registry == "http://mirror.example/"
