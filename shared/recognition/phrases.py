"""Phrases in their text forms from the words of a segment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.audio.segmenter import Utterance
from shared.recognition.alignment import geometric_mean
from shared.text_forms import TextForms, WrittenToken, text_forms
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Alternative, Phrase, Word

SENTENCE_PAUSE_S = 0.3  # a pause that ends a phrase at the end of a sentence
LONG_PAUSE_S = 0.8  # a pause that ends a phrase anywhere
SENTENCE_ENDS = (".", "?", "!", "。", "？", "！", "…", "।", "۔", "؟")


@dataclass(frozen=True, slots=True)
class PhraseStyle:
    """Common properties of all phrases of one recognition."""

    channel: int
    locale: str
    profanity: ProfanityMode


def timed_phrases(words: Sequence[Word], style: PhraseStyle) -> Iterator[Phrase]:
    """Yield phrases with their word times, split at pauses."""
    for said in _split_at_pauses(words):
        yield timed_phrase(said, style)


def timed_phrase(said: Sequence[Word], style: PhraseStyle) -> Phrase:
    """One phrase with its word times, including its pauses."""
    forms = text_forms([word.text for word in said], style.locale, style.profanity)
    end_s = said[-1].offset_s + said[-1].duration_s
    spoken = [word for token in forms.tokens for word in _lexical_words(token, said)]
    shown = [_spanning(token, said, token.display) for token in forms.tokens if token.display]
    return Phrase(
        channel=style.channel,
        locale=style.locale,
        offset_s=said[0].offset_s,
        duration_s=end_s - said[0].offset_s,
        n_best=(_alternative(forms, geometric_mean([w.confidence for w in said])),),
        words=tuple(spoken),
        display_words=tuple(shown),
    )


def untimed_phrase(
    texts: Sequence[str], utterances: Sequence[Utterance], confidence: float, style: PhraseStyle
) -> Phrase:
    """One phrase over all utterances of a segment, without word times."""
    offset_s = utterances[0].start_s
    return Phrase(
        channel=style.channel,
        locale=style.locale,
        offset_s=offset_s,
        duration_s=utterances[-1].end_s - offset_s,
        n_best=(_alternative(text_forms(texts, style.locale, style.profanity), confidence),),
    )


def _split_at_pauses(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first = 0
    for place, (word, following) in enumerate(pairwise(words), start=1):
        pause_s = following.offset_s - word.offset_s - word.duration_s
        sentence_ends = word.text.rstrip("\"'”’»)").endswith(SENTENCE_ENDS)
        if pause_s >= (SENTENCE_PAUSE_S if sentence_ends else LONG_PAUSE_S):
            yield words[first:place]
            first = place
    yield words[first:]


def _alternative(forms: TextForms, confidence: float) -> Alternative:
    return Alternative(confidence, forms.lexical, forms.itn, forms.masked_itn, forms.display)


def _spanning(token: WrittenToken, words: Sequence[Word], text: str) -> Word:
    """One word with the time of all recognised words that the token covers."""
    covered = words[token.first : token.last]
    offset_s = covered[0].offset_s
    end_s = covered[-1].offset_s + covered[-1].duration_s
    confidence = geometric_mean([word.confidence for word in covered])
    return Word(text, offset_s, end_s - offset_s, confidence)


def _lexical_words(token: WrittenToken, words: Sequence[Word]) -> Iterator[Word]:
    """Yield the spoken words of a token. `25` is one recognised word, and two spoken ones."""
    if len(token.lexical) == token.last - token.first:
        for text, word in zip(token.lexical, words[token.first : token.last], strict=True):
            yield Word(text, word.offset_s, word.duration_s, word.confidence)
        return
    whole = _spanning(token, words, "")
    n_characters = sum(map(len, token.lexical))
    offset_s = whole.offset_s
    for text in token.lexical:
        duration_s = whole.duration_s * len(text) / n_characters
        yield Word(text, offset_s, duration_s, whole.confidence)
        offset_s += duration_s
