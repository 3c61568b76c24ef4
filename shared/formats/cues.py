"""Transcript -> subtitle cues that keep the rules of the field; `docs/subtitles.md` lists them.

`cue_layout.py` chooses where cues and lines end, `cue_times.py` when cues are shown.
Three hours of English take 1.5 s (2 cores).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shared.formats.cue_layout import LONGEST_PAUSE_S, CueLayout, CueLimits
from shared.formats.cue_times import SpokenSpan, screen_times
from shared.formats.scripts import columns, join_sentences
from shared.formats.speaker_labels import count_speaking_channels, label_speaker
from shared.formats.subtitle_options import SubtitleOptions
from shared.formats.timed_text import TimedPiece, timed_pieces
from shared.ticks import milliseconds_from_seconds
from shared.transcript import Phrase, Transcript


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines with their time on screen.

    end_ms: after offset_ms. voice: speaker label, empty where there is only one. names_voice:
    readers need the label, and it fits with a colon before the first line: the speaker changes,
    or several channels speak.
    """

    channel: int
    locale: str
    offset_ms: int
    end_ms: int
    voice: str
    names_voice: bool
    lines: tuple[str, ...]


@dataclass(slots=True)
class _Run:
    """Speech of one voice in one language without a long pause.

    names_first, names_all: its first cue, or each, shows the label.
    """

    channel: int
    locale: str
    voice: str
    names_first: bool
    names_all: bool
    pieces: list[TimedPiece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A cue before its time on screen."""

    run: _Run
    span: SpokenSpan
    names_voice: bool
    lines: tuple[str, ...]


def cues(transcript: Transcript, options: SubtitleOptions | None = None) -> list[Cue]:
    """Return cues in order of time; those of one channel do not overlap.

    A piece of text that is wider than a line, such as an address, is parted.
    """
    options = options or SubtitleOptions()
    names_channel = count_speaking_channels(transcript) > 1
    by_channel: dict[int, list[Phrase]] = {}
    for phrase in transcript.phrases:
        by_channel.setdefault(phrase.channel, []).append(phrase)
    shown = [
        cue
        for phrases in by_channel.values()
        for cue in _channel_cues(
            list(_runs(phrases, options, names_channel=names_channel)),
            transcript.duration_s,
            options,
        )
    ]
    return sorted(shown, key=lambda cue: (cue.offset_ms, cue.channel))


def _runs(
    phrases: Sequence[Phrase], options: SubtitleOptions, *, names_channel: bool
) -> Iterator[_Run]:
    """Join the phrases of a channel, and part them where the voice or language changes."""
    run: _Run | None = None
    for phrase in sorted(phrases, key=lambda phrase: phrase.offset_s):
        voice = label_speaker(phrase, names_channel=names_channel)
        most = _first_columns(voice, options.line_columns(phrase.locale))
        for place, piece in enumerate(timed_pieces(phrase, most)):
            if run is None or not _continues(run, phrase.locale, voice, piece):
                if run is not None:
                    yield run
                is_new = run is None or run.voice != voice
                run = _Run(phrase.channel, phrase.locale, voice, is_new, names_channel)
                run.pieces.append(replace(piece, is_spaced=False))
            elif place == 0:
                touching = join_sentences([run.pieces[-1].text, piece.text])
                is_spaced = len(touching) > len(run.pieces[-1].text) + len(piece.text)
                run.pieces.append(replace(piece, is_spaced=is_spaced))
            else:
                run.pieces.append(piece)
    if run is not None:
        yield run


def _continues(run: _Run, locale: str, voice: str, piece: TimedPiece) -> bool:
    pause_s = piece.offset_s - run.pieces[-1].end_s
    return (run.locale, run.voice) == (locale, voice) and pause_s < LONGEST_PAUSE_S


def _first_columns(voice: str, line_columns: int) -> int:
    """Return the width that a label leaves of the first line, at least half of it."""
    return max(line_columns - columns(f"{voice}: "), line_columns // 2) if voice else line_columns


def _channel_cues(
    runs: Sequence[_Run], duration_s: float, options: SubtitleOptions
) -> Iterator[Cue]:
    drafts: list[_Draft] = []
    followings = [*(run.pieces[0].offset_s for run in runs[1:]), duration_s]
    for run, following_s in zip(runs, followings, strict=bool(runs)):
        drafts += _drafts(run, following_s, options)
    drafts.sort(key=lambda draft: draft.span.offset_ms)
    times = screen_times([draft.span for draft in drafts], milliseconds_from_seconds(duration_s))
    for draft, (offset_ms, end_ms) in zip(drafts, times, strict=True):
        run = draft.run
        yield Cue(
            run.channel, run.locale, offset_ms, end_ms, run.voice, draft.names_voice, draft.lines
        )


def _drafts(run: _Run, following_s: float, options: SubtitleOptions) -> Iterator[_Draft]:
    line_columns = options.line_columns(run.locale)
    columns_per_s = options.columns_per_s(run.locale)
    named_columns = _first_columns(run.voice, line_columns)
    limits = CueLimits(
        opening_columns=named_columns if run.names_first or run.names_all else line_columns,
        first_columns=named_columns if run.names_all else line_columns,
        columns=line_columns,
        max_lines=options.max_lines,
        columns_per_s=columns_per_s,
        min_cue_s=options.min_cue_s,
        max_cue_s=options.max_cue_s,
        following_s=following_s,
    )
    layout = CueLayout(run.pieces, limits, run.locale.partition("-")[0])
    for first, last in layout.cues():
        lines = layout.lines(first, last)
        # A line break counts as the space that it replaces.
        n_columns = sum(map(columns, lines)) + len(lines) - 1
        span = SpokenSpan(
            milliseconds_from_seconds(run.pieces[first].offset_s),
            milliseconds_from_seconds(run.pieces[last - 1].end_s),
            min_ms=milliseconds_from_seconds(options.min_cue_s),
            reading_ms=milliseconds_from_seconds(n_columns / columns_per_s),
            max_ms=milliseconds_from_seconds(options.max_cue_s),
        )
        names_voice = run.names_all or (run.names_first and first == 0)
        yield _Draft(run, span, bool(run.voice) and names_voice, lines)
