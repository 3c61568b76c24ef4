"""Two checkouts in turns: ratios of rounds, texts that are the same."""

from pathlib import Path

import pytest

from benchmarks.checkouts import Both
from benchmarks.clips import Clip
from benchmarks.ratios import Ratios, Texts
from benchmarks.same_files import compare_files
from benchmarks.same_texts import compare_answers, measure_same_texts, requests_of
from benchmarks.server import Answer


def heard(text, **more):
    phrase = {"text": text, "locale": "en-US", "offsetMilliseconds": 90, "words": [], **more}
    return Answer(200, 0.2, {"combinedPhrases": [{"text": text}], "phrases": [phrase]})


def refused(message, code="EmptyAudioFile"):
    inner = {"code": code, "message": message}
    return Answer(422, 0.1, {"code": "UnprocessableEntity", "innerError": inner})


def clip(name, text="", language="en", n_channels=1, seconds=5.0):
    return Clip(name, Path(name), seconds, text, language, n_channels)


def test_a_ratio_is_the_median_of_the_rounds_and_of_a_round_that_of_its_pairs():
    """A machine that is slow for a while slows both of a pair; one pair alone counts little."""
    ratios = Ratios("s", 1.03)
    ratios.rounds = [
        [Both(1.0, 1.0), Both(2.04, 2.0), Both(9.0, 3.0)],
        [Both(5.0, 5.0), Both(10.0, 10.0), Both(15.0, 15.0)],
        [Both(1.1, 1.0), Both(2.2, 2.0), Both(3.3, 3.0)],
    ]
    assert ratios.by_round == pytest.approx([1.02, 1.0, 1.1])
    figure = ratios.figure("time")
    assert figure.others == ("1.020 (1.000 to 1.100)",)
    assert (figure.target, figure.met) == ("at most 1.03", True)


@pytest.mark.parametrize(("new", "is_met"), [(408e6, True), (412e6, False)])
def test_memory_beyond_the_target_is_missed(new, is_met):
    figure = Ratios("MB", 1.02, [[Both(new, 400e6)]]).figure("peak")
    assert (figure.ours, figure.theirs) == (f"{new / 1e6:.0f} MB", "400 MB")
    assert figure.met is is_met


def test_word_errors_must_be_as_many_and_texts_that_change_by_round_are_counted():
    clips = [clip("a.wav", "three small words"), clip("b.wav", "two words"), clip("c.wav")]
    texts = Texts()
    for new_a in ("three small words", "three small birds"):
        texts.add("a.wav", Both(new_a, "three small birds"))
        texts.add("b.wav", Both("two words", "two words"))
        texts.add("c.wav", Both("", ""))
    wer, unsteady = texts.figures(clips)
    assert (wer.what, wer.ours, wer.theirs) == ("WER of 2 clips, 5 words", "0.00 %", "20.00 %")
    assert wer.met is False
    assert unsteady.ours == "1"


def test_the_order_of_a_turn_is_as_asked():
    begun = []
    both = Both("new", "old")
    for new_first in (True, False):
        assert both.in_turns(lambda name: begun.append(name) or len(begun), new_first=new_first)
    assert begun == ["new", "old", "old", "new"]


def test_equal_answers_and_errors_that_are_worded_anew_are_no_difference():
    assert compare_answers("a.wav", Both(heard("two words"), heard("two words"))) is None
    assert compare_answers("a.wav", Both(refused("No samples."), refused("It is empty."))) is None


def test_a_difference_has_the_name_the_aspects_and_the_number_of_words_and_no_text():
    answers = Both(heard("my canary sings at dawn"), heard("my parrot sings"))
    difference = compare_answers("a.wav", answers)
    assert str(difference) == "`a.wav`: texts; 3 of 3 words changed"


def test_words_that_changed_in_a_phrase_alone_are_counted():
    changed = heard("my canary sings")
    changed.body["combinedPhrases"] = [{"text": "my parrot sings"}]
    difference = compare_answers("a.wav", Both(changed, heard("my parrot sings")))
    assert str(difference) == "`a.wav`: texts; 1 of 3 words changed"


@pytest.mark.parametrize(
    ("new", "old", "aspects"),
    [
        (heard("words", locale="en-GB"), heard("words"), ("languages",)),
        (heard("words", offsetMilliseconds=80), heard("words"), ("times of phrases",)),
        (heard("words", words=[{"text": "words"}]), heard("words"), ("words and their times",)),
        (heard("words", speaker=1), heard("words", speaker=2), ("channels and speakers",)),
        (heard("words", confidence=0.8), heard("words", confidence=0.9), ("confidence",)),
        (refused("", "InvalidAudioFormat"), refused(""), ("status",)),
    ],
)
def test_all_that_a_caller_reads_is_compared(new, old, aspects):
    assert compare_answers("a.wav", Both(new, old)).aspects == aspects


def test_a_clip_is_requested_in_its_language_by_channel_and_by_speaker():
    (french,) = requests_of(clip("multilingual/a.wav", language="fr"))
    assert french.definition["locales"] == ["fr-FR"]
    (mixed,) = requests_of(clip("codeswitch/a.wav", language="en,zh"))
    assert mixed.definition["locales"] == ["en-US", "zh-CN"]
    (unknown,) = requests_of(clip("broken/a.wav", language=""))
    assert unknown.definition["locales"] == ["en-US"]
    whole, channels = requests_of(clip("telephone/a.wav", n_channels=2))
    assert "channels" not in whole.definition
    assert (channels.name, channels.definition["channels"]) == (
        "telephone/a.wav, channels",
        [0, 1],
    )
    whole, speakers = requests_of(clip("diarization/a.wav"))
    assert speakers.definition["diarization"]["enabled"]


class FixedServer:
    """Answers every request alike."""

    def __init__(self, answer):
        self.answer = answer

    def transcribe_as(self, _audio, _definition):
        """Give the one answer."""
        return self.answer


def test_the_section_counts_equal_texts_names_the_rest_and_leaves_long_clips_out(tmp_path, capsys):
    (tmp_path / "a.wav").touch()
    spoken = Clip("en_read/a.wav", tmp_path / "a.wav", 5.0, "")
    hour = Clip("long/hour.wav", tmp_path / "none.wav", 3600.0, "")
    servers = Both(FixedServer(heard("my canary")), FixedServer(heard("my parrot")))
    section = measure_same_texts(Both("b", "a"), servers, [spoken, hour], None)
    rows = {row.what: (row.ours, row.met) for row in section.figures}
    assert rows["texts"] == ("0 of 1", False)
    assert rows["times of phrases"] == ("1 of 1", None)
    assert "longer than 600 s: long/hour.wav." in section.note
    assert "- `en_read/a.wav`: texts; 1 of 2 words changed" in section.note
    shown = section.markdown() + repr(section.numbers) + capsys.readouterr().out
    assert "canary" not in shown
    assert "parrot" not in shown


def test_files_are_compared_by_format_and_those_that_differ_are_named():
    new = {
        "a.wav": {"json": {"phrases": ["canary"]}, "vtt": "WEBVTT canary"},
        "b.wav": {"error.json": "InvalidAudio"},
    }
    old = new | {"a.wav": {"json": {"phrases": ["canary"]}, "vtt": "WEBVTT parrot"}}
    section = compare_files(Both("b", "a"), Both(new, old))
    assert [(row.what, row.ours, row.met) for row in section.figures] == [
        ("json", "1 of 1", True),
        ("vtt", "0 of 1", False),
        ("error.json", "1 of 1", True),
    ]
    assert section.note.endswith("Not the same:\n\n- `a.wav`: vtt")
    assert "canary" not in section.markdown() + repr(section.numbers)
