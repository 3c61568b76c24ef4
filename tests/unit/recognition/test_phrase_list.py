"""What the model is told of a phrase list."""

import pytest

from shared.recognition.phrase_list import MOST_CHARACTERS, phrase_hint


@pytest.mark.parametrize(
    ("phrases", "hint"),
    [
        ([], ""),
        (["Contoso"], "Contoso."),
        (["Contoso", "Jessie", "Rehaan"], "Contoso, Jessie, Rehaan."),
        (["  Zau   al \n Makan "], "Zau al Makan."),
        (["Contoso", "Contoso", "Jessie"], "Contoso, Jessie."),
        (["", " ", "Jessie"], "Jessie."),
        (["東京タワー", "浅草"], "東京タワー, 浅草."),
    ],
)
def test_phrases_are_listed_in_order_once(phrases, hint):
    assert phrase_hint(phrases, 1.0) == hint


@pytest.mark.parametrize("weight", [0.0, -1.0])
def test_without_weight_nothing_binds(weight):
    assert phrase_hint(["Contoso"], weight) == ""


def test_the_first_phrases_stay_when_not_all_fit():
    phrases = [f"Number {place:03d}" for place in range(200)]
    hint = phrase_hint(phrases, 1.0)
    assert len(hint) <= MOST_CHARACTERS + 1
    assert hint.startswith("Number 000, Number 001, ")
    assert hint.endswith(".")


def test_a_phrase_that_is_too_long_leaves_room_for_the_others():
    assert phrase_hint(["x" * 700, "Contoso"], 1.0) == "Contoso."
