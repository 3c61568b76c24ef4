"""Language identification and code-switching: real clips whole, cut short and joined."""

import math
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from shared.audio.channels import MonoMixer
from shared.audio.stream import RawPcm, open_audio
from shared.language.locales import default_locale, language_of
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber

Samples = npt.NDArray[np.int16]

# Each language with those that it is most easily confused with.
CONFUSABLE = {
    "de": ("de", "nl", "sv", "en"),
    "en": ("en", "de", "nl", "sv"),
    "es": ("es", "pt", "it", "ca"),
    "fr": ("fr", "es", "it", "ca"),
    "it": ("it", "es", "pt", "ca"),
    "ja": ("ja", "zh", "ko", "en"),
    "pt": ("pt", "es", "it", "ca"),
    "ru": ("ru", "uk", "pl", "cs"),
    "sv": ("sv", "de", "nl", "en"),
    "zh": ("zh", "ja", "ko", "en"),
}
# The language beyond these four that each is most easily confused with.
NEAREST_ELSEWHERE = {
    "de": "da",
    "en": "cy",
    "es": "gl",
    "fr": "pt",
    "it": "ro",
    "ja": "vi",
    "pt": "gl",
    "ru": "bg",
    "sv": "no",
    "zh": "vi",
}
SILENT = "multilingual/se10x016-08071999-1334_u0016001.wav"  # the text as published, no speech
CODE_SWITCH = ("en", "zh", "en", "zh", "en", "zh")
CUT_S = 1.5
LONGEST_JOINED_S = 8.0
N_JOINS = 30
SAMPLE_RATE = 16_000


@dataclass(frozen=True, slots=True)
class SpokenClip:
    """Samples of one clip, 16 kHz mono, and the language in it."""

    name: str
    language: str
    samples: Samples


@dataclass(frozen=True, slots=True)
class Join:
    """Two clips one after the other, with four candidate languages; `change_s` is the boundary."""

    first: SpokenClip
    second: SpokenClip
    candidates: tuple[str, ...]

    @property
    def change_s(self) -> float:
        """Time of the first sample of the second clip."""
        return len(self.first.samples) / SAMPLE_RATE

    @property
    def samples(self) -> Samples:
        """Both."""
        return np.concatenate((self.first.samples, self.second.samples))


def measure_language(settings: Settings, clips: Sequence[Clip], at_most: int | None) -> Section:
    """Accuracy on whole, cut, accented and joined clips and on silence, and the cost."""
    transcriber = LocalTranscriber(settings)
    several = spoken_clips(clips, "multilingual")
    speech = [clip for clip in several if clip.name != SILENT][:at_most]
    accented = spoken_clips(clips, "l2_english")[:at_most]
    joins = seeded_joins(speech, N_JOINS if at_most is None else at_most)
    switched = spoken_clips(clips, "codeswitch")
    identified = [_identified_languages(transcriber, clip, ("en", "zh")) for clip in switched]
    whole = _n_right(transcriber, speech)
    cut_at_start = _n_right(transcriber, [_cut(clip, 0.0) for clip in speech])
    phrases = sum(
        _identified_languages(transcriber, one, CONFUSABLE[one.language]) == [one.language]
        for one in speech
    )
    english = {
        other: sum(_main_language(transcriber, clip, (other, "en")) == "en" for clip in accented)
        for other in ("es", "fr", "zh")
    }
    refused = sum(_main_language(transcriber, clip, without_truth(clip)) is None for clip in speech)
    joined = sum(is_right(transcriber, join) for join in joins)
    silent = [
        _main_language(transcriber, clip, ("sv", "de", "en"))
        for clip in several
        if clip.name == SILENT
    ]
    ratios = _cost_ratios(transcriber, speech)
    n = len(speech)
    return Section(
        title="Language identification",
        figures=(
            _count_figure("right among four confusable candidates, whole clips", whole, n, n),
            _count_figure("right by phrase, whole clips", phrases, n, n),
            _count_figure(f"right cut to the first {CUT_S} s", cut_at_start, n, math.ceil(0.9 * n)),
            *(
                _count_figure(
                    f"English by Mandarin speakers, the other candidate {other}",
                    right,
                    len(accented),
                    len(accented),
                )
                for other, right in english.items()
            ),
            _count_figure(
                "refused among four languages that are not the clip's, but near",
                refused,
                n,
                math.ceil(0.8 * n),
            ),
            _count_figure(
                "joins: both languages in order, the change within 1 s",
                joined,
                len(joins),
                len(joins),
            ),
            _count_figure(
                "code switching, English and Chinese in turn",
                sum(one == list(CODE_SWITCH) for one in identified),
                len(identified),
                len(identified),
            ),
            Figure(
                "published silence",
                "no language" if silent == [None] else "a language",
                target="no language",
                met=silent == [None],
            ),
            Figure(
                "time by phrase ÷ time with the language known, median of clips",
                f"{statistics.median(ratios):.2f}",
                target="at most 1.1",
                met=statistics.median(ratios) <= 1.1,
            ),
        ),
        numbers={"cost_ratios": ratios, "english": english, "joins": joined},
        note="Candidates are the truth and three languages that it is most easily confused with; of"
        " a join its two and two more. A clip that is refused as out of set is not right.",
        systems=("Sotto",),
    )


def spoken_clips(clips: Iterable[Clip], folder: str) -> list[SpokenClip]:
    """Decode the clips of a folder whose language the manifest has."""
    return [
        SpokenClip(clip.name, clip.language, samples_of(clip.path.read_bytes()))
        for clip in clips
        if clip.folder == folder
    ]


def samples_of(encoded: bytes) -> Samples:
    """Decode all samples of a clip, mixed to mono at 16 kHz."""
    with open_audio(encoded) as stream:
        mixer = MonoMixer()
        return np.concatenate([mixer.mix(block) for block in stream])


def seeded_joins(clips: Sequence[SpokenClip], n_joins: int) -> list[Join]:
    """Make the same joins in every run; long clips are cut."""
    chance = random.Random(20240607)  # noqa: S311 - no secret
    joins = []
    for _ in range(n_joins):
        first = chance.choice(clips)
        second = chance.choice([clip for clip in clips if clip.language != first.language])
        others = sorted(set(CONFUSABLE) - {first.language, second.language})
        candidates = [first.language, second.language, *chance.sample(others, 2)]
        chance.shuffle(candidates)
        joins.append(Join(_shortened(first), _shortened(second), tuple(candidates)))
    return joins


def without_truth(clip: SpokenClip) -> tuple[str, ...]:
    """Four languages that a clip is most easily confused with, without its own."""
    near = [language for language in CONFUSABLE[clip.language] if language != clip.language]
    return (*near, NEAREST_ELSEWHERE[clip.language])


def _shortened(clip: SpokenClip) -> SpokenClip:
    n_samples = round(LONGEST_JOINED_S * SAMPLE_RATE)
    return SpokenClip(clip.name, clip.language, clip.samples[:n_samples])


def is_right(transcriber: LocalTranscriber, join: Join) -> bool:
    """Whether both languages are identified in order, the second within 1 s of its start."""
    phrases = phrases_of(transcriber, join.samples, join.candidates)
    identified = [language for language, _ in groupby(language_of(one.locale) for one in phrases)]
    if identified != [join.first.language, join.second.language]:
        print(f"  {join.first.name} + {join.second.name}: {' '.join(identified)}")
        return False
    changed_s = next(p.offset_s for p in phrases if language_of(p.locale) == identified[1])
    alone = phrases_of(transcriber, join.second.samples, (join.second.language,))
    speech_s = join.change_s + alone[0].offset_s
    if is_near := min(abs(changed_s - speech_s), abs(changed_s - join.change_s)) <= 1.0:
        return is_near
    print(
        f"  {join.first.name} + {join.second.name}: {changed_s:.1f} s instead of {speech_s:.1f} s"
    )
    return False


def phrases_of(
    transcriber: LocalTranscriber, samples: Samples, languages: Sequence[str]
) -> list[Phrase]:
    """Phrases of an audio, each with its identified language."""
    options = RecognitionOptions(
        locales=tuple(map(default_locale, languages)),
        language_per_phrase=True,
        word_timestamps=True,
    )
    with open_audio(samples.tobytes(), raw=RawPcm(n_channels=1)) as stream:
        results = transcriber.recognise(stream, options)
        return [result for result in results if isinstance(result, Phrase)]


def _identified_languages(
    transcriber: LocalTranscriber, clip: SpokenClip, languages: Sequence[str]
) -> list[str]:
    phrases = phrases_of(transcriber, clip.samples, languages)
    return [language for language, _ in groupby(language_of(one.locale) for one in phrases)]


def _main_language(
    transcriber: LocalTranscriber, clip: SpokenClip, languages: Sequence[str]
) -> str | None:
    """Main language of a clip; None without speech, or out of set."""
    locales = tuple(map(default_locale, languages))
    with open_audio(clip.samples.tobytes(), raw=RawPcm(n_channels=1)) as stream:
        identified = transcriber.identify_language(stream, locales)
    if identified is None or not identified.is_in_set:
        return None
    return language_of(identified.locale)


def _n_right(transcriber: LocalTranscriber, clips: Sequence[SpokenClip]) -> int:
    n_right = 0
    for clip in clips:
        found = _main_language(transcriber, clip, CONFUSABLE[clip.language])
        n_right += found == clip.language
        if found != clip.language:
            print(f"  {clip.name}, {len(clip.samples) / SAMPLE_RATE:.1f} s: {found}")
    return n_right


def _cut(clip: SpokenClip, start_s: float) -> SpokenClip:
    first, last = (round(time_s * SAMPLE_RATE) for time_s in (start_s, start_s + CUT_S))
    return SpokenClip(clip.name, clip.language, clip.samples[first:last])


def _cost_ratios(transcriber: LocalTranscriber, clips: Sequence[SpokenClip]) -> list[float]:
    ratios = []
    for clip in clips:
        known, several = (clip.language,), CONFUSABLE[clip.language]
        alone_s, among_s = [], []
        for _ in range(3):  # in turn, so that other load of the machine affects both
            alone_s.append(_elapsed_s(partial(phrases_of, transcriber, clip.samples, known)))
            among_s.append(_elapsed_s(partial(phrases_of, transcriber, clip.samples, several)))
        ratios.append(min(among_s) / min(alone_s))
    return ratios


def _elapsed_s(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _count_figure(what: str, n_right: int, n_all: int, n_required: int) -> Figure:
    return Figure(
        what, f"{n_right} of {n_all}", target=f"at least {n_required}", met=n_right >= n_required
    )
