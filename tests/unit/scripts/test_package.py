"""The choice of files for the deployment package, and its zip."""

import zipfile

import pytest

from scripts import package

PATTERNS = ["__pycache__/", "tests/", ".venv*/", "functions/aws_lambda/", "local.settings*.json"]


@pytest.mark.parametrize(
    ("path", "is_left_out"),
    [
        ("function_app.py", False),
        ("functions/azure_app/start.py", False),
        ("functions/aws_lambda/start.py", True),
        ("functions/aws_lambda_of_ours/start.py", False),
        ("shared/audio/__pycache__/stream.pyc", True),
        ("shared/tests/a.py", True),
        ("shared/contests.py", False),
        (".venv-infra/bin/python", True),
        ("local.settings.json", True),
    ],
)
def test_funcignore_leaves_out_names_at_any_depth_and_paths_from_the_root(path, is_left_out):
    assert package.is_ignored(path, PATTERNS) is is_left_out


def test_the_container_host_is_left_out_and_the_app_is_not():
    patterns = package.ignore_patterns()
    assert package.is_ignored("functions/container/serve.py", patterns)
    assert package.is_ignored("tests/unit/conftest.py", patterns)
    assert package.is_ignored("examples/curl.sh", patterns)
    assert not package.is_ignored("functions/azure_app/start.py", patterns)


def test_the_zip_depends_on_names_and_content_alone(tmp_path):
    """Not on times, on the order of creation or on permissions."""
    archives = []
    for run, names in enumerate((["b.py", "a.py"], ["a.py", "b.py"])):
        root = tmp_path / f"root-{run}"
        (root / ".models" / "base").mkdir(parents=True)
        for name in (*names, ".models/base/model.bin"):
            (root / name).write_text(f"content of {name}", "utf-8")
            (root / name).chmod(0o600 + 0o100 * run)
        archives.append(tmp_path / f"{run}.zip")
        package._write_zip(root, archives[-1])
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as zipped:
        assert zipped.namelist() == [".models/base/model.bin", "a.py", "b.py"]
        assert zipped.read("a.py") == b"content of a.py"
