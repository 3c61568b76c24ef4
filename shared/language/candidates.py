"""Candidate languages of an audio, and the arithmetic of their probabilities."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.errors import UnsupportedLocale
from shared.language.locales import default_locale, find_locale, language_in_model
from shared.language.posteriors import SpanScores, normalised

LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True, slots=True)
class IdentifiedLanguage:
    """The main locale of an audio.

    probability: 0..1 among the candidates. The probability of other languages does not count: for
        German speech with candidates Spanish and English, one of the two is the most probable.
    alternatives: every candidate locale with its probability, most probable first; without
        candidates the ten most probable.
    is_in_set: False where the speech is in none of the candidate languages (open-set
        identification); `locale` is still the most probable candidate.
    """

    locale: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]
    is_in_set: bool = True


class LanguageCandidates:
    """Candidate languages of an audio.

    Parameters
    ----------
    locales: candidates in the caller's order. None means any language of the model. Of two
        locales of one language the first counts.
    languages: languages that the engine recognises.

    Raises
    ------
    UnsupportedLocale: a candidate that the engine cannot recognise.
    """

    def __init__(self, locales: Sequence[str], languages: frozenset[str]) -> None:
        named: dict[str, str] = {}
        for text in locales:
            locale = find_locale(text)
            language = language_in_model(locale, languages)
            if language not in languages:
                raise UnsupportedLocale(f"The loaded model does not recognise {locale}.")
            named.setdefault(language, locale)
        self._model_languages = languages
        self._locales = named or {one: default_locale(one) for one in sorted(languages)}

    @property
    def languages(self) -> tuple[str, ...]:
        """Candidate languages in the caller's order."""
        return tuple(self._locales)

    @property
    def only(self) -> str | None:
        """The locale of a single candidate, which needs no identification; else None."""
        return next(iter(self._locales.values())) if len(self._locales) == 1 else None

    def language_of(self, locale: str) -> str:
        """Return the language in which the engine recognises a locale."""
        return language_in_model(locale, self._model_languages)

    def locale_of(self, language: str) -> str:
        """Return the candidate locale of a language."""
        return self._locales[language]

    def posteriors(self, probabilities: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each candidate, given that it is one of them; they sum to 1."""
        return normalised(probabilities, self.languages)

    def scored(self, span: SpanScores, probabilities: Mapping[str, float]) -> SpanScores:
        """Return the span with the posteriors of the candidates."""
        return replace(span, posteriors=self.posteriors(probabilities))

    def mean_posteriors(
        self, probabilities: Sequence[Mapping[str, float]], weights: Sequence[float]
    ) -> dict[str, float]:
        """Return the geometric mean over segments, weighted by seconds of speech; sums to 1.

        The mean is masked: the probability of other languages does not count.
        """
        means = {
            language: math.exp(
                sum(
                    weight * math.log(max(ranked.get(language, 0.0), LEAST_PROBABILITY))
                    for ranked, weight in zip(probabilities, weights, strict=True)
                )
                / max(sum(weights), LEAST_PROBABILITY)
            )
            for language in self.languages
        }
        return normalised(means, self.languages)

    def in_set_probability(
        self, probabilities: Sequence[Mapping[str, float]], weights: Sequence[float]
    ) -> float:
        """Return the mean probability over segments that the language is a candidate, 0..1."""
        in_set = sum(
            weight * sum(ranked.get(language, 0.0) for language in self.languages)
            for ranked, weight in zip(probabilities, weights, strict=True)
        )
        return in_set / max(sum(weights), LEAST_PROBABILITY)

    def identified(
        self, posteriors: Mapping[str, float], is_in_set: bool = True
    ) -> IdentifiedLanguage:
        """Rank the candidates by posterior."""
        ranked = sorted(posteriors, key=lambda language: -posteriors[language])
        alternatives = tuple((self._locales[one], posteriors[one]) for one in ranked[:10])
        return IdentifiedLanguage(*alternatives[0], alternatives, is_in_set)
