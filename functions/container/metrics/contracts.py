"""The contract of a route: a label of few values, whatever clients request."""

import re

OTHER = "other"

# The first pattern that matches the template of a route names its contract.
_CONTRACTS = (
    ("health", re.compile(r"/(ready|status|healthz|metrics)?")),
    ("reference", re.compile(r"/(swagger(/.*)?|openapi\.json|playground/.*)")),
    ("token", re.compile(r"/sts/.*")),
    ("short_audio", re.compile(r"/speech/recognition/.*")),
    (
        "fast_transcription",
        re.compile(r"/speechtotext/(transcriptions:transcribe|transcriptions/locales)"),
    ),
    ("web_hooks", re.compile(r"/speechtotext/(\{version\}/)?webhooks.*")),
    ("batch", re.compile(r"/speechtotext/(\{version\}/)?transcriptions.*")),
    ("management", re.compile(r"/speechtotext/.*")),
    ("text_to_speech", re.compile(r"/cognitiveservices/.*")),
    ("openai", re.compile(r"/v1/.*")),
    ("speech_translation", re.compile(r"/sotto/v1/speech-translations")),
    ("translator", re.compile(r"/(translate|detect|languages|transliterate|breaksentence|dict.*)")),
)

CONTRACTS = (*(name for name, _ in _CONTRACTS), OTHER)


def contract_of(route: str) -> str:
    """Return the contract of the template of a route; `other` where no route was found."""
    return next((name for name, pattern in _CONTRACTS if pattern.fullmatch(route)), OTHER)
