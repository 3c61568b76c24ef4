"""The header field of stretches without text."""

from shared.formats.dropped_field import MOST_STRETCHES, dropped_headers
from shared.transcript import Dropped, DropReason, Transcript


def transcript(*dropped):
    return Transcript(duration_s=100.0, n_channels=1, phrases=(), dropped=dropped)


def test_stretches_are_a_list_of_structured_fields_in_the_order_of_time():
    dropped = transcript(
        Dropped(0, 9.0, 1.2, DropReason.NO_MATCH), Dropped(0, 0.0, 2.1, DropReason.SILENCE)
    )
    assert dropped_headers(dropped) == {
        "Sotto-Dropped": "silence;at=0;for=2100, no_match;at=9000;for=1200"
    }


def test_without_such_a_stretch_there_is_no_field():
    assert dropped_headers(transcript()) == {}


def test_of_many_stretches_the_longest_are_kept():
    """In two kilobytes at most, within the limits of proxies and gateways."""
    stretches = [
        Dropped(0, 100.0 * n, 1.0 + n % 2, DropReason.LOOP) for n in range(2 * MOST_STRETCHES)
    ]
    field = dropped_headers(transcript(*stretches))["Sotto-Dropped"]
    members = field.split(", ")
    assert len(members) == MOST_STRETCHES
    assert members[:2] == ["loop;at=100000;for=2000", "loop;at=300000;for=2000"]
    assert len(field) < 2_000
