"""Ratios of this checkout to another one, in rounds: times, memory, word error rate.

Both run on the same machine in the same minutes and take turns; the order alternates. A ratio is
taken within a round, in which other load of the machine affects both.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.checkouts import Both, Checkouts, open_checkouts
from benchmarks.clips import Clip, clips_of, drawn_clips
from benchmarks.language import CONFUSABLE, SILENT
from benchmarks.ratios import Ratios, Texts, memory, times
from benchmarks.report import Figure, Section
from benchmarks.same_files import measure_same_files
from benchmarks.same_texts import measure_same_texts
from benchmarks.server import Answer, SottoServer
from shared.language.locales import default_locale

RATIO_SECTIONS = ("cold", "memory", "speed", "long", "language")
SECTIONS = (*RATIO_SECTIONS, "texts", "files")
LEAST_ROUNDS = 5  # for the page

_N_CLIPS = 24
_SEED = 20_261_124
_COLD_CLIP_S = 5.0
_COLD_STARTS = 3  # of each checkout in a round
_MEMORY_REQUESTS = 40

Send = Callable[[SottoServer], Answer]


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
