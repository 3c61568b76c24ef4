"""Memory of a process, from the kernel (proc_pid_status(5))."""

from pathlib import Path

_BYTES_PER_KB = 1024


def resident_bytes(process_id: int) -> int:
    """Physical memory in use."""
    return _status_bytes(process_id, "VmRSS")


def peak_resident_bytes(process_id: int) -> int:
    """Peak of physical memory in use."""
    return _status_bytes(process_id, "VmHWM")


def _status_bytes(process_id: int, field: str) -> int:
    for line in Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * _BYTES_PER_KB
    raise LookupError(field)
