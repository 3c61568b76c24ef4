"""Whisper's vocabulary, as the base model ships it."""

import pytest

from shared.errors import EngineUnavailable
from shared.recognition.engines.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def vocabulary(model_folder):
    return Tokenizer(model_folder / "base" / "tokenizer.json")


@pytest.mark.parametrize(
    "text", [" the time", " Müller läuft", " 東京都は", " don't", " naïve 👍", " привет"]
)
def test_the_bytes_of_a_texts_tokens_are_the_text(vocabulary, text):
    tokens = vocabulary.tokenise(text)
    assert b"".join(map(vocabulary.token_bytes, tokens)).decode() == text


def test_the_most_frequent_words_are_one_token(vocabulary):
    """The published vocabulary lacks the merge that makes them one."""
    assert [len(vocabulary.tokenise(f" {word}")) for word in ("the", "to", "that")] == [1, 1, 1]


def test_a_text_that_looks_like_a_special_token_is_text(vocabulary):
    tokens = vocabulary.tokenise("<|endoftext|>")
    assert vocabulary.end_of_text not in tokens
    assert b"".join(map(vocabulary.token_bytes, tokens)) == b"<|endoftext|>"


def test_languages_lie_between_the_start_and_the_tasks(vocabulary):
    languages = vocabulary.language_tokens
    assert len(languages) == 99
    assert languages["en"] == vocabulary.transcript_start + 1
    assert vocabulary.transcribe not in languages.values()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model": {"vocab": {}}, "added_tokens": []}'])
def test_another_file_is_no_vocabulary(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json"):
        Tokenizer(path)
