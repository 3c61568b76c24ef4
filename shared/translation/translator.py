"""The port of text translation, and a scripted translator for tests."""

from collections.abc import Iterable, Sequence
from typing import Protocol


class Translator(Protocol):
    """One way to translate text. Methods may be called from any thread.

    Languages are codes of `languages.py`.
    """

    @property
    def name(self) -> str:
        """The name that `SOTTO_TRANSLATORS` has for it."""
        ...

    def languages(self) -> frozenset[str]:
        """Every language that it reads or writes."""
        ...

    def can_translate(self, source: str, target: str) -> bool:
        """Whether it does this pair. Loads nothing and asks nobody."""
        ...

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translations of texts that are not blank, in their order. Blocks.

        Raises
        ------
        TranslationUnavailable: it failed or is not reached.
        """
        ...


class ScriptedTranslator:
    """Writes a text's target before it: `es: Hello`. `asked` keeps what it was asked for."""

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
        self.asked: list[tuple[tuple[str, ...], str, str]] = []

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    def languages(self) -> frozenset[str]:
        """Languages of its pairs."""
        return frozenset(language for pair in self._pairs for language in pair)

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the pair was given."""
        return (source, target) in self._pairs

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Mark every text with its target."""
        self.asked.append((tuple(texts), source, target))
        if self._failure is not None:
            raise self._failure
        return [f"{target}: {text}" for text in texts]
