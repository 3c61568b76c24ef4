"""The port of text translation, and a scripted fake."""

from collections.abc import Iterable, Sequence
from typing import Protocol


class Translator(Protocol):
    """A translator of text. Methods may be called from any thread.

    Languages are codes of `languages.py`.
    """

    @property
    def name(self) -> str:
        """Name in `SOTTO_TRANSLATORS`."""
        ...

    def languages(self) -> frozenset[str]:
        """Return every language of source or target."""
        ...

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the translator supports this pair. Loads nothing, sends no request."""
        ...

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate texts that are not blank, in their order. Blocks.

        Raises
        ------
        TranslationUnavailable: the translator failed or cannot be reached.
        """
        ...


class ScriptedTranslator:
    """Fake translator that prefixes a text with its target: `es: Hello`.

    requests: texts, source and target of every call.
    """

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]],
        *,
        name: str = "scripted",
        failure: Exception | None = None,
    ) -> None:
        self._pairs = frozenset(pairs)
        self._name = name
        self._failure = failure
        self.requests: list[tuple[tuple[str, ...], str, str]] = []

    @property
    def name(self) -> str:
        """Name from the constructor."""
        return self._name

    def languages(self) -> frozenset[str]:
        """Return the languages of its pairs."""
        return frozenset(language for pair in self._pairs for language in pair)

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the constructor got this pair."""
        return (source, target) in self._pairs

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Prefix every text with its target, or raise the failure."""
        self.requests.append((tuple(texts), source, target))
        if self._failure is not None:
            raise self._failure
        return [f"{target}: {text}" for text in texts]
