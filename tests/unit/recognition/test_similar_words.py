"""Words that sound like a phrase: which are found, and what a long list costs."""

import pytest
from growth import grows_too_fast

from shared.recognition.similar_words import Phrase, SpokenText, find_similar

SPOKEN = "I met Rehan of kon toso yesterday, and Jesse was there too."
SYLLABLES = ("ka", "to", "so", "mi", "re", "han", "jes", "con", "bar", "lin")
NAMES = [f"{a}{b}{c}" for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]


def similar(text, *phrases):
    """Places in the text, the most similar first."""
    found = find_similar(SpokenText(text), [Phrase.of(phrase) for phrase in phrases])
    return [(one.first, one.last) for one in sorted(found, key=lambda one: -one.similarity)]


@pytest.mark.parametrize(
    ("phrase", "place"),
    [("Rehaan", (2, 3)), ("Contoso", (4, 6)), ("Jessie", (8, 9)), ("Kon-Toso", (4, 6))],
)
def test_the_words_that_sound_most_like_a_phrase_come_first(phrase, place):
    assert similar(SPOKEN, phrase)[0] == place


@pytest.mark.parametrize("phrase", ["Fabrikam", "xylophone", "a", "of the house"])
def test_other_phrases_have_no_place(phrase):
    assert similar(SPOKEN, phrase) == []


def test_a_phrase_that_is_there_has_no_second_place():
    assert similar("Rehaan met Rehan.", "Rehaan") == []


@pytest.mark.parametrize(
    ("phrase", "is_there"),
    [
        ("milk and bread", True),
        ("Milk", True),
        ("MILK, AND", True),
        ("ilk", False),
        ("bread milk", False),
    ],
)
def test_a_phrase_is_there_word_by_word(phrase, is_there):
    assert (Phrase.of(phrase) in SpokenText("Buy milk and bread.")) is is_there


def test_four_times_the_phrases_cost_about_four_times_as_much():
    spoken = " ".join(NAMES[:1000:10])
    few, many = NAMES[5:255:2], NAMES[5:1000:2]
    assert not grows_too_fast(lambda: similar(spoken, *few), lambda: similar(spoken, *many))


def test_a_list_that_is_made_to_resemble_the_speech_is_compared_in_part():
    """Each phrase has the letters of many spans: all pairs would take minutes."""
    spoken = "no on noo " * 30
    resembling = [("on no noo" * 28)[number : number + 200] for number in range(400)]
    few, many = resembling[::40], resembling[::10]
    assert not grows_too_fast(lambda: similar(spoken, *few), lambda: similar(spoken, *many))
