"""Grouping of tokens to words, and word times from token times."""

import codecs
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from shared.audio.segmenter import Utterance
from shared.recognition.engines.engine import AlignedToken
from shared.text_forms.joining import is_written_without_spaces
from shared.transcript import Word

# French has a space before these: `là ?` is one word.
_MARKS_AFTER_A_SPACE = frozenset("?!:;»")


@dataclass(frozen=True, slots=True)
class TokenGroup:
    """The tokens `first..last` (exclusive) that spell one word, punctuation included.

    last_sounded: index after the last token that is not only punctuation.
    """

    text: str
    first: int
    last: int
    last_sounded: int


def group_words(contents: Sequence[bytes], language: str) -> tuple[TokenGroup, ...]:
    """Join tokens to words.

    A word begins at a token with a leading space; in unspaced languages at every token that
    completes a character, except in Latin words and at combining marks. Tokens that end within a
    character of UTF-8 are joined with the next ones.
    """
    unspaced = is_written_without_spaces(language)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    groups: list[TokenGroup] = []
    pending_first = 0
    for index, content in enumerate(contents):
        text = decoder.decode(content, final=index + 1 == len(contents))
        if not text:
            continue
        sounded = any(unicodedata.category(c)[0] in "LNSM" for c in text)
        last_sounded = index + 1 if sounded else pending_first
        begins = (text.startswith(" ") and text.strip() not in _MARKS_AFTER_A_SPACE) or (
            unspaced and sounded and not (groups and _continues(groups[-1].text, text))
        )
        # An opening quote or bracket belongs to the next word: it has no sounded token yet.
        if groups and (not begins or groups[-1].last_sounded == groups[-1].first):
            before = groups.pop()
            joined = before.text + text
            last_sounded = last_sounded if sounded else before.last_sounded
            groups.append(TokenGroup(joined, before.first, index + 1, last_sounded))
        else:
            groups.append(TokenGroup(text, pending_first, index + 1, last_sounded))
        pending_first = index + 1
    stripped = (
        TokenGroup(group.text.strip(), group.first, group.last, group.last_sounded)
        for group in groups
    )
    return tuple(group for group in stripped if group.text)


def _continues(before: str, text: str) -> bool:
    """Whether a text without a space before it belongs to the word before it in any language."""
    latin = before[-1:].isascii() and before[-1:].isalnum() and text[0].isascii()
    return (latin and text[0].isalnum()) or unicodedata.category(text[0])[0] == "M"


def time_words(
    groups: Sequence[TokenGroup], tokens: Sequence[AlignedToken], offset_s: float
) -> tuple[Word, ...]:
    """Give each word the time of its sounded tokens and the mean of their log probabilities.

    `offset_s` is the time of the segment in the audio. Tokens of punctuation are excluded: they
    contain the pause after a word.
    """
    return tuple(
        Word(
            text=group.text,
            offset_s=offset_s + tokens[group.first].start_s,
            duration_s=max(
                0.0,
                tokens[max(group.last_sounded, group.first + 1) - 1].end_s
                - tokens[group.first].start_s,
            ),
            confidence=geometric_mean([t.probability for t in tokens[group.first : group.last]]),
        )
        for group in groups
    )


def within_utterances(words: Sequence[Word], utterances: Sequence[Utterance]) -> tuple[Word, ...]:
    """Move word boundaries in a pause to the speech that they belong to.

    Cross-attention is imprecise next to silence, voice activity detection is not.
    """
    clipped = []
    for word in words:
        start_s, end_s = word.offset_s, word.offset_s + word.duration_s
        spoken = max(utterances, key=lambda u: min(u.end_s, end_s) - max(u.start_s, start_s))
        start_s = min(max(start_s, spoken.start_s), spoken.end_s)
        end_s = max(start_s, min(end_s, spoken.end_s))
        clipped.append(Word(word.text, start_s, end_s - start_s, word.confidence))
    return tuple(clipped)


def geometric_mean(probabilities: Sequence[float]) -> float:
    """Geometric mean of probabilities; 0 for none."""
    if not probabilities:
        return 0.0
    logarithms = [math.log(max(probability, 1e-10)) for probability in probabilities]
    return min(1.0, math.exp(sum(logarithms) / len(logarithms)))
