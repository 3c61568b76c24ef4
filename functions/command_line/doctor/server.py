"""Checks of the server's address: port, TLS, keys, and the line that a client needs."""

import datetime as dt
import os
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from functions.api.safe_binding import is_loopback, require_safe_binding
from functions.command_line.doctor.finding import Finding, State
from functions.command_line.doctor.surroundings import Surroundings
from functions.container.original_arguments import api_keys
from shared.errors import ConfigurationError, KeysMissing
from shared.settings import Settings

SHORT_KEY_CHARACTERS = 16
FEW_CHARACTERS = 6
SOON = dt.timedelta(days=14)
_NEW_KEY = 'SOTTO_KEYS="$(openssl rand -hex 32)"'


def check_port(surroundings: Surroundings) -> Iterator[Finding]:
    """Check that the server can listen, or that it does already; also on the port of metrics."""
    # Imported here: no other check needs the web stack.
    from functions.command_line.server_client import is_sotto  # noqa: PLC0415

    settings = surroundings.settings
    subject = f"Port {settings.port}"
    if not (reason := _refusal(settings)):
        yield Finding(subject=subject, state=State.OK, found=f"free on {settings.host}")
    elif is_sotto(own_address(settings)):
        yield Finding(subject=subject, state=State.OK, found="a Sotto server listens there now")
        return  # on its port of metrics as well
    else:
        yield _taken(subject, reason, f"SOTTO_PORT={settings.port + 1}")
    if settings.metrics_port:
        reason = _refusal(replace(settings, port=settings.metrics_port))
        subject = f"Port {settings.metrics_port} (metrics)"
        if reason:
            yield _taken(subject, reason, f"SOTTO_METRICS_PORT={settings.metrics_port + 1}")
        else:
            yield Finding(subject=subject, state=State.OK, found=f"free on {settings.host}")


def _refusal(settings: Settings) -> str:
    """Return the reason for which the server cannot listen; empty if it can."""
    from functions.container.http_server import open_listener  # noqa: PLC0415

    try:
        open_listener(settings).close()
    except ConfigurationError as error:
        return str(error).partition(": ")[2].rstrip(".")
    return ""


def _taken(subject: str, reason: str, other: str) -> Finding:
    return Finding(
        subject=subject, state=State.WRONG, found=f"{reason}: another program may listen there",
        mend=f"{other}, or end the program that `ss -ltnp` names",
    )  # fmt: skip


def own_address(settings: Settings) -> str:
    """Return the address of the server for a client on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls_cert else 'http'}://{shown}:{settings.port}"


def check_tls(surroundings: Surroundings, now: dt.datetime | None = None) -> Iterator[Finding]:
    """Check that certificate and key can be read, belong together and are valid."""
    settings = surroundings.settings
    if settings.tls_cert is None or settings.tls_key is None:
        ended = "a proxy ends it" if settings.tls_terminated else "off, for this machine alone"
        if is_loopback(settings.host) or settings.tls_terminated:
            yield Finding(subject="TLS", state=State.OK, found=ended)
        return  # `check_keys` has the message of a missing one
    files = {"SOTTO_TLS_CERT": settings.tls_cert, "SOTTO_TLS_KEY": settings.tls_key}
    for key, file in files.items():
        if not os.access(file, os.R_OK) or not file.is_file():
            yield Finding(
                subject="TLS", state=State.MISSING, found=f"{file} cannot be read",
                mend=f"correct {key}, or the rights of the file",
            )  # fmt: skip
            return
    try:
        # An encrypted key is refused, not asked for.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.tls_cert, settings.tls_key, lambda: "")
        yield _certificate(settings.tls_cert, now or dt.datetime.now(dt.UTC))
    except (ssl.SSLError, ValueError):
        yield Finding(
            subject="TLS", state=State.WRONG,
            found="the files are no PEM certificate and its private key",
            mend="correct SOTTO_TLS_CERT and SOTTO_TLS_KEY",
        )  # fmt: skip


def _certificate(file: Path, now: dt.datetime) -> Finding:
    from functions.command_line.doctor.certificate import validity  # noqa: PLC0415

    begins, ends = validity(file)
    mend = "renew the certificate, then restart the server"
    if now >= ends:
        found = f"the certificate expired on {ends:%Y-%m-%d}"
        return Finding(subject="TLS", state=State.WRONG, found=found, mend=mend)
    if now < begins:
        found = f"the certificate is valid from {begins:%Y-%m-%d} on"
        mend = "check the clock of this machine"
        return Finding(subject="TLS", state=State.WRONG, found=found, mend=mend)
    found = f"the certificate is valid until {ends:%Y-%m-%d}"
    is_late = ends - now < SOON
    state = State.WRONG if is_late else State.OK
    return Finding(
        subject="TLS", state=state, found=found, mend=mend if is_late else "", is_needed=False
    )


def check_keys(surroundings: Surroundings) -> Iterator[Finding]:
    """Check whether the server would start with its keys, and how hard they are to guess."""
    settings = surroundings.settings
    try:
        keys = (*settings.keys, *api_keys((), surroundings.environment))
        require_safe_binding(replace(settings, keys=keys))
    except KeysMissing as error:
        yield Finding(
            subject="Keys", state=State.MISSING, found=str(error).rstrip("."), mend=_NEW_KEY
        )
        return
    except ConfigurationError as error:
        yield Finding(
            subject="TLS", state=State.MISSING, found=str(error).rstrip("."),
            mend="SOTTO_TLS_CERT and SOTTO_TLS_KEY: docs/deploy-container.md",
        )  # fmt: skip
    weak = [number for number, key in enumerate(keys, 1) if _is_weak(key)]
    if weak:
        numbers = " and ".join(map(str, weak))
        yield Finding(
            subject="Keys", state=State.WRONG,
            found=f"number {numbers} of {len(keys)} is easy to guess: fewer than "
            f"{SHORT_KEY_CHARACTERS} characters, or few different ones",
            mend=_NEW_KEY, is_needed=not is_loopback(settings.host),
        )  # fmt: skip
    elif any(not key.isascii() or any(map(str.isspace, key)) for key in keys):
        yield Finding(
            subject="Keys", state=State.WRONG, mend=_NEW_KEY,
            found="one has a blank or a character that is not ASCII: no header can carry it",
        )  # fmt: skip
    elif keys:
        yield Finding(subject="Keys", state=State.OK, found=f"{len(keys)} set")
    elif settings.oidc_issuer:
        yield Finding(subject="Keys", state=State.OK, found="none; access tokens are accepted")
    else:
        yield Finding(
            subject="Keys", state=State.OK, found="none: every program of this machine may call"
        )


def _is_weak(key: str) -> bool:
    return len(key) < SHORT_KEY_CHARACTERS or len(set(key)) < FEW_CHARACTERS


def check_clients(surroundings: Surroundings) -> Iterator[Finding]:
    """Give the endpoint that clients take in place of Azure's; checks nothing."""
    settings = surroundings.settings
    endpoint = settings.public_url or own_address(settings)
    key = "one of SOTTO_KEYS" if settings.keys else "any key"
    found = f"endpoint {endpoint}, {key}: docs/migrate-from-azure.md"
    yield Finding(subject="Clients", state=State.OK, found=found)
