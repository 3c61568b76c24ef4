"""Progress of `sotto transcribe`, with a clock of its own; `tests/components` has a terminal."""

import io

import pytest

from functions.command_line.transcription_progress import TranscriptionProgress, duration_text


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        """Return the time in seconds."""
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1:00"), (3_729, "1:02:09")]
)
def test_a_duration_is_short(seconds, text):
    assert duration_text(seconds) == text


def test_elsewhere_than_on_a_terminal_a_line_comes_every_thirty_seconds(clock):
    said = io.StringIO()
    progress = TranscriptionProgress(said, 2, clock)
    progress.next()
    progress.begin("talk.wav", 240.0)
    for now_s, done_s in ((110.0, 30.0), (131.0, 80.0), (140.0, 120.0), (162.0, 200.0)):
        clock.now_s = now_s
        progress.show_done(done_s)
    assert progress.end() == 62.0
    assert said.getvalue().splitlines() == [
        "1 of 2  talk.wav (4:00)",
        "1 of 2    80 of 240 s",
        "1 of 2    200 of 240 s",
    ]


def test_one_recording_has_no_number(clock):
    said = io.StringIO()
    progress = TranscriptionProgress(said, 1, clock)
    progress.next()
    progress.begin("standard input", None)
    clock.now_s += 31
    progress.tick()
    assert said.getvalue().splitlines() == ["standard input", "  0 s"]
