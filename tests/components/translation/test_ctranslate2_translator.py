"""Folders of CTranslate2 models: plumbing, on models of two words made here.

No real model is at hand where the tests run; its text is its own.
"""

import pytest
from tiny_models import write_many_languages_model, write_pair_model

from shared.errors import ConfigurationError, TranslationUnavailable
from shared.settings import Settings
from shared.translation.ctranslate2_translator import (
    CTranslate2Translator,
    _source_tokens,
    ctranslate2_translators,
)
from shared.translation.installed import translator_chain
from shared.translation.subwords import read_subwords
from shared.translation.text_model import read_text_model

NLLB = {"en": "eng_Latn", "es": "spa_Latn", "ca": "cat_Latn"}
M2M = {"en": "__en__", "es": "__es__", "ca": "__ca__"}
SETTINGS = Settings(compute_type="float32", threads=1)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """One folder of each kind."""
    folder = tmp_path_factory.mktemp("models")
    write_pair_model(folder / "opus-mt-en-es")
    write_many_languages_model(folder / "nllb-tiny", NLLB)
    write_many_languages_model(folder / "m2m-tiny", M2M)
    write_many_languages_model(folder / "fast-tiny", NLLB, tokenizer="fast")
    return folder


@pytest.mark.parametrize("name", ["nllb-tiny", "m2m-tiny", "fast-tiny"])
def test_a_multilingual_model_gets_both_language_tokens(models, name):
    """The word comes from the source, its language from the target's token."""
    translator = CTranslate2Translator(models / name, SETTINGS)
    assert translator.languages() == {"en", "es", "ca"}
    assert translator.translate(["house", "dog"], "en", "es") == ["casa", "perro"]
    assert translator.translate(["house", "dog"], "en", "ca") == ["casal", "gos"]


def test_a_model_of_one_pair_is_known_by_its_name(models):
    translator = CTranslate2Translator(models / "opus-mt-en-es", SETTINGS)
    assert translator.languages() == {"en", "es"}
    assert translator.can_translate("en", "es")
    assert not translator.can_translate("es", "en")
    assert translator.translate(["dog"], "en", "es") == ["perro"]


def test_sentences_are_translated_one_by_one_and_white_space_stays(models):
    translator = CTranslate2Translator(models / "nllb-tiny", SETTINGS)
    texts = ["house\n\ndog\n", "\n dog", "dog"]
    assert translator.translate(texts, "en", "es") == ["casa\n\nperro\n", "\n perro", "perro"]


@pytest.mark.parametrize(
    ("kind", "tokens"),
    [
        ("nllb-tiny", ["eng_Latn", "▁house", "▁dog", "</s>"]),
        ("m2m-tiny", ["__en__", "▁house", "▁dog", "</s>"]),
        ("opus-mt-en-es", ["▁house", "▁dog", "</s>"]),
    ],
)
def test_a_source_is_written_as_the_models_were_trained(models, kind, tokens):
    model = read_text_model(models / kind)
    assert _source_tokens(model, "en", read_subwords(models / kind), "house dog") == tokens


def test_the_end_is_not_written_where_the_engine_adds_it(tmp_path):
    """Models that were converted from Marian's own format."""
    write_pair_model(tmp_path / "opus-mt-en-es", adds_source_eos=True)
    model = read_text_model(tmp_path / "opus-mt-en-es")
    subwords = read_subwords(tmp_path / "opus-mt-en-es")
    assert _source_tokens(model, "en", subwords, "dog") == ["▁dog"]
    translator = CTranslate2Translator(tmp_path / "opus-mt-en-es", SETTINGS)
    assert translator.translate(["dog"], "en", "es") == ["perro"]


def test_a_folder_that_is_not_there_is_refused():
    with pytest.raises(ConfigurationError, match="opus-mt-en-es is no folder"):
        ctranslate2_translators(Settings(translation_models=("/nowhere/opus-mt-en-es",)))


def test_a_model_that_cannot_be_loaded_is_unavailable(tmp_path):
    write_pair_model(tmp_path / "opus-mt-en-es")
    (tmp_path / "opus-mt-en-es" / "model.bin").write_bytes(b"no weights")
    translator = CTranslate2Translator(tmp_path / "opus-mt-en-es", SETTINGS)
    with pytest.raises(TranslationUnavailable, match="cannot load the model in opus-mt-en-es"):
        translator.translate(["dog"], "en", "es")


def test_folders_of_the_settings_come_in_their_order(models):
    names = tuple(str(models / name) for name in ("opus-mt-en-es", "nllb-tiny"))
    settings = Settings(
        translators=("ctranslate2",), translation_models=names, compute_type="float32"
    )
    chain = translator_chain(settings)
    assert chain.find("en", "es").languages() == {"en", "es"}
    assert chain.find("en", "ca").languages() == {"en", "es", "ca"}
    assert chain.translate(["dog"], "en", "ca") == ["gos"]


def test_the_order_of_translators_is_that_of_the_settings(models):
    settings = Settings(
        translators=("azure", "ctranslate2"),
        azure_translator_key="s3cret",
        translation_models=(str(models / "opus-mt-en-es"),),
    )
    assert translator_chain(settings).find("en", "es").name == "azure"
