"""The main language of an audio among the candidates, from what the engine says of each segment."""

import math
from collections.abc import Mapping, Sequence

from shared.errors import UnsupportedLocale
from shared.language.locales import default_locale, find_locale, language_of

LEAST_PROBABILITY = 1e-6
SURE_SHARE = 0.5


class LanguageChoice:
    """Settles on one locale as segments come by; later segments keep to it.

    Parameters
    ----------
    locales: candidates in the caller's order. One needs no identification, none means any
        language of the model. Of two locales of one language the first is taken.
    languages: what the engine can recognise.

    Raises
    ------
    UnsupportedLocale: a candidate that the engine can not recognise.
    """

    def __init__(self, locales: Sequence[str], languages: frozenset[str]) -> None:
        candidates: dict[str, str] = {}
        for text in locales:
            locale = find_locale(text)
            if language_of(locale) not in languages:
                raise UnsupportedLocale(f"The loaded model does not recognise {locale}.")
            candidates.setdefault(language_of(locale), locale)
        self._candidates = candidates
        self._settled = next(iter(candidates.values())) if len(candidates) == 1 else None

    @property
    def settled(self) -> str | None:
        """The locale, None while there is no evidence yet."""
        return self._settled

    def is_sure(
        self, probabilities: Sequence[Mapping[str, float]], weights: Sequence[float]
    ) -> bool:
        """Whether one candidate has most of the probability that the candidates share."""
        shares = self._shares(probabilities, weights)
        return max(shares.values()) >= SURE_SHARE * sum(shares.values())

    def settle(self, probabilities: Sequence[Mapping[str, float]], weights: Sequence[float]) -> str:
        """Take the most probable candidate over segments weighted by their seconds of speech.

        A masked argmax: what the model thinks of other languages does not count.
        """
        shares = self._shares(probabilities, weights)
        language = max(shares, key=shares.__getitem__)
        self._settled = self._candidates.get(language) or default_locale(language)
        return self._settled

    def _shares(
        self, probabilities: Sequence[Mapping[str, float]], weights: Sequence[float]
    ) -> dict[str, float]:
        """Weighted geometric mean of each candidate's probability over the segments."""
        languages = self._candidates or dict.fromkeys(probabilities[0])
        return {
            language: math.exp(
                sum(
                    weight * math.log(max(ranked.get(language, 0.0), LEAST_PROBABILITY))
                    for ranked, weight in zip(probabilities, weights, strict=True)
                )
                / max(sum(weights), LEAST_PROBABILITY)
            )
            for language in languages
        }
