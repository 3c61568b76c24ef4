"""Of a pair of languages the first translator does it that can."""

import pytest

from shared.errors import TranslationUnavailable, UnsupportedPair
from shared.settings import Settings
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.translator import ScriptedTranslator
from shared.translation.whisper_task import WhisperTask


@pytest.fixture
def first():
    return ScriptedTranslator({("en", "es")}, name="first")


@pytest.fixture
def second():
    return ScriptedTranslator({("en", "es"), ("es", "en"), ("en", "ca")}, name="second")


def test_the_preferred_translator_takes_a_pair_that_both_support(first, second):
    assert TranslatorChain([first, second]).translate(["Hello"], "en", "es") == ["es: Hello"]
    assert (len(first.requests), len(second.requests)) == (1, 0)


def test_the_next_translator_takes_a_pair_that_the_first_does_not_support(first, second):
    assert TranslatorChain([first, second]).translate(["Hola"], "es", "en") == ["en: Hola"]
    assert first.requests == []


def test_an_unsupported_pair_is_refused_with_what_to_set_up(first):
    with pytest.raises(UnsupportedPair) as refused:
        TranslatorChain([first]).translate(["Hola"], "es", "pt-pt")
    message = str(refused.value)
    assert "from Spanish to Portuguese (Portugal)" in message
    assert "SOTTO_TRANSLATION_MODELS" in message
    assert "Hola" not in message


def test_a_failure_is_not_covered_by_the_next_one(second):
    """The next one may be a cloud service, and this text was not meant to go there."""
    failing = ScriptedTranslator({("en", "es")}, failure=TranslationUnavailable("It is gone."))
    with pytest.raises(TranslationUnavailable):
        TranslatorChain([failing, second]).translate(["Hello"], "en", "es")
    assert second.requests == []


def test_blank_texts_stay_as_they_are(second):
    texts = ["", "Hello", " \n", "you"]
    translated = TranslatorChain([second]).translate(texts, "en", "es")
    assert translated == ["", "es: Hello", " \n", "es: you"]
    assert second.requests == [(("Hello", "you"), "en", "es")]


def test_a_text_in_its_own_language_is_not_translated(second):
    assert TranslatorChain([second]).translate(["Hello"], "en", "en") == ["Hello"]
    assert second.requests == []


def test_languages_are_those_of_all_translators_of_text(first, second):
    chain = TranslatorChain([WhisperTask(Settings()), first, second])
    assert chain.languages() == {"ca", "en", "es"}


def test_the_languages_of_the_chain_are_the_likelier_ones(first):
    likely_languages = []

    def detect(texts, likely):
        likely_languages.append(likely)
        return [DetectedLanguage("es", 1.0) for _ in texts]

    assert TranslatorChain([first], detect).detect(["Hola"]) == [DetectedLanguage("es", 1.0)]
    assert likely_languages == [frozenset({"en", "es"})]


@pytest.mark.parametrize(
    ("order", "chosen"), [("whisper first", "whisper"), ("whisper last", "second")]
)
def test_whispers_own_task_stands_at_its_place_for_speech_alone(second, order, chosen):
    task = WhisperTask(Settings())
    chain = TranslatorChain([task, second] if order == "whisper first" else [second, task])
    assert chain.find_for_speech("es", "en").name == chosen
    assert chain.find("es", "en").name == "second"
    assert chain.find_for_speech("en", "ca").name == "second"
    assert chain.find_for_speech("de", "en").name == "whisper"


@pytest.mark.parametrize("model", ["base.en", "large-v3-turbo", "distil-large-v3"])
def test_models_that_only_transcribe_do_not_translate(model):
    assert not WhisperTask(Settings(model=model)).can_translate("es", "en")


def test_whisper_writes_english_alone():
    task = WhisperTask(Settings())
    assert task.can_translate("pt-pt", "en")
    assert not task.can_translate("en", "es")
