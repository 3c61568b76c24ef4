"""Hosts of a process: which of them each setting has an effect on."""

from enum import Flag, auto


class Host(Flag):
    """One host, or several of them."""

    CONTAINER = auto()
    FUNCTIONS = auto()
    LAMBDA = auto()

    def shown(self) -> str:
        """The hosts as the table of settings names them."""
        if self == EVERY_HOST:
            return "all"
        return ", ".join(_NAMES[host] for host in self)


CONTAINER, FUNCTIONS, LAMBDA = Host.CONTAINER, Host.FUNCTIONS, Host.LAMBDA
EVERY_HOST = CONTAINER | FUNCTIONS | LAMBDA

_NAMES = {CONTAINER: "container", FUNCTIONS: "Functions", LAMBDA: "Lambda"}
