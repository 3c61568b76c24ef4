"""Made-up conversations: turns cut from clips of one reader each, with exact labels.

Everything follows from the seed: who speaks, when, which part of a clip, the room, the noise. A
reader has one clip; where a conversation needs more speech of a person, parts of it come again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import soxr

from benchmarks.clips import Clip
from shared.audio.channels import MonoMixer
from shared.audio.stream import open_audio

SAMPLE_RATE = 16_000
CLEAN, ECHO, TELEPHONE = "clean", "echo and noise", "telephone"
# Half of the conversations are clean.
CONDITIONS = (CLEAN, ECHO, CLEAN, TELEPHONE)
LEVEL = 0.05  # root mean square of speech, -26 dB
# Speech is what is less than this below the loud parts of a clip, and well above its quiet parts.
SPEECH_BELOW_LOUD_DB = 25.0
SPEECH_RANGE = 0.6  # of the range of levels, from the loud parts down
HOP_SAMPLES = 160  # 10 ms
# A longer pause of a reader is silence in the labels, too.
LABELLED_PAUSE_S = 0.5
LEAST_TURN_S, MOST_TURN_S, MEDIAN_TURN_S = 1.0, 12.0, 3.0
LEAST_SPEAKER_S = 2.0
LEAST_CLIP_S = 5.0
PEOPLE_SEED = 14  # of the halves
FULL_SCALE = 32_768  # of int16
SIGNAL_TO_NOISE_DB = 10.0

Floats = npt.NDArray[np.float32]


class LengthClass(NamedTuple):
    """Conversations of one range of lengths."""

    shortest_s: float
    longest_s: float
    most_speakers: int


SHORT, MIDDLE, LONG = (
    LengthClass(10, 60, 4),
    LengthClass(60, 180, 6),
    LengthClass(180, 200, 10),
)
# Most errors are made where there is little speech of a person.
LENGTHS = (SHORT, SHORT, SHORT, MIDDLE, SHORT, SHORT, MIDDLE, SHORT, SHORT, LONG)


class LabelledTurn(NamedTuple):
    """Speech of a person, in seconds from the start."""

    start_s: float
    end_s: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """samples: shape `(n_samples,)`, 16 kHz, -1..1. turns: in order of time, may overlap."""

    name: str
    condition: str
    samples: Floats
    turns: tuple[LabelledTurn, ...]

    @property
    def seconds(self) -> float:
        """Length of the audio."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def n_speakers(self) -> int:
        """Number of people who speak."""
        return len({turn.speaker for turn in self.turns})


def read_people(clips: Sequence[Clip]) -> dict[str, Floats]:
    """Read the clips of `speakers/` that are long enough, by person."""
    people = {}
    for clip in clips:
        if clip.folder == "speakers" and clip.seconds >= LEAST_CLIP_S:
            with open_audio(clip.path.read_bytes()) as stream:
                mixer = MonoMixer()
                samples = np.concatenate([mixer.mix(block) for block in stream])
            people[clip.path.stem.partition("-")[0]] = samples.astype(np.float32) / np.float32(
                FULL_SCALE
            )
    return people


def split_people(people: Sequence[str], seed: int) -> tuple[list[str], list[str]]:
    """Split people into two halves, one to choose on and one to report on."""
    shuffled = [str(one) for one in np.random.default_rng(seed).permutation(sorted(people))]
    middle = len(shuffled) // 2
    return sorted(shuffled[:middle]), sorted(shuffled[middle:])


def make_conversations(
    clips: Mapping[str, Floats], n_conversations: int, seed: int
) -> Iterator[Conversation]:
    """Make conversations, each of which depends on the seed and its index only.

    Parameters
    ----------
    clips: speech of each person, float32, 16 kHz, -1..1.
    """
    readers = {person: Reader(person, samples) for person, samples in sorted(clips.items())}
    for index in range(n_conversations):
        yield make_conversation(readers, index, np.random.default_rng((seed, index)))


def make_conversation(
    readers: Mapping[str, "Reader"], index: int, random: np.random.Generator
) -> Conversation:
    """Make the conversation of this index: its condition and range of lengths go by turns."""
    condition = CONDITIONS[index % len(CONDITIONS)]
    lengths = LENGTHS[index // len(CONDITIONS) % len(LENGTHS)]
    seconds = float(np.exp(random.uniform(np.log(lengths.shortest_s), np.log(lengths.longest_s))))
    # A person needs about four seconds, pauses included.
    most = min(lengths.most_speakers, max(2, int(seconds / 4)))
    n_speakers = int(random.integers(2, most + 1))
    people = [str(one) for one in random.choice(list(readers), n_speakers, replace=False)]
    share_at_once = random.uniform(0, 0.1) if random.random() < 0.5 else 0.0
    said = _speak(readers, people, seconds, share_at_once, random)
    n_samples = max(start + len(part.samples) for start, part in said)
    n_samples += int(random.uniform(0.1, 1.0) * SAMPLE_RATE)
    by_person = {person: np.zeros(n_samples, np.float32) for person in people}
    turns: list[LabelledTurn] = []
    for start, part in said:
        by_person[part.person][start : start + len(part.samples)] += part.samples
        turns += [
            LabelledTurn(start / SAMPLE_RATE + begin_s, start / SAMPLE_RATE + end_s, part.person)
            for begin_s, end_s in part.speech
        ]
    return Conversation(
        name=f"{index:03d}",
        condition=condition,
        samples=_record(list(by_person.values()), condition, random),
        turns=tuple(sorted(turns)),
    )


class Part(NamedTuple):
    """A part of a clip; `speech` has the start and end of its speech in seconds."""

    person: str
    samples: Floats
    speech: tuple[tuple[float, float], ...]

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(end_s - start_s for start_s, end_s in self.speech)


class Reader:
    """A person's clip, level adjusted, and where it may be cut."""

    def __init__(self, person: str, samples: Floats) -> None:
        self.person = person
        n_hops = len(samples) // HOP_SAMPLES
        hops = samples[: n_hops * HOP_SAMPLES].reshape(n_hops, HOP_SAMPLES)
        level_db = 10 * np.log10(np.square(hops).mean(axis=1) + 1e-10)
        quiet_db, loud_db = np.percentile(level_db, (5, 95))
        below_db = min(SPEECH_BELOW_LOUD_DB, SPEECH_RANGE * (loud_db - quiet_db))
        is_speech = level_db > loud_db - below_db
        power = float(np.square(hops[is_speech]).mean())
        self.samples = samples * np.float32(LEVEL / np.sqrt(power))
        self._is_speech = is_speech
        # Between words the level dips: the middle of every 0.15 s that is its own minimum.
        width = 7
        padded = np.pad(level_db, width, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1)
        is_dip = (level_db <= windows.min(axis=1)) & (level_db < np.median(level_db) - 10)
        spoken = np.flatnonzero(is_speech)
        inside = np.flatnonzero(is_dip)
        inside = inside[(inside > spoken[0]) & (inside < spoken[-1])]
        self._cuts = np.concatenate(([max(0, spoken[0] - 2)], inside, [spoken[-1] + 2]))

    def part(self, begin: int, seconds: float) -> tuple[Part, int]:
        """Return a part from a cut of about this length, and the cut at its end.

        Parameters
        ----------
        begin: index of a cut; from the last ones it begins anew.
        """
        first_s = self._cuts * HOP_SAMPLES / SAMPLE_RATE
        if begin >= len(self._cuts) - 1 or first_s[-1] - first_s[begin] < LEAST_TURN_S:
            begin = 0
        lengths_s = first_s[begin + 1 :] - first_s[begin]
        lengths_s = np.where(lengths_s < LEAST_TURN_S, np.inf, lengths_s)
        end = begin + 1 + int(np.abs(lengths_s - seconds).argmin())
        first, last = int(self._cuts[begin]), int(self._cuts[end])
        samples = self.samples[first * HOP_SAMPLES : last * HOP_SAMPLES].copy()
        fade = np.linspace(0, 1, HOP_SAMPLES, dtype=np.float32)
        samples[:HOP_SAMPLES] *= fade
        samples[-HOP_SAMPLES:] *= fade[::-1]
        return Part(self.person, samples, _spans(self._is_speech[first:last])), end


def _spans(is_speech: npt.NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Starts and ends of speech in seconds, over pauses of at most `LABELLED_PAUSE_S`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_speech.astype(np.int8), [0]))))
    spans: list[tuple[float, float]] = []
    for start, end in (edges.reshape(-1, 2) * HOP_SAMPLES / SAMPLE_RATE).tolist():
        if spans and start - spans[-1][1] <= LABELLED_PAUSE_S:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _speak(
    readers: Mapping[str, Reader],
    people: Sequence[str],
    seconds: float,
    share_at_once: float,
    random: np.random.Generator,
) -> list[tuple[int, Part]]:
    """Let people speak in turns for about these seconds; first sample and part of each turn.

    Each person speaks once; then the next speaker is drawn, with weights of 1 to 4.
    """
    weights = random.uniform(1, 4, len(people))
    places = dict.fromkeys(people, 0)
    said: list[tuple[int, Part]] = []
    now = int(random.uniform(0.1, 1.0) * SAMPLE_RATE)
    at_once, waiting = 0.0, list(people)
    longest_s = max(LEAST_SPEAKER_S + 0.2, seconds / len(people))
    while waiting or now < seconds * SAMPLE_RATE:
        last = said[-1][1] if said else None
        if waiting:
            person = waiting.pop(0)
        else:
            others = np.array([last is None or person != last.person for person in people])
            person = str(random.choice(people, p=weights * others / (weights * others).sum()))
        length_s = float(np.exp(random.normal(np.log(MEDIAN_TURN_S), 0.7)))
        length_s = float(np.clip(length_s, LEAST_TURN_S, min(MOST_TURN_S, longest_s)))
        begin, is_first = places[person], places[person] == 0
        part, places[person] = readers[person].part(begin, length_s)
        while is_first and part.speech_s < LEAST_SPEAKER_S and length_s < MOST_TURN_S:
            length_s += 0.5
            part, places[person] = readers[person].part(begin, length_s)
        start = now
        if last is not None:
            overlap_s = min(random.uniform(0.3, 1.5), len(part.samples) / SAMPLE_RATE / 2)
            overlap_s = min(overlap_s, len(last.samples) / SAMPLE_RATE / 2)
            if at_once + overlap_s <= share_at_once * seconds:
                start -= int(overlap_s * SAMPLE_RATE)
                at_once += overlap_s
            else:
                start += int(min(2.0, random.exponential(0.4)) * SAMPLE_RATE)
        said.append((start, part))
        now = start + len(part.samples)
    return said


def _record(voices: Sequence[Floats], condition: str, random: np.random.Generator) -> Floats:
    """Mix the people, each at a level of its own, as they are heard in this condition."""
    voices = [voice * np.float32(10 ** (random.uniform(-3, 3) / 20)) for voice in voices]
    if condition == ECHO:
        reverberation_s = random.uniform(0.3, 0.6)
        heard = [add_echo(voice, reverberation_s, random) for voice in voices]
        return add_noise(np.sum(heard, axis=0), random)
    mixed = np.sum(voices, axis=0, dtype=np.float32)
    return over_telephone(mixed) if condition == TELEPHONE else np.asarray(mixed.clip(-1, 1))


def add_echo(samples: Floats, reverberation_s: float, random: np.random.Generator) -> Floats:
    """Return the sound at a place of its own in a room with this RT60."""
    return _convolve(samples, _room(reverberation_s, random))


def add_noise(speech: Floats, random: np.random.Generator) -> Floats:
    """Return the speech with noise 10 dB below it."""
    return np.asarray(speech + _noise(speech, random), np.float32).clip(-1, 1)


def _room(reverberation_s: float, random: np.random.Generator) -> Floats:
    """Impulse response of a place in a room: the direct sound, then noise that falls by 60 dB.

    The direct sound is 0 to 6 dB above all that follows.
    """
    times_s = np.arange(int(reverberation_s * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(times_s)) * 10 ** (-3 * times_s / reverberation_s)
    tail[: int(0.003 * SAMPLE_RATE)] = 0
    tail *= 10 ** (-random.uniform(0, 6) / 20) / np.sqrt(np.square(tail).sum())
    tail[0] = 1
    return np.asarray(tail, np.float32)


def _convolve(samples: Floats, response: Floats) -> Floats:
    """Convolve; what sounds behind the end is cut."""
    n_points = 1 << (len(samples) + len(response) - 1).bit_length()
    spectrum = np.fft.rfft(samples, n_points) * np.fft.rfft(response, n_points)
    return np.asarray(np.fft.irfft(spectrum, n_points)[: len(samples)], np.float32)


def _noise(speech: Floats, random: np.random.Generator) -> Floats:
    """Noise 10 dB below the speech: its power falls with frequency, by 0 to 6 dB an octave."""
    n_points = 1 << len(speech).bit_length()
    spectrum = np.fft.rfft(random.standard_normal(n_points))
    frequencies = np.maximum(np.fft.rfftfreq(n_points, 1 / SAMPLE_RATE), 50)
    noise = np.fft.irfft(spectrum * frequencies ** (-random.uniform(0, 1)), n_points)[: len(speech)]
    # Power of what is spoken, pauses apart
    hops = np.square(speech[: len(speech) // HOP_SAMPLES * HOP_SAMPLES]).reshape(-1, HOP_SAMPLES)
    power = hops.mean(axis=1)
    spoken = float(power[power > np.percentile(power, 95) / 1000].mean())
    wanted = spoken * 10 ** (-SIGNAL_TO_NOISE_DB / 10)
    return np.asarray(noise * np.sqrt(wanted / np.square(noise).mean()), np.float32)


def over_telephone(samples: Floats) -> Floats:
    """Return the sound of 300 to 3400 Hz, by way of 8 kHz and mu-law."""
    narrow = soxr.resample(samples, SAMPLE_RATE, SAMPLE_RATE // 2)
    n_points = 1 << len(narrow).bit_length()
    spectrum = np.fft.rfft(narrow, n_points)
    frequencies = np.fft.rfftfreq(n_points, 2 / SAMPLE_RATE)
    spectrum[(frequencies < 300) | (frequencies > 3400)] = 0
    narrow = np.fft.irfft(spectrum, n_points)[: len(narrow)].clip(-1, 1)
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    decoded = np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255
    wide = soxr.resample(decoded.astype(np.float32), SAMPLE_RATE // 2, SAMPLE_RATE)
    return np.asarray(wide[: len(samples)], np.float32)
