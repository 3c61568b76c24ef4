"""`punctuationMode` `None`: marks go, words and numbers stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.punctuation import without_punctuation


@pytest.mark.parametrize(
    ("display", "bare"),
    [
        ("Hello, world.", "Hello world"),
        ("Dr. Lee paid $5.50 at 5:30 p.m. Didn't he?", "Dr Lee paid $5.50 at 5:30 p.m. Didn't he"),
        ("It's 50%, AT&T!", "It's 50% AT&T"),
        ("“Hi,” she said (softly).", "Hi she said softly"),
        ("yes—no", "yes no"),
        ("Well...no", "Well no"),
        ("From 10\u201320 \u2013 ok", "From 10\u201320 ok"),
        ("- Yes. - No.", "Yes No"),
        ("U.S. is big, e.g. Texas, i.e., large", "U.S. is big e.g. Texas i.e. large"),
        ("1,000,000 at .5 or $.50.", "1,000,000 at .5 or $.50"),
        ("f***, <profanity>damn</profanity>!", "f*** <profanity>damn</profanity>"),
        ("C++, C#, node.js; user@example.com.", "C++ C# node.js user@example.com"),
        ("¿Qué? ¡Sí!", "Qué Sí"),
        ("你好，世界。", "你好世界"),
        ("你好,世界。3.5米！", "你好世界3.5米"),
        ("ジョン・スミス。", "ジョン・スミス"),
        ("मैं हिंदी।", "मैं हिंदी"),
        ("كيف حالك؟", "كيف حالك"),
        ("…", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_marks_go_and_words_stay(display, bare):
    assert without_punctuation(display) == bare


@given(st.text())
def test_no_letter_or_digit_is_lost(text):
    assert [c for c in without_punctuation(text) if c.isalnum()] == [c for c in text if c.isalnum()]
