"""Needs of the tests beyond pip are set up before the first of them, or named with the command."""

import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def set_up(path: Path, **programs: str) -> subprocess.CompletedProcess:
    """Run the script where these programs, and what the script itself takes, are all there is."""
    path.mkdir()
    for name in ("bash", "dirname"):
        (path / name).symlink_to(shutil.which(name))
    for name, script in programs.items():
        program = path / name.replace("_", "-")
        program.write_text(f"#!/bin/bash\n{script}\n")
        program.chmod(0o755)
    return subprocess.run(
        [PROJECT / "scripts" / "test_dependencies.sh"], env={"PATH": str(path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_user_without_root_reads_the_command(tmp_path):
    ran = set_up(tmp_path / "bin", id="echo 1000", apt_get="exit 1")
    assert ran.returncode == 1
    assert "apt-get install --no-install-recommends curl strace" in ran.stderr


def test_a_failed_installation_ends_with_the_command(tmp_path):
    ran = set_up(tmp_path / "bin", id="echo 0", apt_get="echo no network >&2; exit 100")
    assert ran.returncode == 1
    assert "no network" in ran.stderr
    assert "sudo apt-get install --no-install-recommends curl strace" in ran.stderr


def test_root_on_debian_has_it_installed(tmp_path):
    """The stand-in of apt-get notes what it is asked for."""
    asked = tmp_path / "asked"
    ran = set_up(tmp_path / "bin", id="echo 0", apt_get=f'echo "$@" >>{asked}')
    update, install = asked.read_text().splitlines()
    assert update.endswith("update")
    assert "install -y --no-install-recommends curl strace" in install
    assert ran.returncode == 1  # the stand-in installed nothing
