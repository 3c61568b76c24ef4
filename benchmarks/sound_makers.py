"""Sounds without words, made by a seed with numpy: noise, machines, tones, music, impulses.

Each maker takes a number of samples and a random generator and returns float64 samples, 16 kHz, of
any level. All are synthetic but for `babble` and `reversed_speech`, which are made of real voices.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

RATE = 16_000

Sound = npt.NDArray[np.float64]
Maker = Callable[[int, np.random.Generator], Sound]

_DTMF_ROWS, _DTMF_COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
_N_VOICES_OF_BABBLE = 8


def coloured(exponent: float) -> Maker:
    """Noise whose power falls with that power of the frequency: 0 white, 1 pink, 2 brown."""

    def make(n: int, chance: np.random.Generator) -> Sound:
        spectrum = np.fft.rfft(chance.standard_normal(n))
        frequencies = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20.0)
        return np.fft.irfft(spectrum * frequencies ** (-exponent / 2), n)

    return make


def band(low: float, high: float) -> Maker:
    """White noise between two frequencies in Hz."""

    def make(n: int, chance: np.random.Generator) -> Sound:
        spectrum = np.fft.rfft(chance.standard_normal(n))
        frequencies = np.fft.rfftfreq(n, 1 / RATE)
        return np.fft.irfft(spectrum * ((frequencies > low) & (frequencies < high)), n)

    return make


def machine(base: float, n_harmonics: int, wobble: float, noise: float) -> Maker:
    """Harmonics of a base frequency in Hz that wobbles, and pink noise: fans, engines, hum."""

    def make(n: int, chance: np.random.Generator) -> Sound:
        drift = np.cumsum(_smooth(chance.standard_normal(n), RATE // 2))
        drift /= max(1e-9, float(np.abs(drift).max()))
        phase = 2 * np.pi * np.cumsum(base * (1 + wobble * drift)) / RATE
        tone = sum(np.sin(k * phase) / k for k in range(1, n_harmonics + 1))
        return _unit(np.asarray(tone)) + noise * _unit(coloured(1)(n, chance))

    return make


def gusts(n: int, chance: np.random.Generator) -> Sound:
    """Wind: low noise that swells."""
    swell = np.abs(_smooth(chance.standard_normal(n), RATE))
    return band(60, 700)(n, chance) * swell


def impulses(per_second: float, length_s: float, low: float, high: float) -> Maker:
    """Bursts of noise at random times that die away: clicks, keys, steps, claps."""

    def make(n: int, chance: np.random.Generator) -> Sound:
        sound, length = np.zeros(n), round(length_s * RATE)
        fade = np.exp(-np.arange(length) / (length / 5))
        for _ in range(max(1, chance.poisson(per_second * n / RATE))):
            start = int(chance.integers(0, max(1, n - length)))
            burst = band(low, high)(length, chance) * fade * chance.uniform(0.3, 1)
            sound[start : start + length] += burst[: n - start]
        return sound

    return make


def breaths(n: int, chance: np.random.Generator) -> Sound:
    """Breathing: soft band noise in and out, every three to five seconds."""
    sound, start = np.zeros(n), 0
    while start < n:
        length = min(n - start, round(chance.uniform(0.8, 1.6) * RATE))
        envelope = np.hanning(length) if length > 1 else np.ones(length)
        sound[start : start + length] = band(300, 3000)(max(length, 2), chance)[:length] * envelope
        start += length + round(chance.uniform(0.4, 2.5) * RATE)
    return sound


def tone(*frequencies: float, on_s: float = 0.0, off_s: float = 0.0) -> Maker:
    """Sines together, with a rhythm where `on_s` is given: ring tones, busy tones, beeps."""

    def make(n: int, _: np.random.Generator) -> Sound:
        time_s = np.arange(n) / RATE
        sound = np.sum([np.sin(2 * np.pi * one * time_s) for one in frequencies], axis=0)
        is_on = time_s % (on_s + off_s) < on_s if on_s else np.ones(n, bool)
        return np.asarray(sound * _smooth(is_on.astype(float), RATE // 200))

    return make


def sweep(n: int, _: np.random.Generator) -> Sound:
    """A siren: a sine that goes up and down between 500 and 1500 Hz."""
    frequency = 1000 + 500 * np.sin(2 * np.pi * 0.4 * np.arange(n) / RATE)
    return np.sin(2 * np.pi * np.cumsum(frequency) / RATE)


def dialling(n: int, chance: np.random.Generator) -> Sound:
    """DTMF keys of 100 ms, with 100 ms between two."""
    sound, step = np.zeros(n), RATE // 10
    time_s = np.arange(step) / RATE
    for start in range(0, n - step, 2 * step):
        row, column = chance.choice(_DTMF_ROWS), chance.choice(_DTMF_COLUMNS)
        sound[start : start + step] = np.sin(2 * np.pi * row * time_s) + np.sin(
            2 * np.pi * column * time_s
        )
    return sound


def modem(n: int, chance: np.random.Generator) -> Sound:
    """Frequency shift keying at 300 baud: 1270 and 1070 Hz."""
    bits = chance.integers(0, 2, n // 53 + 1)
    frequency = np.repeat(np.where(bits == 1, 1270.0, 1070.0), 53)[:n]
    return np.sin(2 * np.pi * np.cumsum(frequency) / RATE)


def hold_music(with_drums: bool) -> Maker:
    """Four chords in turn with a melody of their notes, with decaying harmonics, maybe drums."""

    def make(n: int, chance: np.random.Generator) -> Sound:
        sound, beat = np.zeros(n), round(0.4 * RATE)
        chords = ((0, 4, 7), (-3, 0, 4), (-7, -3, 0), (-5, -1, 2))
        for index, start in enumerate(range(0, n, beat)):
            chord = chords[index // 4 % 4]
            notes = [*chord, int(chance.choice(chord)) + 12] if index % 4 == 0 else []
            notes = notes or [int(chance.choice(chord)) + 12]
            length = min(n - start, 4 * beat)
            for note in notes:
                sound[start : start + length] += _note(220 * 2 ** (note / 12), length)
            if with_drums:
                hit = band(100, 4000)(beat // 2, chance) * np.exp(-np.arange(beat // 2) / 600)
                sound[start : start + beat // 2] += 2 * hit[: n - start]
        return sound

    return make


def babble(voices: Sequence[Sound]) -> Maker:
    """Eight real voices at once, each from a random place of its clips, of equal level."""

    def make(n: int, chance: np.random.Generator) -> Sound:
        chosen = chance.choice(len(voices), _N_VOICES_OF_BABBLE, replace=False)
        return np.sum([_unit(_excerpt(voices[i], n, chance)) for i in chosen], axis=0)

    return make


def reversed_speech(voices: Sequence[Sound]) -> Maker:
    """One real voice, backwards."""

    def make(n: int, chance: np.random.Generator) -> Sound:
        return _excerpt(voices[int(chance.integers(len(voices)))], n, chance)[::-1]

    return make


def silence(n: int, _: np.random.Generator) -> Sound:
    """Digital silence."""
    return np.zeros(n)


def makers(voices: Sequence[Sound]) -> dict[str, Maker]:
    """All makers by name."""
    return {
        "white noise": coloured(0),
        "pink noise": coloured(1),
        "brown noise": coloured(2),
        "blue noise": coloured(-1),
        "violet noise": coloured(-2),
        "telephone band noise": band(300, 3400),
        "fan": machine(90, 6, 0.01, 0.8),
        "engine": machine(38, 24, 0.15, 0.3),
        "drill": machine(180, 30, 0.05, 0.5),
        "mains hum": machine(50, 8, 0.0, 0.05),
        "wind": gusts,
        "rain": impulses(120, 0.01, 1000, 7500),
        "clicks": impulses(3, 0.005, 500, 7500),
        "keyboard": impulses(6, 0.03, 800, 6000),
        "steps": impulses(2, 0.15, 60, 900),
        "applause": impulses(90, 0.03, 500, 3500),
        "breath": breaths,
        "sine": tone(440),
        "beeps": tone(1000, on_s=0.3, off_s=0.7),
        "siren": sweep,
        "ring tone, American": tone(440, 480, on_s=2.0, off_s=4.0),
        "ring tone, European": tone(425, on_s=1.0, off_s=4.0),
        "busy tone": tone(480, 620, on_s=0.5, off_s=0.5),
        "DTMF": dialling,
        "modem": modem,
        "hold music": hold_music(with_drums=False),
        "hold music with drums": hold_music(with_drums=True),
        "babble of eight": babble(voices),
        "reversed babble": lambda n, chance: babble(voices)(n, chance)[::-1],
        "reversed speech": reversed_speech(voices),
        "digital silence": silence,
    }


def _excerpt(voice: Sound, n: int, chance: np.random.Generator) -> Sound:
    repeated = np.tile(voice, n // len(voice) + 2)
    start = int(chance.integers(len(voice)))
    return repeated[start : start + n]


def _note(frequency: float, n: int) -> Sound:
    time_s = np.arange(n) / RATE
    harmonics = [np.sin(2 * np.pi * k * frequency * time_s) / k**2 for k in range(1, 6)]
    return np.asarray(np.sum(harmonics, axis=0) * np.exp(-2.5 * time_s))


def _smooth(sound: Sound, width: int) -> Sound:
    """Moving mean."""
    total = np.cumsum(np.concatenate((np.zeros(width), sound)))
    return (total[width:] - total[:-width]) / width


def _unit(sound: Sound) -> Sound:
    """Scale to a root mean square of 1."""
    return sound / max(1e-9, float(np.sqrt(np.mean(sound**2))))
