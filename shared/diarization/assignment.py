"""Who said which words: phrases get speakers, and end where the speaker changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from shared.diarization.speech_turn import SpeechTurn
from shared.text_forms import text_forms
from shared.text_forms.joining import joined
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Alternative, Phrase, Word

# Words of a speaker who is heard for less than this among those of others are theirs: word times
# are right to about 0.2 s, and at every change a word would seem to be the other's.
SHORTEST_TURN_S = 0.3


def assign_speakers(
    phrases: Sequence[Phrase], exclusive: Sequence[SpeechTurn]
) -> tuple[Phrase, ...]:
    """Return phrases of one speaker each, numbered from 1 in the order of first appearance.

    A word belongs to whoever speaks for most of it, and a word in which nobody was heard to the
    nearest turn. A phrase whose words belong to several is parted; its first alternative alone is
    kept then. A phrase without word times, or with a translation, which could not be parted, goes
    whole to whoever speaks for most of it.

    Parameters
    ----------
    phrases: of one channel, or of several that were mixed for diarization; in any order.
    exclusive: `Diarization.exclusive` of the same audio. Without a turn no phrase gets a speaker.
    """
    if not exclusive:
        return tuple(phrases)
    timeline = Timeline(exclusive)
    parted = [part for phrase in phrases for part in _parts(phrase, timeline)]
    numbers: dict[int | None, int] = {}
    for phrase in sorted(parted, key=lambda phrase: phrase.offset_s):
        numbers.setdefault(phrase.speaker, len(numbers) + 1)
    return tuple(replace(phrase, speaker=numbers[phrase.speaker]) for phrase in parted)


class Timeline:
    """Exclusive turns that can be asked for a moment.

    Parameters
    ----------
    turns: not empty, by time, no two at once.
    """

    def __init__(self, turns: Sequence[SpeechTurn]) -> None:
        self._turns = turns
        self._starts = [turn.offset_s for turn in turns]
        self._ends = [turn.end_s for turn in turns]

    def speaker(self, start_s: float, end_s: float) -> int:
        """Return who speaks for most of this time, else who speaks nearest to it."""
        spoken_s = self.speech_s(start_s, end_s)
        if spoken_s:
            return max(spoken_s, key=lambda speaker: spoken_s[speaker])
        after = bisect_left(self._starts, end_s)
        around = self._turns[max(0, after - 1) : after + 1]
        return min(
            around, key=lambda turn: max(turn.offset_s - end_s, start_s - turn.end_s)
        ).speaker

    def speech_s(self, start_s: float, end_s: float) -> dict[int, float]:
        """Seconds of speech of each speaker between two moments."""
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


def _parts(phrase: Phrase, timeline: Timeline) -> Iterator[Phrase]:
    if not phrase.words or phrase.translations:
        end_s = phrase.offset_s + phrase.duration_s
        yield replace(phrase, speaker=timeline.speaker(phrase.offset_s, end_s))
        return
    runs = _speaker_runs(phrase.words, timeline)
    if len(runs) == 1:
        yield replace(phrase, speaker=runs[0].speaker)
        return
    shown = _by_run(phrase.display_words, phrase.words, runs)
    itn = _split_text(phrase.best.itn, phrase, shown)
    masked_itn = _split_text(phrase.best.masked_itn, phrase, shown)
    for place, run in enumerate(runs):
        words = phrase.words[run.first : run.last]
        display_words = tuple(phrase.display_words[index] for index in shown[place])
        language = phrase.locale.partition("-")[0].lower()
        reading = Alternative(
            confidence=phrase.best.confidence,
            lexical=joined((word.text for word in words), language),
            itn=itn[place],
            masked_itn=masked_itn[place],
            display=joined((word.text for word in display_words), language),
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
    """Part words by speaker; a run in which its speaker is hardly heard joins its neighbours."""
    speakers = [timeline.speaker(word.offset_s, _end_s(word)) for word in words]
    runs = _grouped(speakers)
    while len(runs) > 1:
        heard_s = [
            timeline.speech_s(words[run.first].offset_s, _end_s(words[run.last - 1])).get(
                run.speaker, 0.0
            )
            for run in runs
        ]
        weakest = min(range(len(runs)), key=lambda place: heard_s[place])
        if heard_s[weakest] >= SHORTEST_TURN_S:
            break
        neighbours = [place for place in (weakest - 1, weakest + 1) if 0 <= place < len(runs)]
        stronger = max(neighbours, key=lambda place: heard_s[place])
        run = runs[weakest]
        speakers[run.first : run.last] = [runs[stronger].speaker] * (run.last - run.first)
        runs = _grouped(speakers)
    return runs


def _grouped(speakers: Sequence[int]) -> list[_Run]:
    runs: list[_Run] = []
    first = 0
    for speaker, group in groupby(speakers):
        last = first + len(list(group))
        runs.append(_Run(speaker, first, last))
        first = last
    return runs


def _by_run(shown: Sequence[Word], words: Sequence[Word], runs: Sequence[_Run]) -> list[range]:
    """Indices of the display words of each run: those whose middle lies in its time.

    A number that two speakers share in the lexical form is written by one of them.
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
    """Part a text of the whole phrase like its display words.

    Where it has other words than they (a mark by itself, a script without spaces, a thousand
    written with a space), the form is made anew from what is displayed.
    """
    pieces = text.split()
    if len(pieces) == len(phrase.display_words):
        return [" ".join(pieces[place.start : place.stop]) for place in shown]
    displays = [[phrase.display_words[index].text for index in place] for place in shown]
    return [text_forms(display, phrase.locale, ProfanityMode.RAW).itn for display in displays]


def _end_s(word: Word) -> float:
    return word.offset_s + word.duration_s
