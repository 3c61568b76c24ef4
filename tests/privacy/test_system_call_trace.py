"""The judge of the proof is shown to be able to say guilty."""

import subprocess
import sys

import pytest

from functions.command_line.privacy_check.system_call_trace import (
    parse_line,
    read_trace,
    strace_command,
    strangers_spoken_to,
    traces_left,
)

INET = "{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("
INET6 = "{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "


@pytest.mark.parametrize(
    "line",
    [
        'openat(AT_FDCWD, "/tmp/ffcacheX1", O_RDWR|O_CREAT|O_EXCL, 0600) = 7',
        'openat(AT_FDCWD, "/home/u/.cache/telemetry.db", O_RDWR|O_CLOEXEC) = 7',
        'openat(AT_FDCWD, "/var/log/sotto", O_WRONLY|O_APPEND) = -1 EACCES (Permission denied)',
        'openat(AT_FDCWD, "/tmp", O_RDWR|O_EXCL|O_TMPFILE, 0600) = 7',
        'openat(AT_FDCWD, "/dev/shm/x", O_RDWR|O_NOFOLLOW|O_CLOEXEC) = 7',
        'openat2(AT_FDCWD, "/tmp/x", {flags=O_WRONLY|O_CREAT, mode=0600, resolve=0}, 24) = 7',
        'open("/tmp/x", O_WRONLY) = 3',
        'mkdir("/home/u/.cache/Microsoft", 0700) = 0',
        'rename("/a", "/b") = 0',
        'unlink("/dev/shm/sem.x") = 0',
        "ftruncate(5, 4096) = 0",
        'memfd_create(""..., MFD_CLOEXEC) = 5',
        "shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600) = 3",
        "io_uring_setup(256, {flags=0}) = 6",
        'openat(AT_FDCWD, "/tmp/last", O_WRONLY|O_CREAT, 0600 <unfinished ...>',
    ],
)
def test_a_call_that_could_leave_a_trace_is_seen(line):
    assert traces_left([parse_line(line)])


@pytest.mark.parametrize(
    "line",
    [
        'openat(AT_FDCWD, "/models/base/model.bin", O_RDONLY|O_CLOEXEC) = 5',
        'openat(AT_FDCWD, "/srv/O_CREAT|O_RDWR", O_RDONLY) = 5',
        'openat(AT_FDCWD, "/srv/a\\", O_WRONLY", O_RDONLY) = 5',
        "io_uring_setup(256, {flags=0}) = -1 ENOSYS (Function not implemented) (INJECTED)",
        'execve("/usr/bin/python3", [...], 0x7ffe055015a8 /* 38 vars */) = 0',
    ],
)
def test_reading_leaves_none(line):
    assert not traces_left([parse_line(line)])


@pytest.mark.parametrize(
    "line",
    [
        f'connect(5, {INET}"20.50.80.209")}}, 16) = -1 EINPROGRESS (Operation now in progress)',
        f'connect(5, {INET}"169.254.169.254")}}, 16) = 0',
        f'connect(5, {INET6}"2603:1030::1", &sin6_addr), sin6_scope_id=0}}, 28) = 0',
        f'connect(5, {INET6}"::ffff:8.8.8.8", &sin6_addr), sin6_scope_id=0}}, 28) = 0',
        f'bind(4, {INET}"0.0.0.0")}}, 16) = 0',
        f'bind(4, {INET6}"::", &sin6_addr), sin6_scope_id=0}}, 28) = 0',
        f'sendto(4, ""..., 40, MSG_NOSIGNAL, {INET}"192.168.1.1")}}, 16) = 40',
        f'sendmsg(4, {{msg_name={INET}"1.1.1.1")}}, msg_namelen=16, msg_iov=[...]}}, 0) = 40',
        'connect(5, {sa_family=AF_UNIX, sun_path="/run/systemd/journal/socket"}, 30) = 0',
        'connect(5, {sa_family=AF_UNIX, sun_path=@"spy"}, 30) = 0',
        "connect(5, {sa_family=AF_VSOCK, svm_cid=0x2, svm_port=0x1}, 16) = 0",
    ],
)
def test_a_call_that_leaves_the_machine_is_seen(line):
    assert strangers_spoken_to([parse_line(line)])


@pytest.mark.parametrize(
    "line",
    [
        f'bind(4, {INET}"127.0.0.1")}}, 16) = 0',
        f'connect(5, {INET6}"::1", &sin6_addr), sin6_scope_id=0}}, 28) = 0',
        f'connect(5, {INET6}"::ffff:127.0.0.1", &sin6_addr), sin6_scope_id=0}}, 28) = 0',
        'sendto(16, ""..., 131, 0, NULL, 0) = 131',
        "bind(4, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0",
        'connect(9, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No)',
    ],
)
def test_loopback_and_the_kernel_do_not(line):
    assert not strangers_spoken_to([parse_line(line)])


@pytest.mark.parametrize("line", ["<... openat resumed>) = 3", "strace: out of memory", ""])
def test_a_line_that_is_not_understood_is_no_proof(line):
    with pytest.raises(ValueError, match="no system call"):
        parse_line(line)


CULPRIT = """
import pathlib, socket, sys, threading
def write():
    pathlib.Path(sys.argv[1]).write_bytes(b"speech")
thread = threading.Thread(target=write)
thread.start()
thread.join()
with socket.socket(type=socket.SOCK_DGRAM) as datagram:  # connecting one sends nothing
    datagram.connect(("192.0.2.1", 9))
"""


def test_a_real_culprit_is_caught(strace, tmp_path):
    """A process that writes in a thread and turns to a foreign address, traced as the server is."""
    folder, loot = tmp_path / "trace", tmp_path / "loot"
    folder.mkdir()
    subprocess.run(
        [*strace_command(strace, folder), sys.executable, "-c", CULPRIT, loot],
        check=True, timeout=60, stdin=subprocess.DEVNULL, capture_output=True,
    )  # fmt: skip
    calls = read_trace(folder)
    assert any(str(loot) in line for line in traces_left(calls))
    assert [line for line in strangers_spoken_to(calls) if "192.0.2.1" in line]
    assert loot.read_bytes() == b"speech"
