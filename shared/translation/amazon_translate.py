"""Amazon Translate: sends text to the cloud with the role of the process.

https://docs.aws.amazon.com/translate/latest/APIReference/API_TranslateText.html
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from shared.errors import TranslationUnavailable
from shared.storage.aws_session import aws_client
from shared.translation.sentences import split_sentences

MAX_BYTES = 10_000

# Supported languages of Sotto's table:
# https://docs.aws.amazon.com/translate/latest/dg/what-is-languages
_LANGUAGES = frozenset(
    "af am ar az bg bn bs ca cs cy da de el en es et fa fi fil fr fr-ca ga gu ha he hi hr ht hu hy "
    "id is it ja ka kk kn ko lt lv mk ml mn-Cyrl mr ms mt nb nl pa pl ps pt pt-pt ro ru si sk sl "
    "so sq sr-Cyrl sv sw ta te th tr uk ur uz vi zh-Hans zh-Hant".split()
)
_OWN_CODES = {
    "fil": "tl", "nb": "no", "mn-Cyrl": "mn", "sr-Cyrl": "sr", "zh-Hans": "zh", "zh-Hant": "zh-TW",
    "pt-pt": "pt-PT", "fr-ca": "fr-CA",
}  # fmt: skip


class AmazonTranslate:
    """The service in the region of the environment. Methods may be called from any thread."""

    name = "amazon"

    def languages(self) -> frozenset[str]:
        """Return the service's languages of Sotto's table, without a request."""
        return _LANGUAGES

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the service has both languages."""
        return source in _LANGUAGES and target in _LANGUAGES

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate with one request per text, or per 10 kB of a long one.

        Raises
        ------
        TranslationUnavailable: the service refuses, or does not answer after four tries.
        ConfigurationError: the environment names no region.
        """
        return [
            "".join(self._translate_piece(piece, source, target) for piece in _split_text(t))
            for t in texts
        ]

    @cached_property
    def _client(self) -> Any:
        return aws_client("translate")

    def _translate_piece(self, text: str, source: str, target: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        if not text.strip():
            return text
        reason = ""
        try:
            answer = self._client.translate_text(
                Text=text,
                SourceLanguageCode=_OWN_CODES.get(source, source),
                TargetLanguageCode=_OWN_CODES.get(target, target),
            )
            return _restore_trailing_space(text, str(answer["TranslatedText"]))
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            reason = f"answered {status}"
        except BotoCoreError:
            reason = "cannot be reached"
        # Raised outside the handler: its exception may quote the text.
        raise TranslationUnavailable(f"Amazon Translate {reason}.")


def _split_text(text: str) -> Iterator[str]:
    """Split a text between sentences into pieces within the limit of one request."""
    if len(text.encode()) <= MAX_BYTES:
        yield text
        return
    sentences: list[str] = []
    n_bytes = 0
    for sentence in split_sentences(text):
        size_bytes = len(sentence.encode())
        if sentences and n_bytes + size_bytes > MAX_BYTES:
            yield "".join(sentences)
            sentences, n_bytes = [], 0
        sentences.append(sentence)
        n_bytes += size_bytes
    yield "".join(sentences)


def _restore_trailing_space(source: str, translation: str) -> str:
    """Restore the trailing white space of a piece, which separates it from the next one."""
    return translation.rstrip() + source[len(source.rstrip()) :]
