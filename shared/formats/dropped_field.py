"""Transcript -> the header field with the stretches that have no text, and the reason of each.

Azure's results have phrases alone, so the reasons are beside the body: a list of structured fields
(RFC 9651), `silence;at=0;for=2100, no_match;at=9000;for=1200`, in milliseconds.
"""

from operator import attrgetter

from shared.ticks import milliseconds_from_seconds
from shared.transcript import Dropped, Transcript

DROPPED_FIELD = "Sotto-Dropped"
MOST_STRETCHES = 40
"""Stretches in one field: proxies refuse long headers. The longest are kept."""


def dropped_headers(transcript: Transcript) -> dict[str, str]:
    """Return the field by its name, its stretches in the order of time; empty without any."""
    longest = sorted(transcript.dropped, key=attrgetter("duration_s"), reverse=True)
    kept = sorted(longest[:MOST_STRETCHES], key=attrgetter("offset_s"))
    return {DROPPED_FIELD: ", ".join(map(_member, kept))} if kept else {}


def _member(stretch: Dropped) -> str:
    start = milliseconds_from_seconds(stretch.offset_s)
    end = milliseconds_from_seconds(stretch.offset_s + stretch.duration_s)
    return f"{stretch.reason};at={start};for={end - start}"
