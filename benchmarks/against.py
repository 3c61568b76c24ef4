"""Ratios of this checkout to another one, in rounds: times, memory, word error rate.

Both run on the same machine in the same minutes and take turns; the order alternates. A ratio is
taken within a round, in which other load of the machine affects both.
"""

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.checkouts import Both, Checkouts, open_checkouts
from benchmarks.clips import Clip, clips_of, drawn_clips
from benchmarks.language import CONFUSABLE, SILENT
from benchmarks.report import Figure, Section
from benchmarks.same_files import measure_same_files
from benchmarks.same_texts import measure_same_texts
from benchmarks.server import Answer, SottoServer
from benchmarks.word_error_rate import WordErrors, count_errors, word_error_rate
from shared.language.locales import default_locale

RATIO_SECTIONS = ("cold", "memory", "speed", "long", "language")
SECTIONS = (*RATIO_SECTIONS, "texts", "files")
LEAST_ROUNDS = 5  # for the page

_MOST_TIME_RATIO = 1.03
_MOST_MEMORY_RATIO = 1.02
_N_CLIPS = 24
_SEED = 20_261_124
_COLD_CLIP_S = 5.0
_COLD_STARTS = 3  # of each checkout in a round
_MEMORY_REQUESTS = 40

Send = Callable[[SottoServer], Answer]


@dataclass(slots=True)
class Ratios:
    """Measurements of both, round by round; small is good."""

    unit: str
    most: float
    rounds: list[list[Both[float]]] = field(default_factory=list)

    @property
    def by_round(self) -> list[float]:
        """New ÷ old: of each round the median of its pairs."""
        return [statistics.median(pair.new / pair.old for pair in pairs) for pairs in self.rounds]

    def figure(self, what: str) -> Figure:
        """Medians of both, and the median of the rounds' ratios with the least and the most."""
        pairs = [pair for of_round in self.rounds for pair in of_round]
        ratios = self.by_round
        median = statistics.median(ratios)
        return Figure(
            what,
            self._text(statistics.median(pair.new for pair in pairs)),
            self._text(statistics.median(pair.old for pair in pairs)),
            target=f"at most {self.most}",
            met=median <= self.most,
            others=(f"{median:.3f} ({min(ratios):.3f} to {max(ratios):.3f})",),
        )

    def numbers(self) -> dict[str, Any]:
        """Every single value."""
        return {
            "ratios": self.by_round,
            "new": [[pair.new for pair in pairs] for pairs in self.rounds],
            "old": [[pair.old for pair in pairs] for pairs in self.rounds],
        }

    def _text(self, value: float) -> str:
        if self.unit == "MB":
            return f"{value / 1e6:.0f} MB"
        return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.0f} ms"


def times() -> Ratios:
    """Ratios of times in seconds."""
    return Ratios("s", _MOST_TIME_RATIO)


def memory() -> Ratios:
    """Ratios of memory in bytes."""
    return Ratios("MB", _MOST_MEMORY_RATIO)


@dataclass(slots=True)
class Texts:
    """Texts of both in the clips of a section: that of the first round counts."""

    texts: dict[str, Both[str]] = field(default_factory=dict)
    unsteady: set[str] = field(default_factory=set)

    def add(self, name: str, texts: Both[str]) -> None:
        """Keep the texts of a clip, or record that a later round differs."""
        if self.texts.setdefault(name, texts) != texts:
            self.unsteady.add(name)

    def figures(self, clips: Sequence[Clip]) -> tuple[Figure, ...]:
        """Errors of both on clips with a reference, and clips that differ by round."""
        spoken = [clip for clip in clips if clip.text]
        new = [_errors(clip, self.texts[clip.name].new) for clip in spoken]
        old = [_errors(clip, self.texts[clip.name].old) for clip in spoken]
        errors = Both(sum(one.n_errors for one in new), sum(one.n_errors for one in old))
        return (
            Figure(
                f"WER of {len(spoken)} clips, {sum(one.n_words for one in new)} words",
                f"{word_error_rate(new):.2f} %",
                f"{word_error_rate(old):.2f} %",
                target="equal",
                met=errors.new == errors.old,
            ),
            Figure("texts that differ from round to round", str(len(self.unsteady))),
        )


def measure_against(
    other: Path, only: Sequence[str], clips: tuple[Clip, ...], n_rounds: int, n_clips: int | None
) -> Iterator[tuple[str, Section]]:
    """Measure some of `SECTIONS` on this checkout and another one, lazily.

    Raises
    ------
    ForeignCode: `other` is no checkout of the project.
    """
    most = _N_CLIPS if n_clips is None else n_clips
    first = clips_of(clips, "en_read")[0].path.read_bytes()

    def use(server: SottoServer) -> None:
        """Send a clip to each contract, so that no measured request is the first of its kind."""
        for send in (_fast(first, ("en-US",)), _short(first)):
            send(server)

    with open_checkouts(other, use) as checkouts, ExitStack() as running:
        commits = checkouts.commits

        @cache
        def servers() -> Both[SottoServer]:
            started = running.enter_context(checkouts.started())
            started.map(use)
            return started

        measures: dict[str, Callable[[], Section]] = {
            # Fresh processes first, while no other process is in memory.
            "cold": lambda: _cold(checkouts, clips, n_rounds),
            "memory": lambda: _memory(checkouts, clips, n_rounds),
            "speed": lambda: _speed(commits, servers(), clips, n_rounds, most),
            "long": lambda: _long(commits, servers(), clips_of(clips, "long"), n_rounds),
            "language": lambda: _language(commits, servers(), clips, n_rounds, n_clips),
            "texts": lambda: measure_same_texts(commits, servers(), clips, n_clips),
            "files": lambda: measure_same_files(checkouts, clips, n_clips),
        }
        for name, measure in measures.items():
            if name in only:
                yield name, measure()


def _speed(
    commits: Both[str],
    servers: Both[SottoServer],
    clips: tuple[Clip, ...],
    n_rounds: int,
    n_clips: int,
) -> Section:
    """Read English, by both contracts with one request."""
    drawn = drawn_clips(clips, "en_read", n_clips, _SEED)
    fast, short, texts = times(), times(), Texts()
    for index in range(n_rounds):
        answers = _round(servers, drawn, index, _english)
        fast.rounds.append(_elapsed(answers.values()))
        for clip_name, both in answers.items():
            texts.add(clip_name, both.map(lambda answer: answer.text))
        answers = _round(servers, drawn, index, lambda _, audio: _short(audio))
        short.rounds.append(_elapsed(answers.values()))
        _print_round("speed", index, fast, short)
    return _section(
        f"speed, warm, {len(drawn)} clips of read English drawn with seed {_SEED}",
        commits,
        n_rounds,
        {"fast transcription: time of a clip": fast, "short audio: time of a clip": short},
        texts.figures(drawn),
    )


def _long(
    commits: Both[str], servers: Both[SottoServer], clips: Sequence[Clip], n_rounds: int
) -> Section:
    """Minutes of speech in one request, file by file."""
    measured, texts = {clip.name: times() for clip in clips}, Texts()
    for index in range(n_rounds):
        answers = _round(servers, clips, index, _english)
        for name, both in answers.items():
            measured[name].rounds.append(_elapsed([both]))
            texts.add(name, both.map(lambda answer: answer.text))
        _print_round("long", index, *measured.values())
    lengths = {clip.name: clip.seconds for clip in clips}
    return _section(
        "long audio, warm",
        commits,
        n_rounds,
        {f"`{name}`, {lengths[name]:.0f} s: time": one for name, one in measured.items()},
        texts.figures(clips),
    )


def _cold(checkouts: Checkouts, clips: tuple[Clip, ...], n_rounds: int) -> Section:
    """Process start to `/ready`, and to the first transcript; peak memory until then."""
    clip = min(clips_of(clips, "en_read"), key=lambda one: abs(one.seconds - _COLD_CLIP_S))
    audio = clip.path.read_bytes()

    def start(folder: Path) -> tuple[float, float, float]:
        with checkouts.start(folder) as server:
            ready_s = server.wait_until_ready()
            transcript_s = ready_s + _accepted(_fast(audio, ("en-US",))(server)).elapsed_s
            return ready_s, transcript_s, float(server.peak_bytes)

    ready, transcript, peak = times(), times(), memory()
    for index in range(n_rounds):
        starts = [
            checkouts.folders.in_turns(start, new_first=(index + repeat) % 2 == 0)
            for repeat in range(_COLD_STARTS)
        ]
        for column, ratios in enumerate((ready, transcript, peak)):
            ratios.rounds.append([Both(one.new[column], one.old[column]) for one in starts])
        _print_round("cold", index, ready, transcript, peak)
    return _section(
        f"cold start, {_COLD_STARTS} starts of each in a round",
        checkouts.commits,
        n_rounds,
        {
            "process start to `/ready`": ready,
            f"process start to the transcript of a {clip.seconds:.1f} s clip": transcript,
            "peak memory by then": peak,
        },
    )


def _memory(checkouts: Checkouts, clips: tuple[Clip, ...], n_rounds: int) -> Section:
    """A fresh process of each in every round: short requests, then one of minutes."""
    recordings = [
        clip.path.read_bytes()
        for clip in drawn_clips(clips, "en_read", _MEMORY_REQUESTS // 4, _SEED)
    ]
    longest = min(clips_of(clips, "long"), key=lambda clip: clip.seconds)
    long_recording = longest.path.read_bytes()

    def work(folder: Path) -> tuple[float, float]:
        with checkouts.start(folder) as server:
            server.wait_until_ready()
            for audio in islice(cycle(recordings), _MEMORY_REQUESTS):
                _accepted(_fast(audio, ("en-US",))(server))
            resident = server.resident_bytes
            _accepted(_fast(long_recording, ("en-US",))(server))
            return float(resident), float(server.peak_bytes)

    resident, peak = memory(), memory()
    for index in range(n_rounds):
        both = checkouts.folders.in_turns(work, new_first=index % 2 == 0)
        resident.rounds.append([Both(both.new[0], both.old[0])])
        peak.rounds.append([Both(both.new[1], both.old[1])])
        _print_round("memory", index, resident, peak)
    return _section(
        "memory of a fresh process",
        checkouts.commits,
        n_rounds,
        {
            f"resident after {_MEMORY_REQUESTS} short requests": resident,
            f"peak after {longest.seconds:.0f} s in one request more": peak,
        },
    )


def _language(
    commits: Both[str],
    servers: Both[SottoServer],
    clips: tuple[Clip, ...],
    n_rounds: int,
    n_clips: int | None,
) -> Section:
    """Clips of ten languages, each among four candidates."""
    spoken = [clip for clip in clips_of(clips, "multilingual", n_clips) if clip.name != SILENT]
    measured, texts, right = times(), Texts(), Both(0, 0)
    for index in range(n_rounds):
        answers = _round(
            servers,
            spoken,
            index,
            _among_four,
        )
        measured.rounds.append(_elapsed(answers.values()))
        for name, both in answers.items():
            texts.add(name, both.map(lambda answer: answer.text))
        if index == 0:
            found = [answers[clip.name].map(_locale) for clip in spoken]
            expected = [default_locale(clip.language) for clip in spoken]
            right = Both(
                sum(one.new == locale for one, locale in zip(found, expected, strict=True)),
                sum(one.old == locale for one, locale in zip(found, expected, strict=True)),
            )
        _print_round("language", index, measured)
    n_spoken = len(spoken)
    return _section(
        f"language identification, {n_spoken} clips, each among four locales",
        commits,
        n_rounds,
        {"time of a clip": measured},
        (
            Figure(
                "language right",
                f"{right.new} of {n_spoken}",
                f"{right.old} of {n_spoken}",
                target="equal",
                met=right.new == right.old,
            ),
            *texts.figures(spoken),
        ),
    )


def _round(
    servers: Both[SottoServer],
    clips: Sequence[Clip],
    index: int,
    request: Callable[[Clip, bytes], Send],
) -> dict[str, Both[Answer]]:
    """Send every clip to both, one request at a time; the order alternates by clip and round."""
    answers = {}
    for place, clip in enumerate(clips):
        send = request(clip, clip.path.read_bytes())
        both = servers.in_turns(send, new_first=(index + place) % 2 == 0)
        answers[clip.name] = both.map(_accepted)
    return answers


def _english(_clip: Clip, audio: bytes) -> Send:
    return _fast(audio, ("en-US",))


def _among_four(clip: Clip, audio: bytes) -> Send:
    return _fast(audio, tuple(map(default_locale, CONFUSABLE[clip.language])))


def _fast(audio: bytes, locales: Sequence[str]) -> Send:
    definition: Mapping[str, Any] = {"locales": list(locales), "profanityFilterMode": "None"}
    return lambda server: server.transcribe_as(audio, definition)


def _short(audio: bytes) -> Send:
    return lambda server: server.recognise_short_audio(audio)


def _accepted(answer: Answer) -> Answer:
    """Return the answer if it is a success.

    Raises
    ------
    RuntimeError: a server refuses the request.
    """
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"A server answers {answer.status}.")
    return answer


def _elapsed(answers: Iterable[Both[Answer]]) -> list[Both[float]]:
    return [both.map(lambda answer: answer.elapsed_s) for both in answers]


def _locale(answer: Answer) -> str:
    return answer.phrases[0]["locale"] if answer.phrases else ""


def _errors(clip: Clip, text: str) -> WordErrors:
    return count_errors(clip.text, text, default_locale(clip.language))


def _print_round(name: str, index: int, *measured: Ratios) -> None:
    ratios = ", ".join(f"{ratio.by_round[-1]:.3f}" for ratio in measured)
    print(f"  {name} {index + 1}: new ÷ old {ratios}", flush=True)


def _section(
    what: str,
    commits: Both[str],
    n_rounds: int,
    measured: Mapping[str, Ratios],
    more: tuple[Figure, ...] = (),
) -> Section:
    return Section(
        title=f"Against {commits.old}: {what}",
        figures=(*(ratios.figure(name) for name, ratios in measured.items()), *more),
        numbers={
            "commits": [commits.new, commits.old],
            "n_rounds": n_rounds,
            "measured": {name: ratios.numbers() for name, ratios in measured.items()},
        },
        note=f"Median of {n_rounds} rounds; the ratio of a round is the median of its pairs.",
        systems=("new", "old", "new ÷ old (least to most round)"),
    )
