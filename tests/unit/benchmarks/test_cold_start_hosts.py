"""Cold starts of the hosts, in turns."""

from pathlib import Path

import pytest

from benchmarks import cold_start_hosts
from benchmarks.clips import Clip
from benchmarks.cold_start_hosts import ColdStart, Host, measure_hosts

CLIPS = [Clip(f"en_read/{s}.flac", Path("audio"), s, "words") for s in (2.0, 5.1, 9.0)]


@pytest.fixture
def order():
    """Hosts and clips in the order of the starts."""
    return []


@pytest.fixture
def starts(order):
    """Give a way to start a host of that name, whose transcripts take that long, one by one."""

    def build(name, *transcripts_s):
        remaining = iter(transcripts_s)

        def start(clip):
            order.append((name, clip.seconds))
            return ColdStart(1.0, next(remaining), 400_000_000)

        return start

    return build


@pytest.fixture(autouse=True)
def container(starts, monkeypatch):
    start = starts("container", 50.0, 2.0, 2.0, 1.0, 3.0, 2.0)
    monkeypatch.setattr(cold_start_hosts, "_start_container", start)


def test_hosts_take_turns_on_a_clip_of_five_seconds_and_first_starts_do_not_count(starts, order):
    cloud = Host("cloud", starts("cloud", 60.0, 3.0, 3.0, 4.0, 5.0, 5.0))
    section = measure_hosts(CLIPS, (cloud,))
    assert order == [("container", 5.1), ("cloud", 5.1)] * 6
    assert section.systems == ("container", "cloud")
    assert [(row.ours, row.theirs) for row in section.figures] == [
        ("1.00 s", "1.00 s"),
        ("2.00 s", "4.00 s"),
        ("400 MB", "400 MB"),
    ]


def test_a_host_that_cannot_run_here_says_so_in_its_column(starts, order):
    cloud = Host("cloud", starts("cloud"), why_not="needs Python 3.13", most_ready_s=8.0)
    section = measure_hosts(CLIPS, (cloud,))
    assert [row.theirs for row in section.figures] == ["needs Python 3.13"] * 3
    assert section.missed() == ()
    assert {name for name, _ in order} == {"container"}


@pytest.mark.parametrize(("most_s", "met"), [(8.0, True), (0.9, False)])
def test_a_bound_on_getting_ready_is_checked(starts, most_s, met):
    cloud = Host("cloud", starts("cloud", *[4.0] * 6), most_ready_s=most_s)
    ready, *_ = measure_hosts(CLIPS, (cloud,)).figures
    assert ready.met is met
