"""Plans of speech translation, made before any audio, and the phrases that they translate."""

import pytest

from shared.errors import UnknownLanguage, UnsupportedPair
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Alternative, Phrase, Transcript, Translation
from shared.translation.chain import TranslatorChain
from shared.translation.speech import plan_speech_translation, replace_with_translation
from shared.translation.translator import ScriptedTranslator
from shared.translation.whisper_task import WhisperTask


@pytest.fixture
def text():
    return ScriptedTranslator({("es", "en"), ("es", "ca"), ("en", "es")})


@pytest.fixture
def chain(text):
    return TranslatorChain([WhisperTask(Settings()), text])


def said(display, locale="es-ES", *translations):
    reading = Alternative(0.9, display.lower(), display.lower(), display.lower(), display)
    return Phrase(0, locale, 1.0, 2.0, (reading,), translations=translations)


def translations(phrases):
    return [[(one.target, one.text) for one in phrase.translations] for phrase in phrases]


def test_whispers_english_is_taken_where_it_comes_first(chain, text):
    plan = plan_speech_translation(chain, ["es-ES"], ["en"])
    assert plan.options(RecognitionOptions()).to_english
    phrases = plan.translate([said("Hola.", "es-ES", Translation("en", "Hello."))])
    assert translations(phrases) == [[("en", "Hello.")]]
    assert text.requests == []


def test_text_is_translated_where_a_translator_of_text_comes_first(text):
    chain = TranslatorChain([text, WhisperTask(Settings())])
    plan = plan_speech_translation(chain, ["es-MX"], ["en"])
    assert not plan.options(RecognitionOptions()).to_english
    assert translations(plan.translate([said("Hola.")])) == [[("en", "en: Hola.")]]


def test_every_target_is_answered_as_it_was_written(chain):
    plan = plan_speech_translation(chain, ["es-ES"], ["en-US", "CA", "es-MX"])
    phrases = plan.translate([said("Hola.", "es-ES", Translation("en", "Hello."))])
    assert translations(phrases) == [[("en-US", "Hello."), ("CA", "ca: Hola."), ("es-MX", "Hola.")]]


def test_phrases_of_one_language_go_together_and_each_keeps_its_place(chain, text):
    plan = plan_speech_translation(chain, ["es-ES", "en-US"], ["es"])
    phrases = [said("One.", "en-US"), said("Dos.", "es-ES"), said("Three.", "en-US")]
    assert translations(plan.translate(phrases)) == [
        [("es", "es: One.")], [("es", "Dos.")], [("es", "es: Three.")],
    ]  # fmt: skip
    assert text.requests == [(("One.", "Three."), "en", "es")]


def test_whisper_translates_nothing_for_other_targets(chain):
    assert not plan_speech_translation(chain, ["es-ES"], ["ca"]).to_english


@pytest.mark.parametrize(
    ("locales", "target", "named"),
    [
        (["es-ES"], "de", "from Spanish to German"),
        (["es-ES", "fr-FR"], "ca", "from French to Catalan"),
        ([], "de", "translates to German"),
    ],
)
def test_an_unsupported_pair_is_refused_before_any_audio(chain, locales, target, named):
    with pytest.raises(UnsupportedPair, match=named) as refused:
        plan_speech_translation(chain, locales, [target])
    assert "SOTTO_TRANSLATION_MODELS" in str(refused.value)


def test_a_target_that_is_no_language_is_refused(chain):
    with pytest.raises(UnknownLanguage):
        plan_speech_translation(chain, ["es-ES"], ["xx"])


def test_without_locales_the_detected_language_may_have_no_translator(text):
    plan = plan_speech_translation(TranslatorChain([text]), [], ["ca"])
    with pytest.raises(UnsupportedPair, match="from English to Catalan"):
        plan.translate([said("Hello.", "en-US")])


def test_a_transcript_can_be_read_in_a_target():
    phrase = said("Hola.", "es-ES", Translation("en", "Hello."))
    transcript = Transcript(3.0, 1, (phrase, said("Sí.")), ())
    first, second = replace_with_translation(transcript, "en").phrases
    assert (first.best.display, first.locale, first.offset_s) == ("Hello.", "es-ES", 1.0)
    assert first.best.confidence == 0.9
    assert second.best.display == ""
