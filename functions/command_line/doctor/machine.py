"""Checks of the machine: processor, memory, GPU, disk."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from functions.command_line.doctor.finding import Finding, State, size
from functions.command_line.doctor.surroundings import Surroundings
from shared.available_cores import available_cores
from shared.errors import ModelError
from shared.memory_limit import memory_limit_bytes
from shared.models.folder import locate_model
from shared.models.int8_copy import WEIGHTS, int8_copy, uses_int8
from shared.settings import Settings

CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
# Python, its libraries and the small models, beside the weights: docs/benchmarks.md
PROCESS_BYTES = 300_000_000
# Room for a copy of weights, a queue and transcripts.
SMALL_DISK_BYTES = 1_000_000_000


def check_processor(
    surroundings: Surroundings, n_cores: int | None = None, quota_file: Path = CPU_QUOTA
) -> Iterator[Finding]:
    """Check threads and instances against the cores, and against the quota of a container."""
    settings = surroundings.settings
    n_cores = available_cores() if n_cores is None else n_cores
    quota = _quota(quota_file)
    n_threads = settings.threads or n_cores
    wanted = n_threads * settings.concurrency
    found = f"{_counted(n_cores, 'core')}, {_counted(n_threads, 'thread')}"
    if settings.concurrency > 1:
        found += f" for each of {settings.concurrency} recognitions at once"
    usable = n_cores if quota is None else min(n_cores, quota)
    if quota is not None and quota < n_cores:
        found += f"; the container may use {quota:g} of the cores"
    if wanted > max(1, usable):
        threads = max(1, int(usable // settings.concurrency))
        yield Finding(
            subject="Processor", state=State.WRONG, is_needed=False,
            found=f"{found}: more threads than cores are slower", mend=f"SOTTO_THREADS={threads}",
        )  # fmt: skip
    else:
        yield Finding(subject="Processor", state=State.OK, found=found)


def check_memory(
    surroundings: Surroundings, limit: Callable[[], int] = memory_limit_bytes
) -> Iterator[Finding]:
    """Compare the memory of the machine or container with that of the weights."""
    settings = surroundings.settings
    available, needed = limit(), least_memory_bytes(settings)
    cost = f"at least {size(needed)} when loaded" if needed else ""
    if needed > available:
        mend = "SOTTO_FILE_INSTANCE=false, a smaller SOTTO_MODEL, or a higher limit"
        yield Finding(
            subject="Memory", state=State.WRONG, found=f"only {size(available)}",
            mend=mend, cost=cost,
        )  # fmt: skip
    else:
        yield Finding(subject="Memory", state=State.OK, found=size(available), cost=cost)


def least_memory_bytes(settings: Settings) -> int:
    """Return the bytes of the loaded weights and the process; 0 where the model is not here."""
    try:
        folder = locate_model(settings.model, settings.model_folder)
    except ModelError:
        return 0
    loaded = (int8_copy(folder) if uses_int8(settings) else None) or folder
    instances = 2 if settings.file_instance and available_cores() > 1 else 1
    return (loaded / WEIGHTS).stat().st_size * instances + PROCESS_BYTES


def check_gpu(
    surroundings: Surroundings,
    count: Callable[[], int] | None = None,
    driver: Path = NVIDIA_DRIVER,
) -> Iterator[Finding]:
    """Check that the engine finds the GPU that the settings name."""
    if surroundings.settings.device != "cuda":
        there = "there, and not used: SOTTO_DEVICE=cuda uses it" if driver.exists() else "none"
        yield Finding(subject="GPU", state=State.OK, found=f"{there}; SOTTO_DEVICE is cpu")
        return
    n_devices = (count or _cuda_devices)()
    if n_devices:
        yield Finding(subject="GPU", state=State.OK, found=f"{n_devices} with CUDA")
    else:
        yield Finding(
            subject="GPU", state=State.MISSING, found="the engine finds no CUDA device",
            mend="install NVIDIA's driver and CUDA 12 with cuDNN 9, or SOTTO_DEVICE=cpu",
        )  # fmt: skip


def check_disk(surroundings: Surroundings) -> Iterator[Finding]:
    """Check the free space of the folders of data and models."""
    settings = surroundings.settings
    folders = {"Disk of models": settings.model_folder}
    if settings.batch:
        folders["Disk of data"] = settings.data_folder
    for subject, folder in folders.items():
        present = nearest_folder(folder)
        free_bytes = shutil.disk_usage(present).free
        found = f"{size(free_bytes)} free at {present}"
        if free_bytes < SMALL_DISK_BYTES:
            yield Finding(
                subject=subject, state=State.WRONG, is_needed=False, found=found,
                mend="make room: `sotto purge`, `sotto models remove NAME`",
            )  # fmt: skip
        else:
            yield Finding(subject=subject, state=State.OK, found=found)


def nearest_folder(folder: Path) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    folder = folder.expanduser().absolute()
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _quota(file: Path) -> float | None:
    """Cores that a control group (version 2) may use: quota and period in microseconds."""
    with suppress(OSError, ValueError):
        quota, period = file.read_text("ascii").split()
        return int(quota) / int(period)
    return None


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _cuda_devices() -> int:
    # Imported here: only a machine with this setting pays for it.
    from shared.recognition.engines.ctranslate2_engine import cuda_devices  # noqa: PLC0415

    return cuda_devices()
