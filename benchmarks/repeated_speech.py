"""Speech that repeats itself, made by a seed: `python -m benchmarks.repeated_speech [FOLDER]`.

Local voices say the texts of `repeated_texts.py`, 2 to 20 times, with pauses from 0 to 2 s, alone
or between two clips of read speech. In a quarter of the cases the repetitions are synthesised at
three speeds in turn, in the others they are the same samples. Some clips of the speech set are
repeated 2 to 5 times as well. WAV files of 16 kHz mono and `manifest.json` go to the folder. The
synthesised utterances stay in its subfolder `utterances`, so that a second run takes seconds.
`SOTTO_SPEECH_DATA` names the speech set.
"""

import hashlib
import json
import os
import random
import sys
import tempfile
import wave
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip, clips_of, read_manifest
from benchmarks.language import SAMPLE_RATE, samples_of
from benchmarks.repeated_texts import REPEATED, VOICES, Repeated
from shared.audio.encode import Container, Encoding
from shared.settings import Settings
from shared.synthesis.encoded import encode_whole_speech
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import Passage, VoiceStyle
from shared.synthesis.synthesizer import Span

Samples = npt.NDArray[np.int16]

SEED = 14
N_SYNTHETIC = {"en": 176, "es": 36, "fr": 36, "it": 36, "pt": 36}
N_REAL = 40
TIMES = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20)
PAUSES_S = (0.0, 0.15, 0.4, 0.8, 2.0)
SPEEDS = (1.0, 0.93, 1.07)
MOST_REPEATED_S = 50.0  # the repetitions and their pauses
MOST_REAL_CLIP_S = 8.0
N_VOICES_OF_TEXT = 2
SHARE_INSIDE = 0.35
SHARE_RESPOKEN = 0.25
GAP_S = 0.5  # between the repetitions and the speech around them
_EDGE_LEVEL = 200  # of 32768: softer samples at the ends of a synthesised utterance are silence
_EDGE_S = 0.03
_UTTERANCES = "utterances"
_WAV = Encoding(Container.WAV, "pcm_s16le", SAMPLE_RATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedCase:
    """One file in which a unit is said `n` times.

    file, unit_file: WAV files in the folder; the second has the unit once.
    unit_text: "" for a clip of the speech set without a text.
    pause_s: silence between two repetitions.
    before, after: texts of the speech around the repetitions, "" without it.
    """

    file: str
    unit_file: str
    language: str
    kind: str
    unit_text: str
    n: int
    voice: str
    pause_s: float
    before: str
    after: str
    seconds: float

    @property
    def is_inside(self) -> bool:
        """Whether other speech is around the repetitions."""
        return bool(self.before)


class RepeatedSpeech:
    """Writes the cases of a seed to a folder."""

    def __init__(self, clips: tuple[Clip, ...], folder: Path, seed: int = SEED) -> None:
        self._folder = folder
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._synthesis = SpeechSynthesis(Settings.from_environment())
        self._around = {
            language: [
                clip
                for clip in clips
                if clip.text and 1.5 < clip.seconds < 7.5 and clip.language == language
                and clip.folder in ("en_read", "multilingual")
            ]
            for language in REPEATED
        }  # fmt: skip
        speakers = [one for one in clips_of(clips, "speakers") if one.seconds < MOST_REAL_CLIP_S]
        read = [one for one in clips_of(clips, "en_read") if one.seconds < MOST_REAL_CLIP_S]
        self._real = [*speakers, *read]

    def write(self) -> list[RepeatedCase]:
        """Write all cases; the list is in `manifest.json` too."""
        (self._folder / _UTTERANCES).mkdir(parents=True, exist_ok=True)
        cases: list[RepeatedCase] = []
        for language, n_cases in N_SYNTHETIC.items():
            # Each text in turn, so that all are there equally often.
            texts = REPEATED[language]
            cases += [
                self._synthetic(language, texts[i % len(texts)], len(cases) + i)
                for i in range(n_cases)
            ]
        chosen = self._chance.sample(self._real, min(N_REAL, len(self._real)))
        cases += [self._repeated_clip(clip, len(cases) + i) for i, clip in enumerate(chosen)]
        listed = json.dumps([asdict(case) for case in cases], indent=1, ensure_ascii=False)
        (self._folder / "manifest.json").write_text(listed + "\n", encoding="utf-8")
        return cases

    def _synthetic(self, language: str, repeated: Repeated, index: int) -> RepeatedCase:
        voices, turn = VOICES[language], REPEATED[language].index(repeated)
        voice = voices[(turn + self._chance.randrange(N_VOICES_OF_TEXT)) % len(voices)]
        speeds = SPEEDS if self._chance.random() < SHARE_RESPOKEN else SPEEDS[:1]
        utterances = [self._speak(repeated.text, voice, speed) for speed in speeds]
        around: Sequence[Clip] = ()
        if self._chance.random() < SHARE_INSIDE:
            around = self._chance.sample(self._around[language], 2)
        return self._case(
            repeated, utterances, TIMES, around, index=index, language=language, voice=voice
        )

    def _repeated_clip(self, clip: Clip, index: int) -> RepeatedCase:
        """A clip of a real reader, 2 to 5 times."""
        utterance = _trimmed(samples_of(clip.path.read_bytes()))
        repeated = Repeated("reader", clip.text)
        return self._case(
            repeated, [utterance], TIMES[:4], (), index=index, language="en", voice=clip.folder
        )

    def _case(
        self,
        repeated: Repeated,
        utterances: Sequence[Samples],
        times: Iterable[int],
        around: Sequence[Clip],
        *,
        index: int,
        language: str,
        voice: str,
    ) -> RepeatedCase:
        pause_s = self._chance.choice(PAUSES_S)
        longest_s = max(map(len, utterances)) / SAMPLE_RATE + pause_s
        n = self._chance.choice([n for n in times if n == 2 or n * longest_s <= MOST_REPEATED_S])
        parts = []
        for i in range(n):
            parts += [utterances[i % len(utterances)], _silence(pause_s)]
        parts.pop()  # no pause after the last one
        if around:
            before, after = (samples_of(clip.path.read_bytes()) for clip in around)
            parts = [before, _silence(GAP_S), *parts, _silence(GAP_S), after]
        parts = [_silence(GAP_S), *parts, _silence(GAP_S)]
        name = f"{index:03d}-{language}-{voice}-{n}.wav"
        seconds = write_wav(self._folder / name, parts)
        unit_file = f"{index:03d}-unit.wav"
        write_wav(self._folder / unit_file, [_silence(GAP_S), utterances[0], _silence(GAP_S)])
        return RepeatedCase(
            file=name, unit_file=unit_file, language=language, kind=repeated.kind,
            unit_text=repeated.text, n=n, voice=voice, pause_s=pause_s, seconds=seconds,
            before=around[0].text if around else "", after=around[1].text if around else "",
        )  # fmt: skip

    def _speak(self, text: str, voice: str, speed: float) -> Samples:
        name = hashlib.sha256(f"{voice} {speed} {text}".encode()).hexdigest()[:16]
        path = self._folder / _UTTERANCES / f"{name}.wav"
        if not path.is_file():
            style = VoiceStyle(voice=voice, speed=speed)
            units = self._synthesis.assign_voices((Passage((Span(text),), style),))
            path.write_bytes(encode_whole_speech(self._synthesis, units, _WAV))
            print(f"  {voice}: {text}", flush=True)
        return _trimmed(samples_of(path.read_bytes()))


def _trimmed(samples: Samples) -> Samples:
    """Cut the silence at both ends, so that a pause is as long as the case says."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > _EDGE_LEVEL)
    edge = round(_EDGE_S * SAMPLE_RATE)
    return samples[max(0, int(loud[0]) - edge) : int(loud[-1]) + edge]


def _silence(seconds: float) -> Samples:
    """Near silence: a dither of one step, as a real recording has at least."""
    n_samples = round(seconds * SAMPLE_RATE)
    return np.random.default_rng(n_samples).integers(-1, 2, n_samples).astype(np.int16)


def write_wav(path: Path, parts: Sequence[Samples]) -> float:
    """Write parts one after the other, 16 kHz mono; return the seconds."""
    samples = np.concatenate(parts)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return round(len(samples) / SAMPLE_RATE, 2)


def main() -> int:
    """Write the cases to the folder of the command line, or to a new temporary one."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="repeated-"))
    clips = read_manifest(Path(os.environ["SOTTO_SPEECH_DATA"]).resolve())
    cases = RepeatedSpeech(clips, folder).write()
    minutes = sum(case.seconds for case in cases) / 60
    print(f"{len(cases)} cases, {minutes:.0f} minutes: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
