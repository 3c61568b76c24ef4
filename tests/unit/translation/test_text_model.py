"""Folders of translation models, read without their weights."""

import pytest
from tiny_models import write_many_languages_model, write_pair_model

from shared.errors import ConfigurationError
from shared.translation.subwords import read_subwords
from shared.translation.text_model import read_text_model


def test_languages_that_share_a_token_are_no_pair(tmp_path):
    write_many_languages_model(tmp_path / "m", {"en": "__en__", "es": "__es__", "ca": "__pt__"})
    model = read_text_model(tmp_path / "m")
    assert model.can_translate("en", "pt-pt")
    assert model.can_translate("en", "pt")
    assert not model.can_translate("pt", "pt-pt")


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("opus-mt-en-es", ("en", "es")), ("opus-mt-tc-big-de-zh", ("de", "zh-Hans")),
        ("ca-es", ("ca", "es")), ("translate-EN-PT", ("en", "pt")),
    ],
)  # fmt: skip
def test_names_end_with_the_pair(tmp_path, name, pair):
    write_pair_model(tmp_path / name)
    assert read_text_model(tmp_path / name).pair == pair


@pytest.mark.parametrize("name", ["model", "opus-mt-en-en", "nllb"])
def test_a_name_without_a_pair_is_refused(tmp_path, name):
    write_pair_model(tmp_path / name)
    with pytest.raises(ConfigurationError, match=f"{name} is named after no pair"):
        read_text_model(tmp_path / name)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"has no model\.bin"):
        read_text_model(tmp_path)


def test_a_folder_without_a_tokenizer_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"has no source\.spm"):
        read_subwords(tmp_path)
