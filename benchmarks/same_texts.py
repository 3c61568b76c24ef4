"""Comparison of the answers of two checkouts, clip by clip over the whole speech set.

Requests are sent one at a time, so that none shares a batch with another one. Texts are compared
here and reported as counts only: neither the terminal nor a page shows them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from http import HTTPStatus
from typing import Any

from benchmarks.checkouts import Both
from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from benchmarks.server import Answer, SottoServer
from shared.language.locales import default_locale

_LONGEST_S = 600.0
_PRINT_EVERY = 20
_UNKNOWN_LANGUAGE = "en"
_WITH_SPEAKERS = ("diarization", "long")  # parts of the set with several speakers in one channel

# Aspects of an answer, each compared separately, and the keys of a phrase that belong to it.
_PHRASE_ASPECTS = {
    "texts": ("text",),
    "languages": ("locale",),
    "times of phrases": ("offsetMilliseconds", "durationMilliseconds"),
    "words and their times": ("words",),
    "channels and speakers": ("channel", "speaker"),
    "confidence": ("confidence",),
}
_DURATION = "durationMilliseconds"
ASPECTS = ("status", "duration", *_PHRASE_ASPECTS)


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a clip; `name` includes the kind of transcription."""

    name: str
    clip: Clip
    definition: dict[str, Any]


@dataclass(slots=True)
class Compared:
    """Comparison so far; phrases and words are those of the old answers."""

    n_phrases: int = 0
    n_words: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    differences: list["Difference"] = field(default_factory=list)

    @property
    def n_requests(self) -> int:
        """All requests, including refused ones."""
        return self.statuses.total()

    def add(self, name: str, answers: Both[Answer]) -> None:
        """Compare two answers to one request."""
        self.statuses[answers.old.status] += 1
        self.n_phrases += len(answers.old.phrases)
        self.n_words += len(answers.old.text.split())
        if difference := compare_answers(name, answers):
            self.differences.append(difference)
            print(f"  {difference}", flush=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference of two answers to one request.

    `aspects` are those of `ASPECTS` that are not equal. `n_words_changed` counts inserted, deleted
    and substituted words; `n_words` are those of the old text.
    """

    name: str
    aspects: tuple[str, ...]
    n_words_changed: int
    n_words: int

    def __str__(self) -> str:
        """Name and counts, without text."""
        counted = f"{self.n_words_changed} of {self.n_words} words changed"
        return f"`{self.name}`: {', '.join(self.aspects)}; {counted}"


def measure_same_texts(
    commits: Both[str], servers: Both[SottoServer], clips: Sequence[Clip], n_clips: int | None
) -> Section:
    """Send every clip to both, and list the answers that differ.

    `n_clips` thins the clips out evenly, so that a short run still has every part of the set.
    """
    chosen = [clip for clip in clips if clip.seconds <= _LONGEST_S]
    chosen = chosen[:: max(1, len(chosen) // (n_clips or len(chosen)))][:n_clips]
    too_long = [clip.name for clip in clips if clip.seconds > _LONGEST_S]
    compared = Compared()
    for request in (one for clip in chosen for one in requests_of(clip)):
        audio = request.clip.path.read_bytes()
        compared.add(
            request.name,
            Both(
                servers.new.transcribe_as(audio, request.definition),
                servers.old.transcribe_as(audio, request.definition),
            ),
        )
        if compared.n_requests % _PRINT_EVERY == 0:
            print(
                f"  {compared.n_requests} requests, {len(compared.differences)} differ", flush=True
            )
    return _section(commits, compared, too_long)


def requests_of(clip: Clip) -> Iterator[Request]:
    """Requests of a clip: mixed, by channel, and with speakers, where the clip has several."""
    languages = (clip.language or _UNKNOWN_LANGUAGE).split(",")
    definition = {
        "locales": [default_locale(language) for language in languages],
        "profanityFilterMode": "None",
    }
    yield Request(clip.name, clip, definition)
    if clip.n_channels == 2:
        yield Request(f"{clip.name}, channels", clip, definition | {"channels": [0, 1]})
    if clip.folder in _WITH_SPEAKERS:
        speakers = {"diarization": {"enabled": True, "maxSpeakers": 8}}
        yield Request(f"{clip.name}, speakers", clip, definition | speakers)


def compare_answers(name: str, answers: Both[Answer]) -> Difference | None:
    """Compare two answers; return the aspects that differ, None if all are equal."""
    aspects = [
        aspect
        for aspect, keys in _PHRASE_ASPECTS.items()
        if _values(answers.new, keys) != _values(answers.old, keys)
    ]
    if answers.new.text != answers.old.text and "texts" not in aspects:
        aspects.insert(0, "texts")
    if answers.new.body.get(_DURATION) != answers.old.body.get(_DURATION):
        aspects.insert(0, "duration")
    if _status(answers.new) != _status(answers.old):
        aspects.insert(0, "status")
    if not aspects:
        return None
    return Difference(name, tuple(aspects), n_words_changed(answers), len(answers.old.text.split()))


def n_words_changed(answers: Both[Answer]) -> int:
    """Count the words of either text that differ from the other one at their place.

    The text of the file and those of its phrases are compared; the larger number counts.
    """
    return max(
        _n_words_changed(answers.map(lambda answer: answer.text)),
        _n_words_changed(answers.map(lambda answer: " ".join(_spoken(answer)))),
    )


def _n_words_changed(texts: Both[str]) -> int:
    old, new = texts.old.split(), texts.new.split()
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(
        max(old_end - old_start, new_end - new_start)
        for kind, old_start, old_end, new_start, new_end in changes
        if kind != "equal"
    )


def _spoken(answer: Answer) -> list[str]:
    return [phrase["text"] for phrase in answer.phrases]


def _status(answer: Answer) -> tuple[int, Any, Any]:
    """Status and, in an error, the codes of the contract; messages may be reworded."""
    inner = answer.body.get("innerError") or {}
    return answer.status, answer.body.get("code"), inner.get("code")


def _values(answer: Answer, keys: Sequence[str]) -> list[tuple[Any, ...]]:
    return [tuple(phrase.get(key) for key in keys) for phrase in answer.phrases]


def _section(commits: Both[str], compared: Compared, too_long: Sequence[str]) -> Section:
    n_requests, differences = compared.n_requests, compared.differences
    n_differing = Counter(aspect for one in differences for aspect in one.aspects)
    refused = n_requests - compared.statuses[HTTPStatus.OK]
    counted = (
        f"One request at a time, each to both: {compared.n_phrases} phrases with"
        f" {compared.n_words} words; {refused} requests are refused. Left out because they are"
        f" longer than {_LONGEST_S:.0f} s: {', '.join(too_long) or 'none'}."
    )
    notes = [counted]
    if differences:
        notes += ["Not the same:", "\n".join(f"- {one}" for one in differences)]
    return Section(
        title=f"Against {commits.old}: the same answers",
        figures=(
            _row("whole answers", n_requests - len(differences), n_requests),
            *(_row(aspect, n_requests - n_differing[aspect], n_requests) for aspect in ASPECTS),
        ),
        numbers={
            "commits": [commits.new, commits.old],
            "n_requests": n_requests,
            "differences": [str(one) for one in differences],
        },
        note="\n\n".join(notes),
        systems=("equal",),
    )


def _row(what: str, n_equal: int, n_all: int) -> Figure:
    has_target = what == "texts"
    return Figure(
        what,
        f"{n_equal} of {n_all}",
        target="all" if has_target else "",
        met=n_equal == n_all if has_target else None,
    )
