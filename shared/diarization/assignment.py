"""Assignment of speakers to words: a phrase ends where the speaker changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from shared.diarization.speech_turn import SpeechTurn
from shared.text_forms import text_forms
from shared.text_forms.joining import join_words
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Alternative, Phrase, Word

# A run of words in which its speaker is active for less than this goes to a neighbour: word times
# have an error of about 0.2 s, so at every change a word would go to the wrong speaker.
SHORTEST_TURN_S = 0.3


def assign_speakers(
    phrases: Sequence[Phrase], exclusive: Sequence[SpeechTurn]
) -> tuple[Phrase, ...]:
    """Return phrases of one speaker each, numbered from 1 in the order of first appearance.

    A word gets the speaker who is active for most of it, a word without speech the speaker of the
    nearest turn. A phrase with words of several speakers is split and keeps only its best
    alternative. A phrase without word times, or with a translation, cannot be split: it gets the
    speaker who is active for most of it.

    Parameters
    ----------
    phrases: of one channel, or of several that were mixed for diarization; in any order.
    exclusive: `Diarization.exclusive` of the same audio. Without a turn no phrase gets a speaker.
    """
    if not exclusive:
        return tuple(phrases)
    timeline = Timeline(exclusive)
    parts = [part for phrase in phrases for part in _split_phrase(phrase, timeline)]
    numbers: dict[int | None, int] = {}
    for part in sorted(parts, key=lambda part: part.offset_s):
        numbers.setdefault(part.speaker, len(numbers) + 1)
    return tuple(replace(part, speaker=numbers[part.speaker]) for part in parts)


class Timeline:
    """Exclusive turns, searchable by time.

    Parameters
    ----------
    turns: not empty, ordered by time, without overlap.
    """

    def __init__(self, turns: Sequence[SpeechTurn]) -> None:
        self._turns = turns
        self._starts = [turn.offset_s for turn in turns]
        self._ends = [turn.end_s for turn in turns]

    def speaker(self, start_s: float, end_s: float) -> int:
        """Return the speaker of most of an interval, else the speaker of the nearest turn."""
        spoken_s = self.speech_s(start_s, end_s)
        if spoken_s:
            return max(spoken_s, key=lambda speaker: spoken_s[speaker])
        after = bisect_left(self._starts, end_s)
        around = self._turns[max(0, after - 1) : after + 1]
        return min(
            around, key=lambda turn: max(turn.offset_s - end_s, start_s - turn.end_s)
        ).speaker

    def speech_s(self, start_s: float, end_s: float) -> dict[int, float]:
        """Return the seconds of speech of each speaker in an interval."""
        first = bisect_right(self._ends, start_s)
        spoken_s: dict[int, float] = {}
        for turn in self._turns[first:]:
            if turn.offset_s >= end_s:
                break
            overlap_s = min(end_s, turn.end_s) - max(start_s, turn.offset_s)
            spoken_s[turn.speaker] = spoken_s.get(turn.speaker, 0.0) + overlap_s
        return spoken_s


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive words of one speaker: `first` to one before `last`."""

    speaker: int
    first: int
    last: int


def _split_phrase(phrase: Phrase, timeline: Timeline) -> Iterator[Phrase]:
    if not phrase.words or phrase.translations:
        end_s = phrase.offset_s + phrase.duration_s
        yield replace(phrase, speaker=timeline.speaker(phrase.offset_s, end_s))
        return
    runs = _speaker_runs(phrase.words, timeline)
    if len(runs) == 1:
        yield replace(phrase, speaker=runs[0].speaker)
        return
    shown = _display_words_by_run(phrase.display_words, phrase.words, runs)
    itn = _split_text(phrase.best.itn, phrase, shown)
    masked_itn = _split_text(phrase.best.masked_itn, phrase, shown)
    for place, run in enumerate(runs):
        words = phrase.words[run.first : run.last]
        display_words = tuple(phrase.display_words[index] for index in shown[place])
        language = phrase.locale.partition("-")[0].lower()
        reading = Alternative(
            confidence=phrase.best.confidence,
            lexical=join_words((word.text for word in words), language),
            itn=itn[place],
            masked_itn=masked_itn[place],
            display=join_words((word.text for word in display_words), language),
        )
        yield replace(
            phrase,
            offset_s=words[0].offset_s,
            duration_s=_end_s(words[-1]) - words[0].offset_s,
            n_best=(reading,),
            words=words,
            display_words=display_words,
            speaker=run.speaker,
        )


def _speaker_runs(words: Sequence[Word], timeline: Timeline) -> list[_Run]:
    """Group words by speaker; a run in which its speaker is hardly active joins a neighbour."""
    speakers = [timeline.speaker(word.offset_s, _end_s(word)) for word in words]
    runs = _group_runs(speakers)
    while len(runs) > 1:
        spoken_s = [
            timeline.speech_s(words[run.first].offset_s, _end_s(words[run.last - 1])).get(
                run.speaker, 0.0
            )
            for run in runs
        ]
        weakest = min(range(len(runs)), key=lambda place: spoken_s[place])
        if spoken_s[weakest] >= SHORTEST_TURN_S:
            break
        neighbours = [place for place in (weakest - 1, weakest + 1) if 0 <= place < len(runs)]
        stronger = max(neighbours, key=lambda place: spoken_s[place])
        run = runs[weakest]
        speakers[run.first : run.last] = [runs[stronger].speaker] * (run.last - run.first)
        runs = _group_runs(speakers)
    return runs


def _group_runs(speakers: Sequence[int]) -> list[_Run]:
    runs: list[_Run] = []
    first = 0
    for speaker, group in groupby(speakers):
        last = first + len(list(group))
        runs.append(_Run(speaker, first, last))
        first = last
    return runs


def _display_words_by_run(
    shown: Sequence[Word], words: Sequence[Word], runs: Sequence[_Run]
) -> list[range]:
    """Return the indices of the display words of each run: those with their middle in its time.

    One display word may stand for several lexical ones, such as a number; it goes to one run.
    """
    ranges: list[range] = []
    first = 0
    for run in runs:
        last = len(shown)
        if run.last < len(words):
            boundary_s = (_end_s(words[run.last - 1]) + words[run.last].offset_s) / 2
            last = first
            while (
                last < len(shown) and shown[last].offset_s + shown[last].duration_s / 2 < boundary_s
            ):
                last += 1
        ranges.append(range(first, last))
        first = last
    return ranges


def _split_text(text: str, phrase: Phrase, shown: Sequence[range]) -> list[str]:
    """Split a text form of the phrase as its display words are split.

    Where the form has another number of words (a separate mark, a script without spaces, a
    thousand written with a space), it is derived again from the display words of each run.
    """
    pieces = text.split()
    if len(pieces) == len(phrase.display_words):
        return [" ".join(pieces[place.start : place.stop]) for place in shown]
    displays = [[phrase.display_words[index].text for index in place] for place in shown]
    return [text_forms(display, phrase.locale, ProfanityMode.RAW).itn for display in displays]


def _end_s(word: Word) -> float:
    return word.offset_s + word.duration_s
