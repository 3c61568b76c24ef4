"""Profanity modes, and the words that count as profane."""

import pytest

from shared.text_forms import text_forms
from shared.text_forms.profanity import ProfanityMode

MASKED, REMOVED, RAW, TAGS = (
    ProfanityMode.MASKED,
    ProfanityMode.REMOVED,
    ProfanityMode.RAW,
    ProfanityMode.TAGS,
)


def display(text, mode, language="en"):
    return text_forms(text.split(), language, mode).display


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        (MASKED, "Well, ****, that hurts."),
        (REMOVED, "Well, that hurts."),
        (RAW, "Well, shit, that hurts."),
        (TAGS, "Well, <profanity>shit</profanity>, that hurts."),
    ],
)
def test_a_mode_applies_to_display(mode, shown):
    assert display("Well, shit, that hurts.", mode) == shown


@pytest.mark.parametrize(
    ("mode", "masked_itn"),
    [
        (MASKED, "well **** that hurts"),
        (REMOVED, "well that hurts"),
        (RAW, "well shit that hurts"),
        (TAGS, "well <profanity>shit</profanity> that hurts"),
    ],
)
def test_a_mode_applies_to_masked_itn_and_leaves_lexical_and_itn(mode, masked_itn):
    found = text_forms(["Well,", "shit,", "that", "hurts."], "en", mode)
    assert found.masked_itn == masked_itn
    assert found.lexical == found.itn == "well shit that hurts"


@pytest.mark.parametrize(
    ("recognised", "left"),
    [
        ("What the fuck is this?", "What the is this?"),
        ("Shit, I forgot.", "I forgot."),
        ("Fucking brilliant idea.", "Brilliant idea."),
        ("This is shit.", "This is."),
        ("I said no, shit!", "I said no!"),
        ("I left. Fucking rain came.", "I left. Rain came."),
        ("\u201cShit, we lost,\u201d he said.", "\u201cWe lost,\u201d he said."),
        ("He said \u201cshit\u201d and left.", "He said and left."),
        ("Hello. Shit! Bye.", "Hello. Bye."),
        ("You son of a bitch!", "You!"),
        ("Shit!", ""),
        ("Fuck, fuck, fuck.", ""),
        ("\u2014 Shit. \u2014", ""),
    ],
)
def test_removal_leaves_a_sentence_that_reads(recognised, left):
    assert display(recognised, REMOVED) == left


def test_a_removed_word_stays_a_token_without_display():
    tokens = text_forms(["Oh", "shit."], "en", REMOVED).tokens
    assert [(token.display, token.lexical) for token in tokens] == [
        ("Oh.", ("oh",)),
        ("", ("shit",)),
    ]


@pytest.mark.parametrize(
    ("recognised", "masked"),
    [
        ("FUCKING hell", "******* hell"),
        ("shit's gone", "****'* gone"),
        ("Motherfuckers!", "*************!"),
        ("a mother-fucker", "a ******-******"),
        ("that shit-show", "that ****-****"),
        ("a f***ing mess", "a ******* mess"),
        ("\u201cBullshit,\u201d", "\u201c********,\u201d"),
    ],
)
def test_case_and_inflection_do_not_hide_a_word(recognised, masked):
    assert display(recognised, MASKED) == masked


@pytest.mark.parametrize(
    "harmless",
    [
        "Scunthorpe United won.",
        "The shiitake assassin passed the class.",
        "Go to hell, damn it.",
        "Dick Cheney and the cock crowed.",
        "Hitchcock bought a cockatoo.",
        "A bitter pill.",
        "His ass and his ox.",
    ],
)
def test_harmless_and_mild_words_pass(harmless):
    assert display(harmless, MASKED) == harmless


@pytest.mark.parametrize(
    ("language", "recognised", "masked"),
    [
        ("es", "\u00a1Mierda, hijo de puta!", "\u00a1******, **** ** ****!"),
        ("fr", "Putain, c'est chiant.", "******, c'est ******."),
        ("de", "So eine Scheiße, du Arschloch!", "So eine *******, du *********!"),
        ("it", "Che cazzo vuoi?", "Che ***** vuoi?"),
        ("pt", "Que merda, caralho.", "Que *****, *******."),
        ("nl", "Wat een klootzak.", "Wat een ********."),
        ("ru", "Вот сука!", "Вот ****!"),
        ("pl", "O kurwa.", "O *****."),
        ("sv", "Slut på dagen.", "Slut på dagen."),
        ("de", "What the fuck.", "What the ****."),
    ],
)
def test_every_language_has_its_own_list(language, recognised, masked):
    assert display(recognised, MASKED, language) == masked


def test_profanity_is_found_across_characters_where_words_have_no_spaces():
    assert text_forms(list("他妈的真累。"), "zh", MASKED).display == "***真累。"
