"""Third-party telemetry is off before the libraries load, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.privacy.telemetry_off import SWITCHES

PROJECT = Path(__file__).resolve().parents[3]

SESSION = """
import sys
from shared.privacy.telemetry_off import switch_telemetry_off
if sys.argv[1] == "off":
    assert switch_telemetry_off() == ()
import onnxruntime
onnxruntime.InferenceSession(bytes.fromhex(sys.argv[2]), providers=["CPUExecutionProvider"])
"""


def identity_model() -> bytes:
    """Write the smallest ONNX model, y = Identity(x) over one float, as protocol buffers."""

    def field(number, payload):
        return bytes([number << 3 | 2, len(payload)]) + payload

    def value(name):
        tensor_type = bytes([1 << 3, 1])  # elem_type: float
        return field(1, name) + field(2, field(1, tensor_type))

    node = field(1, b"x") + field(2, b"y") + field(4, b"Identity")
    graph = field(1, node) + field(2, b"g") + field(11, value(b"x")) + field(12, value(b"y"))
    opset = bytes([2 << 3, 13])
    return bytes([1 << 3, 8]) + field(7, graph) + field(8, opset)


def traced_session(strace, tmp_path, switch):
    """Run an ONNX session under a system-call trace; return what it wrote and connected to."""
    trace = tmp_path / "trace"
    environment = {  # nothing of ours: on a CI machine ONNX Runtime keeps quiet by itself
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    calls = "trace=open,openat,creat,mkdir,mkdirat,rename,connect,socket"
    session = [sys.executable, "-c", SESSION, switch, identity_model().hex()]
    subprocess.run(
        [strace, "-f", "-e", calls, "-o", trace, *session],
        env=environment,
        cwd=tmp_path,
        check=True,
    )
    telling = ("O_WRONLY", "O_RDWR", "O_CREAT", "creat(", "mkdir", "rename", "connect(", "socket(")
    lines = trace.read_text().splitlines()
    return [line for line in lines if any(word in line for word in telling)]


def test_an_onnx_session_writes_nothing_and_connects_nowhere(strace, tmp_path):
    assert traced_session(strace, tmp_path, "off") == []
    assert not (tmp_path / "cache").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the path is Linux's")
def test_without_the_switch_the_same_session_keeps_a_database(strace, tmp_path):
    """Shows that the test above would see it. If this fails, the switch may have gone."""
    assert any("onnxruntime.db" in line for line in traced_session(strace, tmp_path, "on"))


def test_no_library_is_imported():
    names = sorted({switch.library.partition(".")[0] for switch in SWITCHES if switch.library})
    script = (
        "import sys; from shared.privacy.telemetry_off import switch_telemetry_off as off; off();"
        f"assert not set({names}) & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=True)
