"""The most probable sequence of languages, from the posteriors of many short spans (Viterbi).

The posteriors of one short span are often wrong, so no span is decided in isolation: the result is
the most probable sequence, where a change of language has a cost. A change costs less in a pause,
where most code-switches are, than within an utterance.
"""

from collections.abc import Sequence

from shared.language.posteriors import SpanScores

# Chosen on the speech set: no change within 18 clips of one language among its four most confusable
# ones, and as many as possible of 90 joins of two clips (docs/languages.md has the figures). One
# span between two others changes the language with a posterior of 0.95, the last one with 0.82.
CHANGE_IN_PAUSE = 1.5
CHANGE_WITHIN_UTTERANCE = 2.5


def most_probable_languages(spans: Sequence[SpanScores], before: str | None) -> list[str]:
    """Return the language of each span, in order of time; on ties the first candidate.

    before: the language spoken before the first span, None at the start of the audio.
    """
    if not spans:
        return []
    languages = list(spans[0].posteriors)
    scores = {
        language: spans[0].evidence(language)
        - (0.0 if before in {None, language} else CHANGE_IN_PAUSE)
        for language in languages
    }
    steps: list[dict[str, str]] = []
    for span in spans[1:]:
        cost = CHANGE_IN_PAUSE if span.after_pause else CHANGE_WITHIN_UTTERANCE
        best = max(scores, key=scores.__getitem__)
        origins = {
            language: best if scores[best] - cost > scores[language] else language
            for language in languages
        }
        scores = {
            language: span.evidence(language)
            + scores[origin]
            - (0.0 if origin == language else cost)
            for language, origin in origins.items()
        }
        steps.append(origins)
    path = [max(scores, key=scores.__getitem__)]
    for origins in reversed(steps):
        path.append(origins[path[-1]])
    return path[::-1]
