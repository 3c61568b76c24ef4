"""Long files: rivals that take one turn stand beside those with rounds."""

from contextlib import nullcontext
from types import SimpleNamespace

from benchmarks import long_audio
from benchmarks.long_audio import measure_long_audio
from benchmarks.rivals import FurtherRival, RivalFailed
from benchmarks.side_by_side import Systems


def test_every_rival_that_runs_has_a_column_of_time_ratio_and_memory(compared, monkeypatch):
    name = "long/talk.flac"
    measured = [
        compared(name, 400.0, (8.0, 32.0), (10.0, 30.0), (8.0, 30.0)),
        compared(name, 400.0, (10.0, 25.0)),
    ]
    calls, warmed = [], []

    def broken():
        raise RivalFailed

    def compare(_systems, _clips, repeats, **options):
        calls.append((repeats, options))
        return (measured[len(calls) - 1],)

    def warm_up(systems, clip):
        warmed.append((systems, clip))

    monkeypatch.setattr(long_audio, "compare", compare)
    monkeypatch.setattr(long_audio, "warm_up", warm_up)
    server, rival = SimpleNamespace(peak_bytes=450e6), SimpleNamespace(peak_bytes=700e6)
    other = SimpleNamespace(peak_bytes=900e6, versions={"other": "1.0"})
    further = [
        FurtherRival("broken", broken),
        FurtherRival("other", lambda: nullcontext(other), {"beam_size": 1}),
    ]
    section = measure_long_audio(Systems(server, rival), ["talk"], 3, further, "short")
    assert calls == [(3, {}), (1, {"beam_size": 1})]
    assert warmed == [(Systems(server, other), "short")]
    assert section.systems == ("Sotto", "faster-whisper", "other")
    assert [(row.ours, row.theirs, *row.others) for row in section.figures] == [
        ("8.0 s", "30.0 s", "25.0 s"),
        ("0.020", "0.075", "0.062"),
        ("", "3.75", "2.50"),
        ("0.00 %", "50.00 %", "50.00 %"),
        ("450 MB", "700 MB", "900 MB"),
    ]
    assert section.numbers[name]["further"]["other"]["elapsed_s"] == [25.0]
    assert "other 1.0" in section.note
