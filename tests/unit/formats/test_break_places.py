"""Places where a line may end: units that stay together, and better and worse ends."""

import pytest

from shared.formats.break_places import break_penalty, ends_sentence, parts_a_unit
from shared.formats.scripts import columns
from shared.formats.timed_text import TimedPiece


def piece(text, offset_s=0.0, end_s=0.0, *, is_spaced=True):
    return TimedPiece(text, columns(text), is_spaced, offset_s, end_s)


def penalty(text, language="en", pause_s=0.0):
    """Penalty of the break at `|`."""
    before, after = (part.split() for part in text.split("|"))
    return break_penalty(piece(before[-1]), piece(after[0], offset_s=pause_s), language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("we saw the | river", "en"),
        ("he came from | Berlin", "en"),
        ("I met Dr. | Brown", "en"),
        ("I met John | Brown", "en"),
        ("it rose by 20 | percent", "en"),
        ("it costs 5 | million", "en"),
        ("a population of 20 | 000", "en"),
        ("they | went", "en"),
        ("rain and | snow", "en"),
        ("wir sahen den | Fluss", "de"),
        ("sie traf Herr | Meier", "de"),
        ("um 10 | Uhr", "de"),
        ("vimos el | río", "es"),
        ("la casa de | Pedro", "es"),
        ("nous voyons la | rivière", "fr"),
        ("vediamo il | fiume", "it"),
        ("vemos o | rio", "pt"),
        ("wij zien de | rivier", "nl"),
    ],
)
def test_a_unit_is_not_parted(text, language):
    before, after = (part.split() for part in text.split("|"))
    assert parts_a_unit(piece(before[-1]), piece(after[0]), language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the river | flows", "en"),
        ("the river, | the lake", "en"),
        ("we came in. | The door", "en"),
        ("which of the two is it for? | Me", "en"),
        ("der Große | Fluss", "de"),
        ("el río | corre", "es"),
        ("in 1465, | Sweynheim", "en"),
    ],
)
def test_a_line_may_end_elsewhere(text, language):
    before, after = (part.split() for part in text.split("|"))
    assert not parts_a_unit(piece(before[-1]), piece(after[0]), language)


def test_better_places_have_lower_penalties():
    """A sentence, a pause, a clause, a conjunction, any word, a unit."""
    penalties = [
        penalty("at home. | The"),
        penalty("at home | the", pause_s=0.4),
        penalty("at home, | the"),
        penalty("at home | because"),
        penalty("at home | today"),
        penalty("at the | home"),
    ]
    assert penalties == sorted(penalties)
    assert len(set(penalties)) == len(penalties)
    assert penalties[0] == 0


@pytest.mark.parametrize("text", ["home.", "home?”", "终于。", "I.", "U.S.A.", "(home!)"])
def test_a_sentence_ends_with_its_mark(text):
    assert ends_sentence(piece(text))


@pytest.mark.parametrize("text", ["Dr.", "Mrs.", "J.", "home", "home,"])
def test_an_abbreviated_title_or_name_ends_no_sentence(text):
    assert not ends_sentence(piece(text))


def test_a_japanese_line_begins_with_no_particle():
    assert parts_a_unit(piece("公園"), piece("を", is_spaced=False), "ja")
    assert not parts_a_unit(piece("を"), piece("歩きました", is_spaced=False), "ja")
    after_particle = break_penalty(piece("を"), piece("歩き", is_spaced=False), "ja")
    within = break_penalty(piece("近所"), piece("大きな", is_spaced=False), "ja")
    assert after_particle < within


def test_a_language_without_lists_has_marks_and_pauses():
    assert penalty("talo, | joka", "fi") < penalty("talo | joka", "fi", pause_s=0.0)
    assert penalty("talo | joka", "fi", pause_s=0.5) < penalty("talo | joka", "fi")
