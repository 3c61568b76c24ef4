"""Code-switching: segments are cut where their language changes.

    scored spans -> languages in order of time (Viterbi) -> cuts -> parts of one language

A segment is encoded again, in parts, only if its language changes. `evidence.py` describes the
rungs that confirm a change.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from shared.audio.segmenter import Segment
from shared.language.candidates import LanguageCandidates
from shared.language.posteriors import LEAST_POSTERIOR, SpanScores, normalised
from shared.language.viterbi import most_probable_languages
from shared.recognition.engines.engine import EncodedSegment, RecognitionEngine
from shared.recognition.languages.evidence import (
    CLEAR_POSTERIOR,
    CONFIRMED_POSTERIOR,
    rescore_by_decoding,
    top_languages,
)
from shared.recognition.languages.span_scores import LEAD_S, TAIL_S, ScoredSegment, SpanScorer
from shared.recognition.languages.spans import quietest_near
from shared.recognition.parts import part_of

SWITCH_STEP_S = 0.25  # between the times at which a switch within an utterance is tried


@dataclass(frozen=True, slots=True)
class LanguagePart:
    """A segment, or a part of one, in one language."""

    segment: Segment
    encoded: EncodedSegment
    locale: str


_Run = tuple[str, Sequence[SpanScores]]  # a language and its consecutive spans


@dataclass(frozen=True, slots=True)
class LanguageSwitchDetector:
    """Cuts segments at changes of language, with the engine of one slot."""

    engine: RecognitionEngine
    candidates: LanguageCandidates

    def split_at_switches(
        self, scored: Sequence[ScoredSegment], before: str | None
    ) -> list[list[LanguagePart]]:
        """Split each segment of a channel into parts of one language; in order of time.

        before: language before the first segment; None at the start of the audio.
        """
        spans = [span for one in scored for span in one.spans]
        languages = most_probable_languages(spans, before)
        split = []
        for one in scored:
            own, languages = languages[: len(one.spans)], languages[len(one.spans) :]
            split.append(self._split(one, own, before))
            before = self.candidates.language_of(split[-1][-1].locale)
        return split

    def _split(
        self, scored: ScoredSegment, languages: Sequence[str], before: str | None
    ) -> list[LanguagePart]:
        """Cut a segment at changes of language, if scores of the parts in isolation agree."""
        runs = _language_runs(scored.spans, languages)
        if len(runs) == 1:
            return self._whole(scored, self._confirm_whole(scored, runs[0][0], before))
        if len(runs) == 2 and not self._may_split(scored.segment, *runs):
            posteriors = self._whole_posteriors(scored)
            return self._whole(
                scored, self._rescore(scored, posteriors, [language for language, _ in runs])
            )
        cuts_s = [self._locate_switch(scored, *pair) for pair in pairwise(runs)]
        parts = self._encode_parts(scored, cuts_s)
        confirmed = self._confirm_parts(parts, runs)
        kept_s = [
            cut_s for cut_s, (a, b) in zip(cuts_s, pairwise(confirmed), strict=True) if a != b
        ]
        if not kept_s:
            return self._whole(scored, confirmed[0])
        if len(kept_s) < len(cuts_s):
            parts = self._encode_parts(scored, kept_s)
            confirmed = [language for language, _ in groupby(confirmed)]
        return [
            LanguagePart(*part, self.candidates.locale_of(language))
            for part, language in zip(parts, confirmed, strict=True)
        ]

    def _whole(self, scored: ScoredSegment, language: str) -> list[LanguagePart]:
        locale = self.candidates.locale_of(language)
        return [LanguagePart(scored.segment, scored.encoded, locale)]

    def _confirm_whole(self, scored: ScoredSegment, language: str, before: str | None) -> str:
        """Language of a segment without a switch; one that is new and not clear is rescored."""
        if language == before or _are_clear(scored.spans, language):
            return language
        posteriors = self._whole_posteriors(scored)
        if posteriors[language] >= CLEAR_POSTERIOR:
            return language
        known = [language] if before is None else [language, before]
        return self._rescore(scored, posteriors, [*top_languages(posteriors), *known])

    def _whole_posteriors(self, scored: ScoredSegment) -> Mapping[str, float]:
        """Posterior of each language in a whole segment; more accurate than a sum over spans."""
        if len(scored.spans) == 1:
            return scored.spans[0].posteriors
        (probabilities,) = self.engine.identify_language([scored.encoded])
        return self.candidates.posteriors(probabilities)

    def _rescore(
        self,
        scored: ScoredSegment,
        posteriors: Mapping[str, float],
        languages: Sequence[str],
    ) -> str:
        """Language with the most plausible text of a whole segment."""
        bounded = {one: max(posterior, LEAST_POSTERIOR) for one, posterior in posteriors.items()}
        rescored, _ = rescore_by_decoding(
            self.engine, scored.segment, scored.encoded, bounded, languages
        )
        return max(rescored, key=rescored.__getitem__)

    def _may_split(self, segment: Segment, first: _Run, second: _Run) -> bool:
        """Whether the shorter of two runs may be in a different language.

        Only that run is encoded in isolation, a fraction of the cost of encoding both parts again;
        it removes most false alarms.
        """
        shorter, longer = sorted((first, second), key=_speech_s)
        language, spans = shorter
        whole_run = replace(spans[0], end_s=spans[-1].end_s)
        isolated = SpanScorer(self.engine, self.candidates).score_isolated(segment, whole_run)
        fused = _fuse_scores(spans, isolated.posteriors, (language, longer[0]))
        return fused[language] >= CONFIRMED_POSTERIOR

    def _encode_parts(
        self, scored: ScoredSegment, cuts_s: Sequence[float]
    ) -> list[tuple[Segment, EncodedSegment]]:
        segment = scored.segment
        borders_s = [segment.offset_s, *cuts_s, segment.offset_s + segment.duration_s]
        parts = [part_of(segment, start_s, end_s) for start_s, end_s in pairwise(borders_s)]
        # Segments that are decoded together have one context.
        encoded = self.engine.encode([part.samples for part in parts], scored.encoded.n_positions)
        return list(zip(parts, encoded, strict=True))

    def _confirm_parts(
        self, parts: Sequence[tuple[Segment, EncodedSegment]], runs: Sequence[_Run]
    ) -> list[str]:
        """Language of the part of each run; unconfirmed parts take the nearest confirmed one's.

        A part that was in another language only by the influence of its neighbours stays below
        `CONFIRMED_POSTERIOR`.
        """
        languages = tuple(dict.fromkeys(language for language, _ in runs))
        ranked = self.engine.identify_language([encoded for _, encoded in parts])
        part_posteriors: list[Mapping[str, float]] = []
        for part, (_, spans), probabilities in zip(parts, runs, ranked, strict=True):
            fused = _fuse_scores(spans, self.candidates.posteriors(probabilities), languages)
            is_clear = _is_confirmed(fused)
            part_posteriors.append(
                fused if is_clear else rescore_by_decoding(self.engine, *part, fused)[0]
            )
        clear = [
            index for index, posteriors in enumerate(part_posteriors) if _is_confirmed(posteriors)
        ]
        if not clear:
            weights_s = [segment.speech_s for segment, _ in parts]
            together = self.candidates.mean_posteriors(part_posteriors, weights_s)
            return [max(together, key=together.__getitem__)] * len(parts)

        def nearest_clear(index: int) -> int:
            return min(clear, key=lambda one: (abs(one - index), -parts[one][0].speech_s))

        nearest = [part_posteriors[nearest_clear(index)] for index in range(len(parts))]
        return [max(posteriors, key=posteriors.__getitem__) for posteriors in nearest]

    def _locate_switch(self, scored: ScoredSegment, before: _Run, after: _Run) -> float:
        """Time at which the language changes: in the pause, or within an utterance.

        Within one, it is the time with the greatest contrast: the speech before it in the first
        language, the speech after it in the second.
        """
        (first, earlier), (second, later) = before, after
        left, right = earlier[-1], later[0]
        if right.after_pause:
            return (left.end_s + right.start_s) / 2
        times_s = np.arange(left.start_s + 0.5, right.end_s - 0.5, SWITCH_STEP_S).tolist()
        # The edge of a span reaches up to the switch, not beyond it.
        lefts = [replace(left, end_s=time_s - TAIL_S) for time_s in times_s]
        rights = [replace(right, start_s=time_s + LEAD_S) for time_s in times_s]
        scores = SpanScorer(self.engine, self.candidates).score(scored, [*lefts, *rights])
        contrasts = [
            _contrast(scores[index], first, second)
            + _contrast(scores[len(lefts) + index], second, first)
            for index in range(len(lefts))
        ]
        return quietest_near(scored.segment, times_s[int(np.argmax(contrasts))])


def _are_clear(spans: Sequence[SpanScores], language: str) -> bool:
    """Whether each of several spans is clearly in a language."""
    return len(spans) > 1 and all(span.posteriors[language] >= CLEAR_POSTERIOR for span in spans)


def _language_runs(spans: Sequence[SpanScores], languages: Sequence[str]) -> list[_Run]:
    pairs = zip(languages, spans, strict=True)
    return [
        (language, [span for _, span in group])
        for language, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def _speech_s(run: _Run) -> float:
    return sum(span.duration_s for span in run[1])


def _fuse_scores(
    spans: Sequence[SpanScores], isolated: Mapping[str, float], languages: Sequence[str]
) -> dict[str, float]:
    """Fuse posteriors of a run: among its neighbours and in isolation.

    The geometric mean, since either may be wrong: neighbours influence the first, and the second
    lacks the preceding speech.
    """
    total_s = sum(span.duration_s for span in spans)
    means = {
        language: math.sqrt(max(isolated[language], LEAST_POSTERIOR))
        * math.prod(
            max(span.posteriors[language], LEAST_POSTERIOR) ** (span.duration_s / total_s / 2)
            for span in spans
        )
        for language in languages
    }
    return normalised(means, tuple(languages))


def _contrast(span: SpanScores, language: str, other: str) -> float:
    """Log ratio of two languages' posteriors in a span, weighted by its duration."""
    ours, theirs = (max(span.posteriors[one], LEAST_POSTERIOR) for one in (language, other))
    return span.duration_s * math.log(ours / theirs)


def _is_confirmed(posteriors: Mapping[str, float]) -> bool:
    return max(posteriors.values()) >= CONFIRMED_POSTERIOR
