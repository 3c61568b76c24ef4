"""Conditions of a run."""

import datetime as dt
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

THREADS = 2  # of each system; they never work at the same time

# Instruction sets that the engine has kernels for.
_KERNELS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "i8mm")
_PROJECT = Path(__file__).resolve().parent.parent


def stay_on_cores() -> None:
    """Pin this process and its children to as many cores as a system has threads.

    Otherwise the interpreter threads of a server would have further cores on a larger machine,
    which the rival cannot use.
    """
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def describe_run() -> dict[str, str]:
    """Date, commit and machine: conditions that the page shows with each section."""
    flags = cpu_flags()
    return {
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Sotto": commit_of(_PROJECT),
        "CPU": f"{_cpu_field('model name') or platform.machine()}, {os.cpu_count()} cores"
        f" ({' '.join(flag for flag in _KERNELS if flag in flags)})",
        "load before the run": "{:.1f} (1 min), {:.1f} (5 min)".format(*os.getloadavg()),
    }


def describe_conditions(model: str, compute_type: str, rival: dict[str, str]) -> dict[str, str]:
    """Machine, versions and settings, by their names in the report."""
    return {
        **describe_run(),
        "cores": f"both systems on the same {len(os.sched_getaffinity(0))}, {THREADS} threads each",
        "model": f"Whisper {Path(model).name}, {compute_type}, the same files for both",
        "ours": "over HTTP, `POST /speechtotext/transcriptions:transcribe`, locale en-US,"
        f" profanity None, word times included; {_versions('ctranslate2', 'onnxruntime', 'av')},"
        f" Python {platform.python_version()}",
        "faster-whisper": "in process, `transcribe(path)` and nothing else (beam 5, language"
        f" detected); {', '.join(' '.join(pair) for pair in rival.items())}",
        "WER": "Whisper's English normaliser"
        f" ({_versions('whisper-normalizer', 'jiwer')}), all words of a set together",
    }


def commit_of(checkout: Path) -> str:
    """Commit of a checkout, marked if its code differs from it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty=, changed"],
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return described.stdout.strip() or "unknown commit"


def cpu_flags() -> list[str]:
    """Instruction sets of the processor, as the kernel names them."""
    return _cpu_field("flags", "Features").split()


def _cpu_field(*names: str) -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in names:
            return value.strip()
    return ""


def _versions(*packages: str) -> str:
    return ", ".join(f"{package} {version(package)}" for package in packages)
