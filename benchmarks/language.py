"""Which language is spoken, and when: real clips whole, cut short and joined."""

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
from shared.audio.channels import mix_to_mono
from shared.audio.stream import RawPcm, open_audio
from shared.language.locales import default_locale, language_of
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber

Samples = npt.NDArray[np.int16]

# The truth among the languages that it is taken for most easily.
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
# Of each language, the one beyond these four that it is taken for most easily.
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
    """Two clips one after the other, in four candidate languages; `change_s` is where they meet."""

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
    """Clips right whole and cut, accented ones, joins, silence, and what it costs."""
    transcriber = LocalTranscriber(settings)
    several = spoken_clips(clips, "multilingual")
    speech = [clip for clip in several if clip.name != SILENT][:at_most]
    accented = spoken_clips(clips, "l2_english")[:at_most]
    joins = seeded_joins(speech, N_JOINS if at_most is None else at_most)
    switched = spoken_clips(clips, "codeswitch")
    told = [_told(transcriber, clip, ("en", "zh")) for clip in switched]
    whole = _n_right(transcriber, speech)
    cut_at_start = _n_right(transcriber, [_cut(clip, 0.0) for clip in speech])
    phrases = sum(
        _told(transcriber, one, CONFUSABLE[one.language]) == [one.language] for one in speech
    )
    english = {
        other: sum(_main(transcriber, clip, (other, "en")) == "en" for clip in accented)
        for other in ("es", "fr", "zh")
    }
    refused = sum(_main(transcriber, clip, without_truth(clip)) is None for clip in speech)
    joined = sum(is_right(transcriber, join) for join in joins)
    silent = [
        _main(transcriber, clip, ("sv", "de", "en")) for clip in several if clip.name == SILENT
    ]
    ratios = _cost_ratios(transcriber, speech)
    n = len(speech)
    return Section(
        title="Language identification",
        figures=(
            _of("right among four confusable candidates, whole clips", whole, n, n),
            _of("right by phrase, whole clips", phrases, n, n),
            _of(f"right cut to the first {CUT_S} s", cut_at_start, n, math.ceil(0.9 * n)),
            *(
                _of(
                    f"English by Mandarin speakers, the other candidate {other}",
                    right,
                    len(accented),
                    len(accented),
                )
                for other, right in english.items()
            ),
            _of(
                "refused among four languages that are not the clip's, but near",
                refused,
                n,
                math.ceil(0.8 * n),
            ),
            _of(
                "joins: both languages in order, the change within 1 s",
                joined,
                len(joins),
                len(joins),
            ),
            _of(
                "code switching, English and Chinese in turn",
                sum(one == list(CODE_SWITCH) for one in told),
                len(told),
                len(told),
            ),
            Figure(
                "published silence",
                "no language" if silent == [None] else "a language",
                asked="no language",
                met=silent == [None],
            ),
            Figure(
                "time by phrase ÷ time with the language known, median of clips",
                f"{statistics.median(ratios):.2f}",
                asked="at most 1.1",
                met=statistics.median(ratios) <= 1.1,
            ),
        ),
        numbers={"cost_ratios": ratios, "english": english, "joins": joined},
        note="Candidates are the truth and three languages it is taken for most easily; of a join"
        " its two and two more. A clip that is refused as in none of them is not right.",
        systems=("Sotto",),
    )


def spoken_clips(clips: Iterable[Clip], folder: str) -> list[SpokenClip]:
    """Decoded clips of a folder; the manifest says which language they are in."""
    return [
        SpokenClip(clip.name, clip.language, samples_of(clip.path.read_bytes()))
        for clip in clips
        if clip.folder == folder
    ]


def samples_of(encoded: bytes) -> Samples:
    """All samples of an encoded clip, mixed to mono at 16 kHz."""
    with open_audio(encoded) as stream:
        return np.concatenate([mix_to_mono(block) for block in stream])


def seeded_joins(clips: Sequence[SpokenClip], n_joins: int) -> list[Join]:
    """The same joins in every run; long clips are cut."""
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
    """Four languages that a clip is taken for most easily, its own not among them."""
    near = [language for language in CONFUSABLE[clip.language] if language != clip.language]
    return (*near, NEAREST_ELSEWHERE[clip.language])


def _shortened(clip: SpokenClip) -> SpokenClip:
    n_samples = round(LONGEST_JOINED_S * SAMPLE_RATE)
    return SpokenClip(clip.name, clip.language, clip.samples[:n_samples])


def is_right(transcriber: LocalTranscriber, join: Join) -> bool:
    """Whether both languages are found in order, the second within 1 s of its speech."""
    phrases = phrases_of(transcriber, join.samples, join.candidates)
    told = [language for language, _ in groupby(language_of(one.locale) for one in phrases)]
    if told != [join.first.language, join.second.language]:
        print(f"  {join.first.name} + {join.second.name}: {' '.join(told)}")
        return False
    changed_s = next(p.offset_s for p in phrases if language_of(p.locale) == told[1])
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
    """Phrases with their languages told apart."""
    options = RecognitionOptions(
        locales=tuple(map(default_locale, languages)),
        language_per_phrase=True,
        word_timestamps=True,
    )
    with open_audio(samples.tobytes(), raw=RawPcm(n_channels=1)) as stream:
        results = transcriber.recognise(stream, options)
        return [result for result in results if isinstance(result, Phrase)]


def _told(transcriber: LocalTranscriber, clip: SpokenClip, languages: Sequence[str]) -> list[str]:
    phrases = phrases_of(transcriber, clip.samples, languages)
    return [language for language, _ in groupby(language_of(one.locale) for one in phrases)]


def _main(transcriber: LocalTranscriber, clip: SpokenClip, languages: Sequence[str]) -> str | None:
    """The language of a clip; None without speech, and for speech in none of these languages."""
    locales = tuple(map(default_locale, languages))
    with open_audio(clip.samples.tobytes(), raw=RawPcm(n_channels=1)) as stream:
        identified = transcriber.identify_language(stream, locales)
    if identified is None or not identified.is_in_set:
        return None
    return language_of(identified.locale)


def _n_right(transcriber: LocalTranscriber, clips: Sequence[SpokenClip]) -> int:
    n_right = 0
    for clip in clips:
        found = _main(transcriber, clip, CONFUSABLE[clip.language])
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
        for _ in range(3):  # in turn, so that what else the machine does meets both
            alone_s.append(_elapsed_s(partial(phrases_of, transcriber, clip.samples, known)))
            among_s.append(_elapsed_s(partial(phrases_of, transcriber, clip.samples, several)))
        ratios.append(min(among_s) / min(alone_s))
    return ratios


def _elapsed_s(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _of(what: str, n_right: int, n_all: int, n_asked: int) -> Figure:
    return Figure(
        what, f"{n_right} of {n_all}", asked=f"at least {n_asked}", met=n_right >= n_asked
    )
