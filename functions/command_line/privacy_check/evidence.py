"""The evidence of a trace: files, connections, programs and words, each with its reason.

A reason comes from the settings. Where there is none, it is a leak.
"""

import socket
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from functions.command_line.privacy_check.system_call_trace import SystemCall, is_loopback
from shared.settings import Settings
from shared.translation.apertium import PROGRAMS as APERTIUM_PROGRAMS

_DNS_PORT = 53
_SEARCHED_BYTES = 50_000_000  # of one file


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was seen, such as a path or an address. reason: empty for a leak."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Purposes:
    """Reasons that the settings give.

    data_folder: batch work of the check writes below it; None without batch work.
    services: reason by IP address, of the services that the settings name.
    """

    data_folder: Path | None = None
    services: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a server did that could leave something of its callers behind."""

    files: tuple[Item, ...]
    connections: tuple[Item, ...]
    programs: tuple[Item, ...]
    words: tuple[Item, ...]

    @property
    def leaks(self) -> tuple[Item, ...]:
        """Everything without a reason."""
        seen = (*self.files, *self.connections, *self.programs, *self.words)
        return tuple(item for item in seen if not item.reason)


def gather(
    calls: Sequence[SystemCall],
    log: str,
    canaries: Mapping[str, str],
    purposes: Purposes,
    names: Mapping[str, str] | None = None,
) -> Evidence:
    """Judge a trace and a log.

    Parameters
    ----------
    canaries: kind by word, in lower case. A word may be nowhere but in answers.
    names: the same of names that records of batch work have, and no log.
    """
    written = [(path, call) for call in calls if call.could_leave_a_trace for path in call.paths()]
    return Evidence(
        files=_distinct(_file(path, call, purposes) for path, call in written),
        connections=_distinct(_connections(calls, purposes)),
        programs=_distinct(_programs(calls)),
        words=_distinct(
            (
                *_found("the log", log.lower(), {**canaries, **(names or {})}),
                *_words({path for path, _ in written}, canaries, purposes),
            )
        ),
    )


def purposes_of(settings: Settings, data_folder: Path | None) -> Purposes:
    """Resolve the services that the settings name."""
    services: dict[str, str] = {}
    for host, reason in _hosts(settings):
        with suppress(OSError):
            for *_, address in socket.getaddrinfo(host, None):
                services[str(address[0])] = reason
    return Purposes(data_folder, services)


def _hosts(settings: Settings) -> Iterator[tuple[str, str]]:
    named: list[tuple[str | None, str]] = [
        (settings.traces, "collector of traces (SOTTO_TRACES)"),
        *(
            (issuer, "issuer of access tokens (SOTTO_OIDC_ISSUER)")
            for issuer in (*settings.oidc_issuer, settings.oidc_jwks)
        ),
    ]
    if any(name.partition(":")[0] == "azure" for name in settings.voices):
        region = settings.azure_speech_region
        place = settings.azure_speech_endpoint or f"https://{region}.tts.speech.microsoft.com"
        named.append((place, "Azure Speech: text to speak (SOTTO_VOICES)"))
    if "azure" in settings.translators:
        endpoint = settings.azure_translator_endpoint
        reason = "Azure AI Translator: text to translate (SOTTO_TRANSLATORS)"
        named.append((endpoint or "https://api.cognitive.microsofttranslator.com", reason))
    for address, reason in named:
        if address and (host := urlsplit(address).hostname):
            yield host, reason


def _file(path: str, call: SystemCall, purposes: Purposes) -> Item:
    if not path:
        return Item(f"{call.name} without a name", "")
    what = f"{path} ({call.name})"
    if path == "/dev/null":
        return Item(what, "keeps nothing")
    if purposes.data_folder and Path(path).is_relative_to(purposes.data_folder):
        below = Path(path).relative_to(purposes.data_folder).parts[:2]
        return Item(
            "/".join(("<data folder>", *below)), "batch work, in a data folder of the check"
        )
    return Item(what, "")


def _connections(calls: Iterable[SystemCall], purposes: Purposes) -> Iterator[Item]:
    for call in calls:
        peers = call.peers()
        for address, port in peers:
            is_ours = is_loopback(address)
            what = f"{address} port {port}" if not is_ours or call.name == "connect" else address
            if is_ours:
                yield Item(what, "this machine")
            elif address in purposes.services:
                yield Item(what, purposes.services[address])
            elif port == _DNS_PORT and purposes.services:
                yield Item(what, "name server: look-ups of configured services")
            else:
                yield Item(what, "")
        if not peers and call.leaves_the_machine:
            yield Item(f"{call.name}({call.arguments})", "")


def _programs(calls: Iterable[SystemCall]) -> Iterator[Item]:
    pythons = {Path(sys.executable), Path(sys.executable).resolve()}
    for call in calls:
        if not call.starts_a_program:
            continue
        program = Path(call.paths()[0])
        if program in pythons or program.resolve() in pythons:
            yield Item(str(program), "the server, and its process that loads eSpeak NG")
        elif program.name in APERTIUM_PROGRAMS:
            yield Item(str(program), "Apertium, over pipes")
        else:
            yield Item(str(program), "")


def _words(
    written: Iterable[str], canaries: Mapping[str, str], purposes: Purposes
) -> Iterator[Item]:
    files = {Path(path) for path in written}
    if purposes.data_folder is not None:
        files |= set(purposes.data_folder.rglob("*"))
    for file in sorted(files):
        if not file.is_file() or _holds_results(file, purposes.data_folder):
            continue
        with suppress(OSError), file.open("rb") as opened:
            content = opened.read(_SEARCHED_BYTES).decode("utf-8", "replace").lower()
            yield from _found(str(file), content, canaries)


def _found(place: str, text: str, canaries: Mapping[str, str]) -> Iterator[Item]:
    for word, kind in canaries.items():
        if word in text:
            yield Item(f"{kind} in {place}", "")


def _holds_results(file: Path, data_folder: Path | None) -> bool:
    """Whether a file is dropped audio or its transcript, which batch work is there to keep."""
    if data_folder is None or not file.is_relative_to(data_folder):
        return False
    parts = file.relative_to(data_folder).parts
    return parts[:2] in {("containers", "audio"), ("containers", "transcripts")} and (
        ".sotto" not in parts
    )


def _distinct(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
