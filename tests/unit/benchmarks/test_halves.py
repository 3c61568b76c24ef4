"""Halves of the speech set."""

from pathlib import Path

from benchmarks.clips import Clip
from benchmarks.halves import halves_of, without_each_speaker

CLIPS = tuple(
    Clip(f"speakers/{speaker}-{clip}.flac", Path(), 10.0, "", speaker=str(speaker))
    for speaker in range(100, 121)
    for clip in range(2)
)


def test_no_speaker_is_in_both_halves_and_no_clip_is_lost():
    halves = halves_of(CLIPS)
    assert not {clip.speaker for clip in halves.a} & {clip.speaker for clip in halves.b}
    assert sorted(halves.a + halves.b, key=lambda clip: clip.name) == list(CLIPS)
    assert (len(halves.a), len(halves.b)) == (20, 22)


def test_the_halves_do_not_depend_on_the_order_of_the_clips():
    reversed_clips = CLIPS[::-1]
    assert {clip.name for clip in halves_of(reversed_clips).a} == {
        clip.name for clip in halves_of(CLIPS).a
    }


def test_each_speaker_is_left_out_once():
    left_out = without_each_speaker(CLIPS)
    assert len(left_out) == 21
    assert all(speaker not in {c.speaker for c in clips} for speaker, clips in left_out.items())
    assert {len(clips) for clips in left_out.values()} == {40}
