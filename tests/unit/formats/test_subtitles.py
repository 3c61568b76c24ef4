"""Transcript -> SRT and WebVTT: golden files, and what a small parser of each finds in any."""

import re
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.scripts import columns
from shared.formats.subtitles import srt, webvtt
from shared.transcript import Alternative, Phrase, Transcript, Word


def phrase(display, offset_s=0.76, duration_s=1.32, **more):
    reading = Alternative(0.9, "", "", "", display)
    more = {"channel": 0, "locale": "en-US", **more}
    return Phrase(offset_s=offset_s, duration_s=duration_s, n_best=(reading,), **more)


def transcript(*phrases, duration_s=3_600_000.0):
    return Transcript(duration_s, n_channels=2, phrases=phrases, dropped=())


@dataclass(frozen=True)
class Read:
    """A cue as the parsers below read it; `text` has its line breaks."""

    offset_ms: int
    end_ms: int
    voice: str
    text: str


SRT_CUE = re.compile(
    r"(\d+)\n(\d{2,}:\d\d:\d\d,\d{3}) --> (\d{2,}:\d\d:\d\d,\d{3})\n(.+)", re.DOTALL
)
VTT_CUE = re.compile(r"(\d{2,}:\d\d:\d\d\.\d{3}) --> (\d{2,}:\d\d:\d\d\.\d{3})\n(.+)", re.DOTALL)


def milliseconds(time):
    hours, minutes, seconds, thousandths = map(int, re.split(r"[:,.]", time))
    assert max(minutes, seconds) < 60
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def read_srt(text):
    cues = []
    for number, block in enumerate(text.split("\n\n") if text else [], start=1):
        found, offset, end, lines = SRT_CUE.fullmatch(block.removesuffix("\n")).groups()
        assert int(found) == number
        voice, mark, spoken = lines.partition(": ")
        named = bool(re.fullmatch(r"(?:Channel \d+)? ?(?:Guest-\d+)?", voice)) and bool(mark)
        cues.append(
            Read(
                milliseconds(offset),
                milliseconds(end),
                voice if named else "",
                spoken if named else lines,
            )
        )
    return cues


def read_webvtt(text):
    header, *blocks = text.split("\n\n")
    assert header.rstrip("\n") == "WEBVTT"
    cues = []
    for block in blocks:
        offset, end, lines = VTT_CUE.fullmatch(block.removesuffix("\n")).groups()
        voice, spoken = re.fullmatch(r"(?:<v ([^>&\n]+)>)?(.+)", lines, re.DOTALL).groups()
        assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", spoken)
        for escaped, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            spoken = spoken.replace(escaped, sign)
        cues.append(Read(milliseconds(offset), milliseconds(end), voice or "", spoken))
    return cues


def test_srt_as_players_read_it():
    assert srt(transcript(phrase("Hello world."), phrase("Good bye.", 4.0, 1.5))) == (
        "1\n00:00:00,760 --> 00:00:02,080\nHello world.\n"
        "\n"
        "2\n00:00:04,000 --> 00:00:05,500\nGood bye.\n"
    )


def test_webvtt_as_browsers_read_it():
    assert webvtt(transcript(phrase("Hello world."), phrase("Good bye.", 4.0, 1.5))) == (
        "WEBVTT\n"
        "\n"
        "00:00:00.760 --> 00:00:02.080\nHello world.\n"
        "\n"
        "00:00:04.000 --> 00:00:05.500\nGood bye.\n"
    )


@pytest.mark.parametrize(
    ("offset_s", "time"),
    [
        (59.9996, "00:01:00"),
        (3_599.0, "00:59:59"),
        (3_725.0, "01:02:05"),
        (36_000.0, "10:00:00"),
        (363_661.0, "101:01:01"),
    ],
)
def test_hours_have_two_digits_or_as_many_as_they_need(offset_s, time):
    said = transcript(phrase("Hello.", offset_s))
    assert srt(said).startswith(f"1\n{time},000 --> ")
    assert webvtt(said).startswith(f"WEBVTT\n\n{time}.000 --> ")


def test_silence_has_no_cues():
    assert srt(transcript()) == ""
    assert webvtt(transcript()) == "WEBVTT\n"


def test_text_that_was_removed_whole_has_no_cue():
    """As profanity may be."""
    assert srt(transcript(phrase(""))) == ""


def test_webvtt_escapes_its_own_signs():
    said = transcript(phrase("AT&T says 1 < 2 --> <profanity>x</profanity>"))
    assert webvtt(said).splitlines()[3:] == [
        "AT&amp;T says 1 &lt; 2 --&gt;",
        "&lt;profanity&gt;x&lt;/profanity&gt;",
    ]


def test_speakers_are_named():
    said = transcript(phrase("Hello.", speaker=1), phrase("Hi.", 4.0, speaker=2))
    assert [line for line in srt(said).splitlines() if "Guest" in line] == [
        "Guest-1: Hello.",
        "Guest-2: Hi.",
    ]
    assert [line for line in webvtt(said).splitlines() if "Guest" in line] == [
        "<v Guest-1>Hello.",
        "<v Guest-2>Hi.",
    ]


def test_channels_are_named_from_1_where_several_speak():
    said = transcript(phrase("Hello."), phrase("Hi.", 1.0, channel=1))
    assert "Channel 1: Hello." in srt(said).splitlines()
    assert "<v Channel 2>Hi." in webvtt(said).splitlines()


def test_the_only_channel_that_speaks_is_not_named():
    assert "Hi." in srt(transcript(phrase("Hi.", channel=1))).splitlines()


WORDS = st.one_of(
    st.text("abcdeé", min_size=1, max_size=12),
    st.sampled_from(["I", "Yes.", "well,", "word—word", "<b>", "AT&T", "&amp;", "-->", "x" * 100]),
    st.text("你好世界東京カタカナーっ。、「」", min_size=1, max_size=60),
    st.text("สวัสดีครับเรียนภาษาไทย", min_size=1, max_size=60),
    st.text("안녕하세요", min_size=1, max_size=8),
    st.text("हिन्दीमेंबोलना।", min_size=1, max_size=8),
)
TIMES_S = st.floats(0.0, 9.0)


@st.composite
def phrases(draw, channel, timed):
    """Phrases of one channel one after the other; times within a phrase as words have them."""
    said, now_s = [], draw(TIMES_S)
    for _ in range(draw(st.integers(0, 4))):
        texts = draw(st.lists(WORDS, min_size=0, max_size=30))
        words, offset_s = [], now_s
        for text in texts:
            duration_s = draw(st.floats(0.0, 1.0))
            words.append(Word(text, now_s, duration_s, 0.9))
            now_s += duration_s + draw(st.sampled_from([0.0, 0.0, 0.4]))
        said.append(
            phrase(
                " ".join(texts),
                offset_s,
                now_s - offset_s,
                channel=channel,
                speaker=draw(st.sampled_from([None, 1, 12])),
                display_words=tuple(words) if timed else (),
            )
        )
        now_s += draw(TIMES_S)
    return said


@st.composite
def transcripts(draw):
    timed = draw(st.booleans())
    channels = draw(st.sampled_from([[0], [0, 1]]))
    said = [phrase for channel in channels for phrase in draw(phrases(channel, timed))]
    ends_s = [phrase.offset_s + phrase.duration_s for phrase in said]
    return transcript(*said, duration_s=max(ends_s, default=0.0))


def of_channel(cues, channel, said):
    """Cues of one channel, as the voice tells where several speak."""
    speaking = {phrase.channel for phrase in said.phrases if phrase.best.display}
    if len(speaking) < 2:
        return cues if channel in speaking else []
    return [cue for cue in cues if cue.voice.split(" Guest")[0] == f"Channel {channel + 1}"]


@given(transcripts())
def test_all_text_is_kept_in_order_and_both_files_have_the_same_cues(said):
    cues = read_webvtt(webvtt(said))
    assert read_srt(srt(said)) == cues
    for channel in (0, 1):
        shown = "".join("".join(cue.text.split()) for cue in of_channel(cues, channel, said))
        displays = [p.best.display for p in said.phrases if p.channel == channel]
        assert shown == "".join("".join(display.split()) for display in displays)


@given(transcripts())
def test_cues_are_in_order_and_those_of_a_channel_do_not_overlap(said):
    cues = read_srt(srt(said))
    assert all(cue.offset_ms < cue.end_ms <= cue.offset_ms + 7_000 for cue in cues)
    assert all(cue.offset_ms <= following.offset_ms for cue, following in pairwise(cues))
    for channel in (0, 1):
        for cue, following in pairwise(of_channel(cues, channel, said)):
            assert cue.end_ms <= following.offset_ms


@given(transcripts())
def test_a_cue_is_two_lines_of_42_columns_with_its_voice(said):
    for cue in read_srt(srt(said)):
        lines = (f"{cue.voice}: {cue.text}" if cue.voice else cue.text).split("\n")
        assert len(lines) <= 2
        assert max(map(columns, lines)) <= 42
        assert all(line == line.strip() != "" for line in lines)
