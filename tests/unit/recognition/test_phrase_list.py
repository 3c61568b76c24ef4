"""Phrase lists: the hint that the model gets, and the hypothesis that wins."""

from contextlib import contextmanager
from difflib import SequenceMatcher

import numpy as np
import pytest

from shared.recognition.engines.engine import EncodedSegment
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.recognition.phrase_list import MOST_HINT_CHARACTERS, PhraseBias
from shared.scheduling import Scheduler

SEGMENT = EncodedSegment(np.zeros(16_000, np.float32), 200)


@pytest.mark.parametrize(
    ("phrases", "hint"),
    [
        ([], ""),
        (["Contoso"], "Contoso."),
        (["Contoso", "Jessie", "Rehaan"], "Contoso, Jessie, Rehaan."),
        (["  Zau   al \n Makan "], "Zau al Makan."),
        (["Contoso", "Contoso", "Jessie"], "Contoso, Jessie."),
        (["", " ", "...", "Jessie"], "Jessie."),
        (["東京タワー", "浅草"], "東京タワー, 浅草."),
    ],
)
def test_phrases_are_listed_in_order_once(phrases, hint):
    assert PhraseBias(phrases, 1.0).hint == hint


@pytest.mark.parametrize(
    ("phrases", "weight"), [([], 1.0), ([" ", "!"], 1.0), (["Contoso"], 0.0), (["Contoso"], -1.0)]
)
def test_without_phrases_or_weight_nothing_binds(phrases, weight):
    assert not PhraseBias(phrases, weight)


def test_the_first_phrases_stay_when_not_all_fit():
    hint = PhraseBias([f"Number {place:03d}" for place in range(200)], 1.0).hint
    assert len(hint) <= MOST_HINT_CHARACTERS + 1
    assert hint.startswith("Number 000, Number 001, ")
    assert hint.endswith(".")


def test_a_phrase_that_is_too_long_leaves_room_for_the_others():
    assert PhraseBias(["x" * 700, "Contoso"], 1.0).hint == "Contoso."


def chosen(phrases, plain, hinted=None, *, spoken=None, weight=1.0, nats_per_letter=0.5):
    """Text that wins when the model reads `plain`, and `hinted` with the list in mind.

    The audio costs a text half a nat for each letter that differs from what was `spoken`.
    """
    recognised = spoken or plain

    def rate(_segment, text):
        blocks = SequenceMatcher(None, recognised, text, autojunk=False).get_matching_blocks()
        n_differing = len(recognised) + len(text) - 2 * sum(block.size for block in blocks)
        return -nats_per_letter * n_differing / len(text.split())

    engine = ScriptedEngine(lambda _segment, _request: hypothesis_of(plain), rate=rate)
    readings = hypothesis_of(plain), hypothesis_of(hinted or plain)
    return (
        PhraseBias(phrases, weight)
        .choose(lambda texts: engine.score(SEGMENT, "en", texts), *readings)
        .text
    )


def test_a_word_that_sounds_close_to_a_phrase_becomes_the_phrase():
    assert chosen(["Rehaan"], "I met Rehan yesterday.") == "I met Rehaan yesterday."


def test_words_that_are_meant_for_one_phrase_become_it():
    assert chosen(["Contoso"], "He works at kon toso.") == "He works at Contoso."


def test_a_phrase_that_was_written_as_two_words_becomes_one():
    assert chosen(["Contoso"], "He works at con toso.") == "He works at Contoso."


def test_two_phrases_in_one_segment_become_both():
    text = chosen(["Rehaan", "Contoso"], "I met Rehan of Kontoso.")
    assert text == "I met Rehaan of Contoso."


def test_the_reading_with_the_list_in_mind_wins_where_it_holds_the_phrase():
    hinted = "He is with Fabrikam."
    assert chosen(["Fabrikam"], "He is with a bricks.", hinted, spoken=hinted) == hinted


def test_a_text_without_a_phrase_stays_as_it_was_read_without_the_list():
    """The hint alone may not change what has nothing to do with it."""
    plain = "The best emetic is that which is at hand."
    assert chosen(["Contoso"], plain, "The best emetic is at hand.") == plain


def test_a_phrase_that_is_there_already_stays():
    text = "He works at Contoso."
    assert chosen(["Contoso"], text) == text


def test_a_phrase_that_the_audio_contradicts_is_not_taken():
    text = "I met Reagan yesterday."
    assert chosen(["Rehaan"], text, nats_per_letter=5.0) == text


def test_a_stronger_weight_binds_what_a_weaker_one_does_not():
    weak, strong = (chosen(["Rehaan"], "I met Reagan.", weight=weight) for weight in (0.1, 2.0))
    assert weak == "I met Reagan."
    assert strong == "I met Rehaan."


def test_phrases_are_searched_while_no_slot_is_held(scripted, utterances):
    """One slot to decode, one for each scoring, one to align: between them others are served."""

    class CountedSlots(Scheduler):
        n_taken = 0

        @contextmanager
        def slot(self, *args):
            self.n_taken += 1
            with super().slot(*args) as slot:
                yield slot

    def slots_of(phrases):
        options = RecognitionOptions(locales=("en-US",), phrases=phrases, word_timestamps=True)
        recognition = scripted(lambda *_: hypothesis_of("I met Rehan."), options)
        recognition.scheduler.__class__ = CountedSlots
        list(recognition.of(utterances((1, 2))))
        return recognition.scheduler.n_taken

    assert slots_of(()) == 1
    assert slots_of(("Contoso",)) == 2
    assert slots_of(("Rehaan",)) == 3
