"""Names of the parts of a job, and the order that purging relies on."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs import blob_names

ID = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
AT = datetime(2026, 11, 24, 8, 15, 59, 999_999, UTC)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def test_each_part_has_its_place():
    assert blob_names.job_name(ID) == f"jobs/{ID}/job.json"
    assert blob_names.closed_name(ID) == f"jobs/{ID}/closed"
    assert blob_names.finished_name(ID, 3) == f"jobs/{ID}/finished/00003.json"
    assert blob_names.result_name(ID, "contenturl_0.json") == f"jobs/{ID}/results/contenturl_0.json"
    assert blob_names.expiry_name(AT, ID) == f"expires/20261124T0815Z/{ID}"


def test_every_part_is_below_its_job():
    parts = (
        blob_names.job_name(ID),
        blob_names.closed_name(ID),
        blob_names.finished_name(ID, 0),
        blob_names.result_name(ID, "report.json"),
    )
    assert all(part.startswith(blob_names.job_prefix(ID)) for part in parts)


def test_the_time_of_an_entry_is_utc():
    east = timezone(timedelta(hours=9))
    assert blob_names.expiry_name(AT.astimezone(east), ID) == blob_names.expiry_name(AT, ID)


@given(moments, moments)
def test_entries_are_in_the_order_of_time(first, second):
    earlier, later = sorted((first, second))
    assert blob_names.expiry_name(earlier, ID) <= blob_names.expiry_name(later, ID)


@given(moments)
def test_an_entry_is_due_within_its_minute_and_never_late(expires_at):
    minute, job_id = blob_names.parse_expiry_name(blob_names.expiry_name(expires_at, ID))
    assert job_id == ID
    assert minute <= expires_at < minute + timedelta(minutes=1)
    assert blob_names.is_due(minute, expires_at)
    assert not blob_names.is_due(minute, expires_at - timedelta(minutes=1))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "expires/",
        f"expires/{ID}",
        "expires/20261124T0815Z/../../etc",
        "expires/20261124T0815Z/somebody's file",
        f"expires/20260230T0815Z/{ID}",
        f"expires/2026112T0815Z/{ID}",
        f"expires/20261124T0815Z/{ID}/more",
        f"jobs/{ID}/closed",
    ],
)
def test_a_foreign_blob_is_no_entry(name):
    assert blob_names.parse_expiry_name(name) is None


def test_markers_are_in_the_order_of_files():
    indices = [0, 1, 9, 10, 99, 100, 999, 1000, 9999]
    markers = [blob_names.finished_name(ID, index) for index in indices]
    assert sorted(markers) == markers
    assert [blob_names.finished_index(marker) for marker in markers] == indices
    assert blob_names.finished_index(blob_names.job_name(ID)) is None


def test_new_ids_are_random_and_valid():
    first, second = (blob_names.new_job_id(datetime(2026, 11, 24, tzinfo=UTC)) for _ in range(2))
    assert first != second
    assert blob_names.is_job_id(first)
    assert uuid.UUID(first).version == 7
    assert uuid.UUID(first).variant == uuid.RFC_4122


def test_ids_are_in_the_order_of_their_times_to_the_microsecond():
    """So a listing by name is one by time, and who knows the id knows its entry."""
    start = datetime(2026, 11, 24, 8, 15, 0, 998, UTC)
    offsets_us = (0, 1, 2, 3, 999, 1000, 60_000_000, 10**13)
    moments = [start + timedelta(microseconds=offset) for offset in offsets_us]
    entries = [blob_names.created_name(blob_names.new_job_id(moment)) for moment in moments]
    assert sorted(entries) == entries


def test_transcripts_are_called_by_their_number_whatever_their_input_is_called():
    assert blob_names.transcript_name(3) == "00003.json"
    assert blob_names.transcript_index("00003.json") == 3
    assert blob_names.transcript_index(blob_names.REPORT_NAME) is None
    assert (
        sorted([blob_names.REPORT_NAME, blob_names.transcript_name(9999)])[1]
        == blob_names.REPORT_NAME
    )


def test_the_same_event_is_the_same_job():
    """One version of a blob has one id, in every process and for good."""
    job_id = blob_names.dropped_job_id("calls", "monday 1.wav", '"0x8D"')
    assert job_id == blob_names.dropped_job_id("calls", "monday 1.wav", '"0x8D"')
    assert blob_names.is_job_id(job_id)
    others = {
        blob_names.dropped_job_id("calls", "monday 1.wav", '"0x8E"'),
        blob_names.dropped_job_id("calls", "monday 2.wav", '"0x8D"'),
        blob_names.dropped_job_id("other", "monday 1.wav", '"0x8D"'),
    }
    assert len(others | {job_id}) == 4


@pytest.mark.parametrize("text", ["", "..", "../x", ID.upper(), ID + "/x"])
def test_a_malformed_id_never_becomes_part_of_a_name(text):
    assert not blob_names.is_job_id(text)
    with pytest.raises(ValueError, match="not the id of a job"):
        blob_names.job_name(text)
    with pytest.raises(ValueError, match="not the id of a job"):
        blob_names.expiry_name(AT, text)
