"""Effects of a traced process: files that it could leave, addresses that it spoke to.

strace writes one file per thread (`-ff`), so that no call is torn into two lines. Calls are
stopped at by a seccomp filter, all others run at full speed. Strings are not printed (`-s 0`),
paths and addresses always are: the trace itself holds no content.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_OPEN_SLOTS = ("open", "openat", "openat2", "open_by_handle_at")
# All other calls that create, change, rename or remove something with a name, or memory that
# outlives the call that made it.
_LEAVING = (
    "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2",
    "unlink", "unlinkat", "rmdir", "link", "linkat", "symlink", "symlinkat",
    "truncate", "ftruncate", "fallocate", "setxattr", "lsetxattr", "fsetxattr",
    "memfd_create", "memfd_secret", "shmget", "msgget", "mq_open", "add_key",
)  # fmt: skip
_SPEAKING = ("connect", "bind", "sendto", "sendmsg", "sendmmsg")
# A ring could open files and send without a call that is traced.
_RING = "io_uring_setup"
_DUMPABLE = "prctl"

_WRITING_FLAG = re.compile(r"\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b")
# A string without its end takes the rest: searched from each of its quotes, it would take long.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)')
_PATHS = re.compile(r'<([^<>"]+)>|"((?:[^"\\]|\\.)*+)(?:"|\\?\Z)')
_LINE = re.compile(r"(\w+)\((.*?)(?:\)\s+= (.+)| <unfinished \.\.\.>)")
_FAMILY = re.compile(r"sa_family=(\w+)")
_IP_ADDRESS = re.compile(r'inet_(?:addr\(|pton\(AF_INET6, )"([^"]+)"')
_PORT_AND_ADDRESS = re.compile(
    r'sin6?_port=htons\((\d+)\).*?inet_(?:addr\(|pton\(AF_INET6, )"([^"]+)"'
)
_SOCKET_PATH = re.compile(r'sun_path=(@?"[^"]*")')

# glibc asks the machine's cache of names, if there is one, before it reads /etc/hosts. It gets
# a host name, which leaves the machine in no other way than the look-up itself.
_NAME_CACHE = '"/var/run/nscd/socket"'


def strace_command(strace: str, folder: Path, *, names_folders: bool = False) -> list[str]:
    """Command to put in front of another one, which then is traced into files of `folder`.

    The tracer is a grandchild (`-D`), so that the process that was started is the traced one. It
    holds standard error open until the trace is complete. io_uring is refused, as older kernels
    do: the event loop then makes ordinary calls. The process stays dumpable: a tracer that is not
    root could not read the names of files otherwise. `names_folders` adds to the number of every
    descriptor the path it stands for.
    """
    calls = ",".join(
        f"?{name}" for name in (*_OPEN_SLOTS, *_LEAVING, *_SPEAKING, _RING, _DUMPABLE, "execve")
    )
    return [
        strace, "-D", "-ff", "--seccomp-bpf", "-qq", "-s", "0", "-o", str(folder / "thread"),
        *(["-y"] if names_folders else []),
        "-e", "signal=none", "-e", f"inject={_RING}:error=ENOSYS",
        "-e", f"inject={_DUMPABLE}:error=EPERM", "-e", f"trace={calls}",
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SystemCall:
    """One line of a trace; `result` is empty where the process ended inside the call."""

    name: str
    arguments: str
    result: str

    @property
    def opens_for_reading(self) -> bool:
        """Whether a file was opened read-only."""
        is_open = self.name in _OPEN_SLOTS and self.result.isdigit()
        return is_open and not self.could_leave_a_trace

    @property
    def could_leave_a_trace(self) -> bool:
        """Whether something could be written, made, renamed or removed; also a failed attempt."""
        if self.name in _OPEN_SLOTS:
            return _WRITING_FLAG.search(_QUOTED.sub("", self.arguments)) is not None
        return self.name in _LEAVING or (self.name == _RING and not self.result.startswith("-1"))

    @property
    def leaves_the_machine(self) -> bool:
        """Whether it names an address that is not of this machine alone."""
        if self.name not in _SPEAKING:
            return False
        families = _FAMILY.findall(self.arguments)
        addresses = _IP_ADDRESS.findall(self.arguments)
        paths = _SOCKET_PATH.findall(self.arguments)
        # The kernel itself answers AF_NETLINK; a family that is not known here may lead anywhere.
        n_judged = len(addresses) + len(paths) + families.count("AF_NETLINK")
        return (
            n_judged < len(families)
            or not all(is_loopback(address) for address in addresses)
            or any(path != _NAME_CACHE for path in paths)
        )

    @property
    def starts_a_program(self) -> bool:
        """Whether a process became another program."""
        return self.name == "execve" and self.result == "0"

    def peers(self) -> list[tuple[str, int]]:
        """IP addresses and ports that it names; empty for a call that speaks to none."""
        if self.name not in _SPEAKING:
            return []
        return [(address, int(port)) for port, address in _PORT_AND_ADDRESS.findall(self.arguments)]

    def paths(self) -> list[str]:
        """Absolute paths that it names, a relative one below its folder; needs `names_folders`."""
        found, folder = [], ""
        for descriptor, name in _PATHS.findall(self.arguments):
            if name:
                found.append(name if name.startswith("/") else f"{folder}/{name}")
            elif descriptor.startswith("/"):
                folder = descriptor
        return found or [folder]

    def __str__(self) -> str:
        return f"{self.name}({self.arguments}) = {self.result}"


def parse_line(line: str) -> SystemCall:
    """Read one line; raises ValueError for one that is not understood, as it may hide a call."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"no system call: {line}")
    return SystemCall(match[1], match[2], match[3] or "")


def read_trace(folder: Path) -> list[SystemCall]:
    """Read every call of every thread; thread by thread, each in order."""
    return [
        parse_line(line)
        for file in sorted(folder.iterdir())
        for line in file.read_text(errors="replace").splitlines()
    ]


def traces_left(calls: Iterable[SystemCall]) -> list[str]:
    """List the calls that could leave something behind, as strace wrote them."""
    return [str(call) for call in calls if call.could_leave_a_trace]


def strangers_spoken_to(calls: Iterable[SystemCall]) -> list[str]:
    """List the calls that lead beyond this machine, as strace wrote them."""
    return [str(call) for call in calls if call.leaves_the_machine]


def is_loopback(address: str) -> bool:
    """Whether an IP address, as strace writes it, is of this machine alone."""
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
