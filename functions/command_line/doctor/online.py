"""Checks that ask the services that the settings name; others are never contacted.

They run with `--online` alone. Azure and Amazon receive credentials of the settings and, where a
translator is checked, one fixed word, which they may bill.
"""

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from functions.command_line.doctor.finding import Finding, State
from functions.command_line.doctor.surroundings import Surroundings
from shared.errors import ConfigurationError, SpeechError
from shared.settings import Settings

ONLINE = "sotto doctor --online"
LARGEST_SKEW = dt.timedelta(minutes=5)
# No clock is right that is behind the release of this version.
RELEASED = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
_ANSWER_S = 5.0

_SPOKEN = "text to speak leaves this machine, and the service bills its characters"
_TRANSLATED = "text to translate leaves this machine, and the service bills its characters"
_LIST_KEYS = "az cognitiveservices account keys list"


def check_azure_speech(surroundings: Surroundings) -> Iterator[Finding]:
    """Ask Azure Speech for its voices with the configured key."""
    settings = surroundings.settings
    is_used = any(name.partition(":")[0] == "azure" for name in settings.voices)
    place = settings.azure_speech_endpoint or settings.azure_speech_region
    if settings.azure_speech_key is None or place is None:
        return
    if not surroundings.is_online:
        yield _unasked("Azure Speech", _SPOKEN if is_used else "")
        return

    def ask() -> str:
        from shared.synthesis.azure_speech import AzureSpeech  # noqa: PLC0415

        return f"accepts the key; {len(AzureSpeech(settings).voices())} voices"

    mend = f"renew SOTTO_AZURE_SPEECH_KEY: {_LIST_KEYS}"
    yield _asked("Azure Speech", ask, mend, _SPOKEN if is_used else "")


def check_cloud_translators(surroundings: Surroundings) -> Iterator[Finding]:
    """Let the translators of the cloud translate one fixed word."""
    settings = surroundings.settings
    if "azure" in settings.translators:
        mend = f"renew SOTTO_AZURE_TRANSLATOR_KEY: {_LIST_KEYS}"
        yield _translator(surroundings, "azure", "Azure AI Translator", mend)
    if "amazon" in settings.translators:
        mend = "set a region and credentials that may call translate:TranslateText"
        yield _translator(surroundings, "amazon", "Amazon Translate", mend)


def _translator(surroundings: Surroundings, name: str, subject: str, mend: str) -> Finding:
    settings = surroundings.settings
    if not surroundings.is_online:
        return _unasked(subject, _TRANSLATED)

    def ask() -> str:
        from shared.translation.installed import translator_chain  # noqa: PLC0415

        chain = translator_chain(replace(settings, translators=(name,)))
        chain.find("en", "es").translate(["yes"], "en", "es")
        return "translates"

    return _asked(subject, ask, mend, _TRANSLATED)


def check_issuers(surroundings: Surroundings) -> Iterator[Finding]:
    """Read the signing keys of each issuer of access tokens."""
    settings = surroundings.settings
    for issuer in settings.oidc_issuer:
        subject = f"Issuer {urlsplit(issuer).hostname}"
        if not surroundings.is_online:
            yield _unasked(subject)
            continue

        def ask(issuer: str = issuer) -> str:
            from functions.api.identity.published_keys import load_keys  # noqa: PLC0415

            keys = load_keys(issuer, settings.oidc_jwks)
            if not keys:
                raise ConfigurationError("It publishes no key that can be used.")
            return f"publishes {len(keys)} keys"

        mend = "check SOTTO_OIDC_ISSUER, SOTTO_OIDC_JWKS and the network: docs/access.md"
        yield _asked(subject, ask, mend, "it sees when its keys are read")


def check_collector(surroundings: Surroundings) -> Iterator[Finding]:
    """Open a connection to the collector of traces."""
    address = surroundings.settings.traces
    if address is None:
        return
    if not surroundings.is_online:
        yield _unasked("Collector")
        return

    def ask() -> str:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), _ANSWER_S).close()
        return "accepts connections"

    cost = "times and sizes of requests leave this process; no content"
    yield _asked("Collector", ask, "correct SOTTO_TRACES, or start it", cost)


def check_clock(surroundings: Surroundings, now: dt.datetime | None = None) -> Iterator[Finding]:
    """Compare the clock with the release, and with that of a configured service."""
    now = now or dt.datetime.now(dt.UTC)
    mend = "sudo timedatectl set-ntp true"
    if now < RELEASED:
        found = f"{now:%Y-%m-%d}: behind the release of this version"
        yield Finding(subject="Clock", state=State.WRONG, found=found, mend=mend)
        return
    address = _service_with_clock(surroundings.settings)
    served = None
    if surroundings.is_online and address:
        from functions.command_line.server_client import served_time  # noqa: PLC0415

        served = served_time(address, _ANSWER_S)
    if served is None:
        yield Finding(subject="Clock", state=State.OK, found=f"{now:%Y-%m-%d %H:%M} UTC")
    elif abs(served - now) > LARGEST_SKEW:
        minutes = abs(served - now).total_seconds() / 60
        found = f"{minutes:.0f} minutes off: tokens and signed requests are refused"
        yield Finding(subject="Clock", state=State.WRONG, found=found, mend=mend)
    else:
        yield Finding(subject="Clock", state=State.OK, found="agrees with that of a service")


def _service_with_clock(settings: Settings) -> str | None:
    named = (
        *settings.oidc_issuer[:1],
        settings.azure_speech_endpoint,
        settings.azure_translator_endpoint,
        settings.blob_service,
    )
    return next((address for address in named if address), None)


def _unasked(subject: str, cost: str = "") -> Finding:
    return Finding(
        subject=subject, state=State.UNCHECKED, found="configured", mend=ONLINE, cost=cost
    )


def _asked(subject: str, ask: Callable[[], str], mend: str, cost: str) -> Finding:
    """Turn the answer of a service, or its refusal, into a finding."""
    try:
        found = ask()
    except (SpeechError, OSError, ValueError) as error:
        # Messages of Sotto's own errors quote no secret; others may.
        reason = str(error).rstrip(".") if isinstance(error, SpeechError) else ""
        found = reason or f"does not answer as it should ({type(error).__name__})"
        return Finding(subject=subject, state=State.WRONG, found=found, mend=mend, cost=cost)
    return Finding(subject=subject, state=State.OK, found=found, cost=cost)
