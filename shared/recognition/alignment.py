"""Grouping of tokens to words, and word times from token times."""

import codecs
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from shared.audio.segmenter import Utterance
from shared.recognition.engines.engine import AlignedToken
from shared.text_forms.chinese_script import write_in_script
from shared.text_forms.joining import is_written_without_spaces
from shared.transcript import Word

# One position of the encoder. A word of no duration breaks players, subtitles and averages.
LEAST_WORD_S = 0.02

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


def in_script(groups: Sequence[TokenGroup], locale: str) -> tuple[TokenGroup, ...]:
    """Write the words of a segment in the script of their locale."""
    texts = write_in_script([group.text for group in groups], locale)
    return tuple(replace(group, text=text) for group, text in zip(groups, texts, strict=True))


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
    """Move word boundaries in a pause to the speech that they belong to; every word has a duration.

    Cross-attention is imprecise next to silence, voice activity detection is not. It gives a pause
    to the word behind it: a word on both sides of one is in the utterance that begins there, unless
    most of it is in the other.
    """
    spoken_in = [_utterance_of(word, utterances) for word in words]
    return tuple(
        word
        for utterance, pairs in groupby(zip(spoken_in, words, strict=True), key=itemgetter(0))
        for word in _spread([word for _, word in pairs], utterance)
    )


def _utterance_of(word: Word, utterances: Sequence[Utterance]) -> Utterance:
    """The last utterance with half as much of the word as any other has; the nearest in a pause."""

    def overlap_s(utterance: Utterance) -> float:
        end_s = min(word.offset_s + word.duration_s, utterance.end_s)
        return end_s - max(word.offset_s, utterance.start_s)

    nearest = max(utterances, key=overlap_s)
    least_s = overlap_s(nearest) / 2
    return next((one for one in reversed(utterances) if overlap_s(one) >= least_s > 0), nearest)


def _spread(words: Sequence[Word], utterance: Utterance) -> Iterator[Word]:
    """Clip the words of an utterance to it, in order, each at least `LEAST_WORD_S` long.

    The alignment may give several words one position, and clipping may leave nothing of a word.
    Such a word takes its time from the next ones, or at the end from those before it.
    """
    least_s = min(LEAST_WORD_S, (utterance.end_s - utterance.start_s) / len(words))
    times_s: list[list[float]] = []
    free_s = utterance.start_s
    for word in words:
        start_s = max(word.offset_s, free_s)
        free_s = max(min(word.offset_s + word.duration_s, utterance.end_s), start_s + least_s)
        times_s.append([start_s, free_s])
    limit_s = utterance.end_s
    for times in reversed(times_s):
        times[1] = min(times[1], limit_s)
        limit_s = times[0] = min(times[0], times[1] - least_s)
    for word, (start_s, end_s) in zip(words, times_s, strict=True):
        yield replace(word, offset_s=start_s, duration_s=end_s - start_s)


def geometric_mean(probabilities: Sequence[float]) -> float:
    """Geometric mean of probabilities; 0 for none."""
    if not probabilities:
        return 0.0
    logarithms = [math.log(max(probability, 1e-10)) for probability in probabilities]
    return min(1.0, math.exp(sum(logarithms) / len(logarithms)))
