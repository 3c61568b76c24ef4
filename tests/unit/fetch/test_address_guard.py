"""URLs and addresses that the guard allows, before any connection is made."""

import ipaddress

import pytest

from shared.address_guard import is_refused
from shared.errors import AddressRefused, FetchFailed
from shared.fetch import FetchLimits, fetch

LIMITS = FetchLimits(max_bytes=1000, timeout_s=2)

HOSTILE_URLS = [
    # Schemes
    "file:///etc/passwd",
    "ftp://example.com/a.wav",
    "gopher://example.com:70/_x",
    "data:audio/wav;base64,UklGRg==",
    "//example.com/a.wav",
    "/etc/passwd",
    "",
    # No URL
    "http://",
    "http:///a.wav",
    "http://[::1",
    "http://exa mple.com/",
    "http://example.com\r\nX-Injected: 1/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    # Credentials
    "http://user:pass@example.com/a.wav",
    "http://user@example.com/a.wav",
    "http://example.com\\@127.0.0.1/",
    # Loopback, in every spelling
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://127.0.0.1./",
    "http://127\u30020\u30020\u30021/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::1]/",
    # Private, link-local, shared
    "http://10.0.0.5/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.1.1/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    # Metadata of clouds
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    "http://168.63.129.16/machine",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    # Multicast, broadcast, reserved, documentation
    "http://224.0.0.1/",
    "http://[ff02::1]/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://[2001:db8::1]/",
]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_a_hostile_url_is_refused_without_a_connection(url, monkeypatch):
    def no_connection(*_args, **_kwargs):
        pytest.fail("a connection was tried")

    monkeypatch.setattr("socket.create_connection", no_connection)
    with pytest.raises(AddressRefused), fetch(url, limits=LIMITS):
        pass


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["2606:2800:220:1:248:1893:25c8:1946", "::1"],
        ["169.254.169.254"],
        ["fe80::1%2"],
    ],
)
def test_a_name_is_refused_if_any_of_its_addresses_is(answers):
    with (
        pytest.raises(AddressRefused),
        fetch("http://example.com/", limits=LIMITS, resolve=lambda *_: answers),
    ):
        pass


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_a_public_address_is_not_refused(address):
    assert not is_refused(ipaddress.ip_address(address))


def test_an_allowed_network_is_an_exception_for_its_own_addresses_only():
    networks = [ipaddress.ip_network("10.1.0.0/16")]
    assert not is_refused(ipaddress.ip_address("10.1.2.3"), networks)
    assert not is_refused(ipaddress.ip_address("::ffff:10.1.2.3"), networks)
    assert is_refused(ipaddress.ip_address("10.2.0.1"), networks)
    assert is_refused(ipaddress.ip_address("127.0.0.1"), networks)


@pytest.mark.parametrize(
    "url", ["http://user:hunter2@example.com/?sig=s3cret", "http://10.0.0.5/?sig=s3cret"]
)
def test_a_refusal_quotes_nothing_of_the_url(url):
    with pytest.raises(AddressRefused) as raised, fetch(url, limits=LIMITS):
        pass
    assert not any(word in str(raised.value) for word in ("hunter2", "s3cret", "10.0.0.5"))
    assert raised.value.__context__ is None


def test_the_system_resolver_is_asked_by_default(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", 80))])
    with pytest.raises(AddressRefused), fetch("http://example.com/", limits=LIMITS):
        pass


def test_a_name_that_does_not_exist_fails():
    with pytest.raises(FetchFailed), fetch("http://nowhere.invalid/", limits=LIMITS):
        pass
