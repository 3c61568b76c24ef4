"""Transcript -> cues: where they end, how they are laid out, how long they are shown."""

from shared.formats.cues import cues
from shared.transcript import Alternative, Phrase, Transcript, Word


def phrase(display, offset_s, duration_s, words=(), **more):
    return Phrase(
        **{"channel": 0, "locale": "en-US", **more},
        offset_s=offset_s,
        duration_s=duration_s,
        n_best=(Alternative(0.9, "", "", "", display),),
        display_words=tuple(words),
    )


def spoken(text, offset_s=0.0, word_s=0.3, pauses_s=(), **more):
    """A phrase of words of equal length, each followed by its pause of `pauses_s`."""
    words, now_s = [], offset_s
    pauses_s = dict(pauses_s)
    for word in text.split():
        words.append(Word(word, now_s, word_s, 0.9))
        now_s += word_s + pauses_s.get(word, 0.0)
    return phrase(text, offset_s, now_s - offset_s, words, **more)


def cues_of(*phrases, duration_s=1000.0):
    return cues(Transcript(duration_s, n_channels=1, phrases=phrases, dropped=()))


def texts_of(*phrases):
    return [cue.lines for cue in cues_of(*phrases)]


def times_of(*phrases, **more):
    return [(cue.offset_ms, cue.end_ms) for cue in cues_of(*phrases, **more)]


def test_a_short_phrase_is_one_line_at_its_own_time():
    assert texts_of(spoken("Good afternoon, this is Sam.")) == [("Good afternoon, this is Sam.",)]
    assert times_of(spoken("Good afternoon, this is Sam.", 2.0)) == [(2000, 3500)]


def test_a_cue_ends_with_the_sentence_rather_than_when_it_is_full():
    text = "We came home late that night. Nobody had seen the letter that was lying on the table."
    assert texts_of(spoken(text, word_s=0.25)) == [
        ("We came home late that night.",),
        ("Nobody had seen the letter", "that was lying on the table."),
    ]


def test_a_cue_ends_with_a_clause_where_no_sentence_ends():
    text = (
        "when the rain had stopped at last and all the birds were singing again, "
        "we went down to the river"
    )
    assert texts_of(spoken(text)) == [
        ("when the rain had stopped at last", "and all the birds were singing again,"),
        ("we went down to the river",),
    ]


def test_a_cue_ends_at_a_breath_where_there_is_no_mark():
    text = "I think that we should take the first train because the second one is always late today"
    first, second = cues_of(spoken(text, pauses_s={"train": 0.6}))
    assert " ".join(first.lines).endswith("first train")
    assert second.offset_ms - first.end_ms == 600


def test_a_short_gap_is_closed_to_two_frames():
    """Gaps of half a second and less flicker."""
    first, second = cues_of(
        spoken("We are home now.", 0.0), spoken("Are you coming?", 2.5, speaker=1)
    )
    assert (first.end_ms, second.offset_ms) == (1200, 2500)
    first, second = cues_of(
        spoken("We are home now.", 0.0), spoken("Are you coming?", 1.6, speaker=1)
    )
    assert (first.end_ms, second.offset_ms) == (1517, 1600)


def test_a_cue_starts_with_its_first_word_and_ends_two_frames_before_the_next():
    text = (
        "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen."
    )
    first, second = cues_of(spoken(text, 10.0, word_s=0.6))
    n_words = len(" ".join(first.lines).split())
    assert (first.offset_ms, first.end_ms) == (10_000, 10_000 + 600 * n_words - 83)
    assert (second.offset_ms, second.end_ms) == (10_000 + 600 * n_words, 19_000)


def test_a_cue_lasts_seven_seconds_at_most():
    """Ten slow words would fit one line, and last 10 s."""
    shown = times_of(spoken("a b c d e f g h i j", word_s=1.0))
    assert len(shown) == 2
    assert max(end_ms - offset_ms for offset_ms, end_ms in shown) <= 7000


def test_a_word_that_never_ends_is_taken_away_after_seven_seconds():
    assert times_of(spoken("Goooal!", word_s=20.0)) == [(0, 7000)]


def test_a_short_word_is_shown_for_five_sixths_of_a_second():
    assert times_of(spoken("Yes.", 5.0, word_s=0.2)) == [(5000, 5833)]


def test_a_short_word_joins_the_next_cue_of_the_same_speaker():
    (cue,) = cues_of(spoken("Yes.", 5.0, word_s=0.2), spoken("Not today.", 5.6))
    assert (cue.lines, cue.offset_ms, cue.end_ms) == (("Yes. Not today.",), 5000, 6200)


def test_a_short_word_takes_three_frames_on_both_sides_from_others():
    """The next speaker begins 0.6 s later, and 0.83 s are needed."""
    both = (spoken("Yes.", 5.0, word_s=0.2, speaker=1), spoken("Not today.", 5.6, speaker=2))
    assert times_of(*both) == [(4875, 5708), (5708, 6541)]


def test_a_long_sentence_stays_until_it_is_read():
    """42 characters are spoken in 1.2 s and need 2.1 s; a cue lingers 1.5 s at most."""
    text = "Extraordinarily complicated internationals"
    assert times_of(spoken(text, word_s=0.4)) == [(0, 2100)]
    assert times_of(spoken(text, word_s=0.1)) == [(0, 1800)]


def test_a_short_word_is_not_shown_longer_than_the_audio():
    assert times_of(spoken("Yes.", 5.0, word_s=0.2), duration_s=5.5) == [(5000, 5500)]


def test_another_channel_takes_no_time_away():
    both = (spoken("Yes.", 5.0, word_s=0.2), spoken("No.", 5.1, word_s=0.2, channel=1))
    assert times_of(*both) == [(5000, 5833), (5100, 5933)]


def test_without_word_times_a_long_phrase_is_shared_out_by_characters():
    """20 + 20 characters of 8 s; the space between them belongs to neither."""
    text = "aaaa bbbb cccc dddd. eeee ffff gggg hhhh."
    assert texts_of(phrase(text, 0.0, 8.2)) == [
        ("aaaa bbbb cccc dddd.",),
        ("eeee ffff gggg hhhh.",),
    ]
    assert times_of(phrase(text, 0.0, 8.2)) == [(0, 4117), (4200, 8200)]


def test_words_that_do_not_make_up_the_text_are_not_believed():
    """The text counts; its time is then that of the phrase."""
    words = [Word("Something", 1.0, 0.2, 0.9), Word("else.", 1.2, 0.2, 0.9)]
    (cue,) = cues_of(phrase("Hello there.", 1.0, 2.0, words))
    assert (cue.lines, cue.offset_ms, cue.end_ms) == (("Hello there.",), 1000, 3000)


def test_an_address_that_is_wider_than_a_line_is_parted():
    (cue,) = cues_of(phrase("x" * 60, 0.0, 3.0))
    assert "".join(cue.lines) == "x" * 60
    assert len(cue.lines) == 2


def test_a_chinese_line_has_16_characters_and_none_starts_with_a_mark():
    text = "今天天气非常好所以我们决定一起去公园散步，然后在湖边的小餐馆里吃午饭。"
    first, second = texts_of(phrase(text, 0.0, 7.5, locale="zh-CN"))
    assert [len(line) for line in first] == [10, 11]
    assert "".join(first).endswith("公园散步，")
    assert second == ("然后在湖边的小餐馆里吃午饭。",)


def test_a_japanese_word_with_a_time_is_not_parted():
    words = "東京 タワー の 近く に ある 小さな レストラン で 昼ご飯 を 食べました。".split()
    timed = [Word(text, 0.4 * n, 0.4, 0.9) for n, text in enumerate(words)]
    (cue,) = cues_of(phrase("".join(words), 0.0, 4.8, timed, locale="ja-JP"))
    assert len(cue.lines) == 2
    first = cue.lines[0]
    assert first in {"".join(words[:n]) for n in range(len(words))}


def test_a_thai_line_starts_with_no_vowel_that_follows_its_consonant():
    """Vowels above and below take no column; the text may be parted anywhere else."""
    text = "วันนี้อากาศดีมากเราจึงตัดสินใจไปเดินเล่นที่สวนสาธารณะด้วยกันและกินข้าวกลางวัน"
    (cue,) = cues_of(phrase(text, 0.0, 6.0, locale="th-TH"))
    assert "".join(cue.lines) == text
    assert len(cue.lines) == 2
    assert cue.lines[1][0] not in "ะาำๅัิีึืุู่้๊๋"
    assert cue.lines[0][-1] not in "เแโใไ"


def test_the_voice_takes_its_place_in_the_first_line():
    text = "This sentence has forty-two columns right"
    assert texts_of(spoken(text, word_s=0.4)) == [(text,)]
    (cue,) = cues_of(spoken(text, word_s=0.4, speaker=1))
    assert cue.voice == "Guest-1"
    assert len(cue.lines) == 2
