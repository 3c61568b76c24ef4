"""Language detection of text, in memory."""

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from shared.translation.detection import _identifier, detect_languages

SENTENCES = [
    ("en", "Where is the station, please?"),
    ("es", "¿Dónde está la estación de tren?"),
    ("ca", "El tren arriba tard aquest matí."),
    ("de", "Ich weiß nicht, wo der Bahnhof ist."),
    ("fr", "Le train est en retard aujourd'hui."),
    ("pt", "Onde fica a estação mais próxima?"),
    ("it", "Il treno è in ritardo stamattina."),
    ("nb", "Takk for maten, det var veldig godt."),
    ("sr-Cyrl", "Где се налази железничка станица?"),
    ("zh-Hans", "火车今天晚点了，我们等一下。"),
    ("zh-Hant", "火車今天誤點了，我們等一下。"),
    ("ja", "電車が遅れています。"),
    ("ko", "기차가 늦게 도착합니다."),
]


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_the_language_of_a_sentence_is_detected(language, sentence):
    (found,) = detect_languages([sentence])
    assert found.language == language
    assert 0.5 <= found.score <= 1.0


@pytest.mark.parametrize("text", ["", "  ", "1234", "!?"])
def test_a_text_without_letters_is_english_with_no_score(text):
    (found,) = detect_languages([text])
    assert (found.language, found.score) == ("en", 0.0)


def test_languages_that_can_be_translated_have_a_higher_prior():
    alone, helped = (detect_languages(["Non lo so"], likely)[0] for likely in ((), {"it", "en"}))
    assert alone.language != "it"
    assert helped.language == "it"


def test_every_text_has_its_own_language():
    found = detect_languages([sentence for _, sentence in SENTENCES])
    assert [one.language for one in found] == [language for language, _ in SENTENCES]


def test_the_model_is_the_one_that_the_library_loads():
    """Ours is read in memory, the library's through a temporary file."""
    own = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    for _, sentence in SENTENCES:
        assert _identifier().rank(sentence) == own.rank(sentence)
