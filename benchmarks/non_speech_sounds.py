"""An hour of sounds without words: `python -m benchmarks.non_speech_sounds [FOLDER]`.

Every sound of `sound_makers.py` at five levels and several lengths, and the same sounds before,
between and behind clips of read speech, which they do not overlap. WAV files of 16 kHz mono and
`manifest.json` go to the folder. `SOTTO_SPEECH_DATA` names the speech set.
"""

import json
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.clips import Clip, clips_of, read_manifest
from benchmarks.language import SAMPLE_RATE, Samples, samples_of
from benchmarks.repeated_speech import write_wav
from benchmarks.sound_makers import Maker, Sound, makers

SEED = 14
LEVELS_DB = (-60, -40, -26, -14, -6)  # root mean square; peaks are clipped
LENGTHS_S = (1, 2, 4, 8, 15, 30, 60)
N_OF_LEVEL = 2  # sounds of a kind and level
MIXED_LEVELS_DB = (-40, -26, -14)
MIXED_S = (3, 8, 15)
PLACES = ("before", "between", "behind")
_GAP_S = 0.5
_N_CLIPS = 30  # shortest clips of read speech, which the sounds are joined to
_MOST_SEED = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundCase:
    """A file with a sound.

    place: of the sound in relation to speech, "" where it is alone.
    control: of a sound with speech, the file with digital silence in its place.
    half: 0 or 1, by the seed; what is chosen on one half is reported on the other.
    """

    file: str
    kind: str
    level_db: int
    seconds: float
    half: int
    place: str = ""
    control: str = ""


class NonSpeech:
    """Writes the cases of a seed to a folder."""

    def __init__(self, clips: tuple[Clip, ...], folder: Path, seed: int = SEED) -> None:
        self._folder = folder
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        voices = [_floats(clip) for clip in clips_of(clips, "speakers")]
        self._chance.shuffle(voices)
        middle = len(voices) // 2
        # The halves share no voice.
        self._makers = makers(voices[:middle]), makers(voices[middle:])
        read = sorted(clips_of(clips, "en_read"), key=lambda clip: clip.seconds)
        self._read = [samples_of(clip.path.read_bytes()) for clip in read[:_N_CLIPS]]

    def write(self) -> list[SoundCase]:
        """Write all cases; the list is in `manifest.json` too."""
        self._folder.mkdir(parents=True, exist_ok=True)
        cases: list[SoundCase] = []
        for kind in self._makers[0]:
            for level_db in LEVELS_DB:
                for half in range(N_OF_LEVEL):
                    cases.append(self._alone(kind, level_db, half % 2, len(cases)))
        for kind in self._makers[0]:
            for place in PLACES:
                cases.append(self._mixed(kind, place, len(cases)))
        listed = json.dumps([asdict(case) for case in cases], indent=1)
        (self._folder / "manifest.json").write_text(listed + "\n", encoding="utf-8")
        return cases

    def _alone(self, kind: str, level_db: int, half: int, index: int) -> SoundCase:
        seconds = self._chance.choice(LENGTHS_S)
        sound = self._sound(self._makers[half][kind], seconds, level_db)
        file = f"{index:03d}-alone.wav"
        write_wav(self._folder / file, [sound])
        return SoundCase(file=file, kind=kind, level_db=level_db, seconds=seconds, half=half)

    def _mixed(self, kind: str, place: str, index: int) -> SoundCase:
        half, level_db = self._chance.randrange(2), self._chance.choice(MIXED_LEVELS_DB)
        sound = self._sound(self._makers[half][kind], self._chance.choice(MIXED_S), level_db)
        before, behind = self._chance.sample(self._read, 2)
        gap = np.zeros(round(_GAP_S * SAMPLE_RATE), np.int16)
        names = f"{index:03d}-{place}.wav", f"{index:03d}-control.wav"
        seconds = 0.0
        for name, middle in zip(names, (sound, np.zeros_like(sound)), strict=True):
            padded = [gap, middle, gap]
            parts = {
                "before": [*padded, behind],
                "between": [before, *padded, behind],
                "behind": [before, *padded],
            }[place]
            seconds = write_wav(self._folder / name, parts)
        return SoundCase(
            file=names[0], kind=kind, level_db=level_db, seconds=seconds, half=half, place=place,
            control=names[1],
        )  # fmt: skip

    def _sound(self, make: Maker, seconds: float, level_db: float) -> Samples:
        chance = np.random.default_rng(self._chance.randrange(_MOST_SEED))
        sound = make(round(seconds * SAMPLE_RATE), chance)
        power = float(np.sqrt(np.mean(sound**2)))
        scaled = sound * (10 ** (level_db / 20) / power) if power else sound
        return np.asarray(np.clip(scaled, -1, 1) * 32_767, np.int16)


def _floats(clip: Clip) -> Sound:
    return samples_of(clip.path.read_bytes()) / 32_768


def minutes(cases: Sequence[SoundCase]) -> float:
    """Minutes of sounds alone."""
    return sum(case.seconds for case in cases if not case.place) / 60


def main() -> int:
    """Write the cases to the folder of the command line, or to a new temporary one."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="sounds-"))
    clips = read_manifest(Path(os.environ["SOTTO_SPEECH_DATA"]).resolve())
    cases = NonSpeech(clips, folder).write()
    print(f"{len(cases)} cases, {minutes(cases):.0f} minutes of sounds alone: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
