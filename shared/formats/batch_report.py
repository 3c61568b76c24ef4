"""The report of a batch transcription, `report.json`: the outcome of each input.

https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.formats.source_address import source_text


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """Outcome of one input.

    source: its address or name; the report drops the query of an address.
    error_message, error_kind: reason of a failure, `InvalidAudio`; nothing of the audio or text.
    """

    source: str = field(repr=False)
    succeeded: bool
    error_message: str | None = None
    error_kind: str | None = None


def batch_report(entries: Iterable[ReportEntry]) -> dict[str, Any]:
    """Return the JSON object of the report, in the order of the entries."""
    entries = tuple(entries)
    n_succeeded = sum(entry.succeeded for entry in entries)
    return {
        "successfulTranscriptionsCount": n_succeeded,
        "failedTranscriptionsCount": len(entries) - n_succeeded,
        "details": [_detail(entry) for entry in entries],
    }


def _detail(entry: ReportEntry) -> dict[str, str]:
    detail = {
        "source": source_text(entry.source),
        "status": "Succeeded" if entry.succeeded else "Failed",
    }
    if not entry.succeeded:
        if entry.error_message is not None:
            detail["errorMessage"] = entry.error_message
        if entry.error_kind is not None:
            detail["errorKind"] = entry.error_kind
    return detail
