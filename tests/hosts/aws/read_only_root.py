"""Run a program as AWS Lambda would: all read-only but an empty `/tmp`, no root, no capability.

    read_only_root.py ROOT PROGRAM [ARGUMENT ...]

ROOT is `/`, or the root file system of an image, which needs root. The program has the number of a
user that owns nothing there. With `/` it is one in a namespace of users, so that the files of the
person who runs the tests can be read; an image is for any user, so there the number is a real one.
"""

import ctypes
import os
import sys
from pathlib import Path

USER, GROUP = 993, 990  # Lambda's own are of this kind

_NEW_USERS, _NEW_MOUNTS = 0x10000000, 0x00020000
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000
_NO_SETUID, _NO_DEVICES = 0x2, 0x4
_HERE, _ALSO_BELOW, _READ_ONLY = -100, 0x8000, 0x1
_SET_MOUNT_ATTRIBUTES = 442  # the number of mount_setattr, on all processors
_NO_NEW_PRIVILEGES = 38

libc = ctypes.CDLL(None, use_errno=True)


class MountAttributes(ctypes.Structure):
    """`struct mount_attr` of linux/mount.h."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library, or end with its error."""
    if getattr(libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        sys.exit(f"{name}{arguments}: {os.strerror(error)}. Namespaces of Linux are needed.")


def mount(source: str, target: Path, kind: str | None, flags: int) -> None:
    """Mount a file system, or a folder once more."""
    encoded = None if kind is None else kind.encode()
    call("mount", source.encode(), bytes(target), encoded, ctypes.c_ulong(flags), None)


def become_another_user() -> None:
    """Enter a namespace where this user has the number USER, and may mount."""
    user, group = os.geteuid(), os.getegid()
    call("unshare", _NEW_USERS)
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{USER} {user} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{GROUP} {group} 1", "ascii")


def make_read_only(root: Path) -> None:
    """Mount everything read-only, then an empty folder at `/tmp`."""
    call("unshare", _NEW_MOUNTS)
    mount("none", Path("/"), None, _RECURSIVE | _PRIVATE)
    if root != Path("/"):
        for name in ("proc", "dev"):
            mount(f"/{name}", root / name, None, _BIND | _RECURSIVE)
    attributes = MountAttributes(set=_READ_ONLY)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    call("syscall", _SET_MOUNT_ATTRIBUTES, _HERE, b"/", _ALSO_BELOW, ctypes.byref(attributes), size)
    mount("tmpfs", root / "tmp", "tmpfs", _NO_SETUID | _NO_DEVICES)
    (root / "tmp").chmod(0o1777)


def main() -> None:
    """Become the program of the arguments."""
    root, folder = Path(sys.argv[1]), Path.cwd()
    is_image = root != Path("/")
    if not is_image:
        become_another_user()
    make_read_only(root)
    if is_image:
        folder = Path(os.environ["LAMBDA_TASK_ROOT"])
        os.chroot(root)
        os.setgroups([])
        os.setresgid(GROUP, GROUP, GROUP)
        os.setresuid(USER, USER, USER)
    os.chdir(folder)
    call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # The user is not root, so that the capabilities end here.
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is meant


main()
