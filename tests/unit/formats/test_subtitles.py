"""Transcript -> SRT, WebVTT and TTML: golden files, and what independent parsers find in any."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from itertools import pairwise

import pytest
import srt as srt_parser
import ttconv.imsc.reader
import ttconv.model
import webvtt as webvtt_parser
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.cues import cues as cues_of
from shared.formats.plain_text import plain_text
from shared.formats.scripts import columns
from shared.formats.subtitle_options import SubtitleOptions
from shared.formats.subtitles import SubtitleFormat, render_subtitles, srt, webvtt
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


def ttml_paragraphs(text):
    """Paragraphs of a document as ttconv reads it: begin, end, and lines."""
    document = ttconv.imsc.reader.to_model(ET.ElementTree(ET.fromstring(text)))  # noqa: S314
    paragraphs = []
    for paragraph in document.get_body().dfs_iterator():
        if isinstance(paragraph, ttconv.model.P):
            lines = [""]
            for element in paragraph.dfs_iterator():
                if isinstance(element, ttconv.model.Br):
                    lines.append("")
                if isinstance(element, ttconv.model.Text):
                    lines[-1] += element.get_text()
            # It reads a begin of zero as none.
            begin_s, end_s = paragraph.get_begin() or 0, paragraph.get_end()
            times = (round(1000 * begin_s), round(1000 * end_s))
            paragraphs.append((*times, tuple(lines)))
    return document, paragraphs


def test_ttml_is_the_text_profile_of_imsc():
    said = transcript(phrase("Hello world.", speaker=1), phrase("Adiós.", 4.0, locale="es-ES"))
    text = render_subtitles(said, SubtitleFormat.TTML)
    document, paragraphs = ttml_paragraphs(text)
    assert document.get_lang() == "en-US"
    assert document.get_content_profiles() == {"http://www.w3.org/ns/ttml/profile/imsc1.1/text"}
    assert paragraphs == [(760, 2080, ("Hello world.",)), (4000, 5320, ("Adiós.",))]
    assert '<ttm:name type="full">Guest-1</ttm:name>' in text
    assert '<p begin="00:00:04.000" end="00:00:05.320" xml:lang="es-ES">Adiós.</p>' in text


def test_ttml_of_silence_has_no_paragraph():
    assert ttml_paragraphs(render_subtitles(transcript(), SubtitleFormat.TTML))[1] == []


def test_ttml_escapes_its_own_signs_and_drops_what_xml_lacks():
    said = transcript(phrase("AT&T says 1 < 2 --> ]]> \x00\x1bnow"))
    ((_, _, lines),) = ttml_paragraphs(render_subtitles(said, SubtitleFormat.TTML))[1]
    assert lines == ("AT&T says 1 < 2 --> ]]> now",)


def test_plain_text_is_one_of_the_formats():
    said = transcript(phrase("Hello world."))
    assert render_subtitles(said, SubtitleFormat.TEXT) == plain_text(said) == "Hello world.\n"


def test_options_reach_every_format():
    said = transcript(phrase("One two three four five six.", 0.0, 3.0))
    options = SubtitleOptions(max_line_characters=14)
    for subtitle_format in (SubtitleFormat.SRT, SubtitleFormat.VTT, SubtitleFormat.TTML):
        text = render_subtitles(said, subtitle_format, options)
        assert re.search(r"One two three(\n|<br/>)four five six\.", text), subtitle_format


def test_a_speaker_is_named_once_in_a_turn_of_srt_and_in_every_cue_of_webvtt():
    said = transcript(
        phrase("Hello.", 0.0, speaker=1),
        phrase("How are you?", 4.0, speaker=1),
        phrase("Hi.", 8.0, speaker=2),
    )
    assert [cue.content for cue in srt_parser.parse(srt(said))] == [
        "Guest-1: Hello.", "How are you?", "Guest-2: Hi.",
    ]  # fmt: skip
    assert [cue.voice for cue in webvtt_parser.from_string(webvtt(said))] == [
        "Guest-1", "Guest-1", "Guest-2",
    ]  # fmt: skip


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
def test_all_text_is_kept_in_order_and_all_files_have_the_same_cues(said):
    cues = read_webvtt(webvtt(said))
    assert [(cue.offset_ms, cue.end_ms, cue.text) for cue in read_srt(srt(said))] == [
        (cue.offset_ms, cue.end_ms, cue.text) for cue in cues
    ]
    for channel in (0, 1):
        shown = "".join("".join(cue.text.split()) for cue in of_channel(cues, channel, said))
        displays = [p.best.display for p in said.phrases if p.channel == channel]
        assert shown == "".join("".join(display.split()) for display in displays)


@given(transcripts())
def test_independent_parsers_read_the_cues(said):
    """webvtt-py, srt and ttconv; none of them is ours."""
    cues = [(cue.offset_ms, cue.end_ms, cue.lines) for cue in cues_of(said)]
    parsed = webvtt_parser.from_string(webvtt(said))
    assert [(c.start, c.end) for c in parsed] == [
        tuple(time.strip() for time in line.split("-->"))
        for line in webvtt(said).splitlines()
        if " --> " in line
    ]
    assert len(parsed) == len(cues)
    subtitles = list(srt_parser.parse(srt(said)))
    assert [
        (round(s.start.total_seconds() * 1000), round(s.end.total_seconds() * 1000))
        for s in subtitles
    ] == [cue[:2] for cue in cues]
    assert ttml_paragraphs(render_subtitles(said, SubtitleFormat.TTML))[1] == cues


@given(transcripts())
def test_cues_are_in_order_and_those_of_a_channel_do_not_overlap(said):
    cues = read_webvtt(webvtt(said))
    assert all(cue.offset_ms < cue.end_ms <= cue.offset_ms + 7_000 for cue in cues)
    assert all(cue.offset_ms <= following.offset_ms for cue, following in pairwise(cues))
    for channel in (0, 1):
        for cue, following in pairwise(of_channel(cues, channel, said)):
            assert cue.end_ms <= following.offset_ms
            gap_ms = following.offset_ms - cue.end_ms
            assert gap_ms == 0 or gap_ms >= 83 or cue.end_ms - cue.offset_ms == 7_000


@given(
    transcripts(),
    st.builds(
        SubtitleOptions,
        max_line_characters=st.none() | st.integers(24, 100),
        max_lines=st.integers(1, 3),
        max_characters_per_s=st.none() | st.floats(2.0, 40.0),
        min_cue_s=st.floats(0.5, 2.0),
        max_cue_s=st.floats(3.0, 10.0),
    ),
)
def test_a_cue_keeps_lines_and_columns_with_its_voice(said, options):
    for cue in cues_of(said, options):
        first, *rest = cue.lines
        lines = [f"{cue.voice}: {first}" if cue.names_voice else first, *rest]
        assert len(lines) <= options.max_lines
        assert max(map(columns, lines)) <= max(options.line_columns(cue.locale), 40)
        assert all(line == line.strip() != "" for line in lines)
        assert cue.end_ms - cue.offset_ms <= round(options.max_cue_s * 1000) + 1


@given(transcripts())
def test_a_line_has_42_columns_with_its_voice(said):
    for cue in read_srt(srt(said)):
        lines = (f"{cue.voice}: {cue.text}" if cue.voice else cue.text).split("\n")
        assert len(lines) <= 2
        assert max(map(columns, lines)) <= 42


@given(transcripts())
def test_a_cue_is_shown_long_enough_where_the_next_one_leaves_the_time(said):
    for channel in (0, 1):
        shown = [cue for cue in cues_of(said) if cue.channel == channel]
        for cue, following in pairwise(shown):
            if following.offset_ms - cue.offset_ms >= 833:
                assert cue.end_ms - cue.offset_ms >= 833
