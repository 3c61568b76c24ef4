import io

from functions.command_line.progress import StreamProgress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:  # noqa: D102
        return True


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:  # noqa: D102
        return self.now_s


def _fetch_half_in_ten_seconds(stream):
    clock = Clock()
    progress = StreamProgress(stream, clock)
    progress.begin("model.bin", 20_000_000, 100_000_000)
    for _ in range(10):
        clock.now_s += 1
        progress.advance(3_000_000)
    return progress


def test_a_terminal_shows_bar_share_rate_and_time_left_on_one_line():
    stream = Terminal()
    _fetch_half_in_ten_seconds(stream)
    assert "\n" not in stream.getvalue()
    assert stream.getvalue().split("\r\x1b[K")[-1] == (
        "model.bin   50%  [############............]  50.0 of 100.0 MB  3.0 MB/s  17 s left"
    )


def test_a_log_gets_a_line_every_five_seconds():
    stream = io.StringIO()
    _fetch_half_in_ten_seconds(stream)
    assert stream.getvalue().splitlines() == [
        "fetching model.bin (100.0 MB, 20.0 MB of it present)",
        "model.bin   35%  35.0 of 100.0 MB  3.0 MB/s  22 s left",
        "model.bin   50%  50.0 of 100.0 MB  3.0 MB/s  17 s left",
    ]


def test_a_note_takes_a_line_of_its_own_on_a_terminal():
    stream = Terminal()
    progress = _fetch_half_in_ten_seconds(stream)
    progress.note("the connection was cut; once more in 1 s")
    assert stream.getvalue().endswith("\r\x1b[Kthe connection was cut; once more in 1 s\n")


def test_an_unknown_size_is_counted_without_a_share():
    stream = io.StringIO()
    progress = StreamProgress(stream, Clock())
    progress.begin("model.bin", 0, None)
    progress.advance(2_000_000)
    progress.end()
    assert stream.getvalue().splitlines()[0] == "fetching model.bin (unknown size)"
    assert stream.getvalue().splitlines()[1].startswith("model.bin  2.0 MB")
