"""The guard on hosts and addresses of URLs that a client supplies."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence

from shared.errors import AddressRefused, FetchFailed, FetchRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int, float], Sequence[str]]

RESOLVE_TIMEOUT_S = 1.5

# Refused although Python's `is_global` lets them pass, or did before 3.12.4.
_REFUSED_NETWORKS: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), reason)
    for network, reason in (
        ("168.63.129.16/32", "Azure's wire server: a public address that reaches the host"),
        ("100.64.0.0/10", "carrier-grade NAT; 100.100.100.200 is Alibaba's metadata"),
        ("192.0.0.0/24", "protocol assignments; 192.0.0.192 is Oracle's metadata"),
        ("192.88.99.0/24", "6to4 relays"),
        ("198.18.0.0/15", "benchmarks between networks"),
        ("240.0.0.0/4", "reserved"),
        ("2001::/23", "protocol assignments, Teredo (which hides an IPv4 address) among them"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4: hides an IPv4 address"),
        ("3fff::/20", "documentation"),
    )
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # the space that IANA has allocated so far
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: how IPv6-only hosts reach IPv4

# Threads in getaddrinfo cannot be cancelled; this bounds a flood of names that never resolve.
_RESOLVER_SLOTS = threading.BoundedSemaphore(32)


def require_plain_host(host: str) -> None:
    """Refuse hosts that resolvers interpret differently, such as `0x7f.1` for 127.0.0.1.

    Raises
    ------
    AddressRefused: neither a plain name nor an address.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if "%" not in host:  # a zone names an interface of this machine
            return
    labels = host.rstrip(".").lower().split(".")
    is_name = all(
        label and len(label) <= 63 and label.replace("-", "").replace("_", "").isalnum()
        for label in labels
    )
    # A name that ends in a number is an IPv4 address to inet_aton (WHATWG URL, host parsing).
    ends_in_number = labels[-1].isdigit() or labels[-1].startswith("0x")
    if not host.isascii() or not is_name or ends_in_number:
        raise AddressRefused("The address has no plain host name or IP address.")


def resolve_host(host: str, port: int, timeout_s: float) -> Sequence[str]:
    """Return the addresses of a name; raises FetchFailed if there is none in time.

    The system's resolver can take half a minute over a dead name server and cannot be
    interrupted, so it runs in a separate thread, which is abandoned after `timeout_s`.
    """
    answers: list[str] = []
    failures: list[int | None] = []
    done = threading.Event()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.extend(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
        except (OSError, UnicodeError) as error:
            failures.append(getattr(error, "errno", None))
        finally:
            _RESOLVER_SLOTS.release()
            done.set()

    if not _RESOLVER_SLOTS.acquire(timeout=timeout_s):
        raise FetchFailed("Too many host names are being resolved.")
    threading.Thread(target=look_up, name="resolve-host", daemon=True).start()
    done.wait(timeout_s)
    if not answers:
        # Either the name server denies the name, which is final, or it has not answered.
        is_unknown = bool(failures) and failures[0] in {socket.EAI_NONAME, socket.EAI_NODATA}
        kind = FetchRefused if is_unknown else FetchFailed
        raise kind("The host name of the address cannot be resolved.")
    return answers


def is_refused(address: Address, allowed_networks: Sequence[Network] = ()) -> bool:
    """Whether the guard refuses an address: any but public unicast and `allowed_networks`.

    An IPv6 address that embeds an IPv4 address (mapped, NAT64) is checked as that address; 6to4
    and Teredo addresses, which hide one, are all refused.
    """
    address = _embedded_ipv4(address) or address
    if any(address in network for network in allowed_networks):
        return False
    if any(address in network for network, _reason in _REFUSED_NETWORKS):
        return True
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return True
    return address.is_multicast or not address.is_global


def _embedded_ipv4(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def allowed_addresses(
    host: str, allowed_networks: Sequence[Network], resolve: Callable[[], Sequence[str]]
) -> list[Address]:
    """Return the addresses of a host, all of them allowed; `resolve` is called for a name.

    Raises
    ------
    AddressRefused: one of them is refused.
    """
    try:
        addresses = [ipaddress.ip_address(host)]
    except ValueError:
        addresses = [ipaddress.ip_address(answer) for answer in resolve()]
    if any(is_refused(address, allowed_networks) for address in addresses):
        raise AddressRefused(
            "The address is in a network that is not allowed (SOTTO_ALLOWED_NETWORKS)."
        )
    return addresses
