"""Diarization: error rate, speaker counts, words with the right speaker, time and memory."""

import csv
import json
import subprocess
import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from benchmarks.clips import Clip
from benchmarks.conditions import THREADS
from benchmarks.diarized_conversations import (
    Rates,
    conversation_figures,
    diarize_conversations,
)
from benchmarks.made_conversations import PEOPLE_SEED
from benchmarks.report import Figure, Section
from benchmarks.synthetic_voices import make_voices
from shared.audio.channels import MonoMixer
from shared.audio.stream import open_audio
from shared.diarization.assignment import assign_speakers
from shared.diarization.clustering import find_speakers
from shared.diarization.diarize import Diarizer
from shared.diarization.reconstruction import reconstruct
from shared.diarization.segmentation import SAMPLE_RATE
from shared.diarization.speaker_range import SpeakerRange
from shared.diarization.speech_turn import Diarization
from shared.models.fetch import fetch_model
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber

_PROJECT = Path(__file__).resolve().parent.parent
_CONVERSATION = "long/long_conversation.flac"
_SAMPLE = "diarization/pyannote_sample.flac"
_READING = "long/long_reading_LJ001.mp3"
# Targets: greatest error with the collar, and number of speakers.
_MOST_DER = {_CONVERSATION: 4.0, _SAMPLE: 2.0}
_N_SPEAKERS = {_CONVERSATION: 5, _SAMPLE: 2, _READING: 1}
_MOST_RTF = 0.05
_LEAST_WORDS_RIGHT = 95.0
_SYNTHETIC = ((1, 8), (1, 35), (4, 8), (4, 35))  # hours, speakers
_BLOCK_SAMPLES = 16_000


@dataclass(frozen=True, slots=True)
class _Diarized:
    clip: Clip
    seconds: float
    elapsed_s: float
    cpu_s: float
    found: Diarization

    @property
    def rtf(self) -> float:
        return self.elapsed_s / self.seconds


def measure_diarization(
    clips: Sequence[Clip], settings: Settings, scorer_python: Path, n_conversations: int
) -> Section:
    """Diarize all files of `diarization/` and `long/`, made-up conversations, and words of one.

    Parameters
    ----------
    scorer_python: interpreter of the environment with pyannote.metrics.
    n_conversations: of each half of the readers.
    """
    fetch_model("diarization", settings.model_folder)
    diarizer = Diarizer(settings.model_folder, THREADS)
    diarizer.models()
    chosen = [clip for clip in clips if clip.folder in {"diarization", "long"}]
    diarized = [_diarize(diarizer, clip) for clip in chosen]
    rates = _score(diarized, scorer_python)
    figures: list[Figure] = []
    for one in diarized:
        figures += _figures(one, rates.get(one.clip.name))
    conversation = next(one for one in diarized if one.clip.name == _CONVERSATION)
    words_right, recognition_s = _words_right(conversation, settings)
    figures += [
        Figure(
            f"`{_CONVERSATION}`: words with the right speaker",
            f"{words_right:.1f} %",
            target=f"at least {_LEAST_WORDS_RIGHT:.0f} %",
            met=words_right >= _LEAST_WORDS_RIGHT,
        ),
        Figure(
            f"`{_CONVERSATION}`: RTF of recognition beside that of diarization",
            f"{recognition_s / conversation.seconds:.3f} and {conversation.rtf:.3f}",
        ),
    ]
    conversations = diarize_conversations(
        clips, diarizer, n_conversations, partial(_run_scorer, scorer_python)
    )
    figures += conversation_figures(conversations)
    costs = [_clustering_cost(*size) for size in _SYNTHETIC]
    figures += [_cost_figure(cost) for cost in costs]
    return Section(
        title="Diarization",
        figures=tuple(figures),
        numbers={
            "files": {one.clip.name: _numbers(one, rates.get(one.clip.name)) for one in diarized},
            "conversations": [asdict(one) for one in conversations],
            "words_right": words_right,
            "recognition_s": recognition_s,
            "clustering": costs,
        },
        note=(
            "DER by pyannote.metrics 4.2.0, overlaps counted; a collar is forgiven on each side of"
            " a boundary (0.25 s is `collar=0.5` there). Conversations are made up of readers,"
            f" halved by seed {PEOPLE_SEED}. Time is without decoding. The last rows"
            " are synthetic voices, from vectors to turns: the networks' time is in the RTF above."
        ),
    )


def _diarize(diarizer: Diarizer, clip: Clip) -> _Diarized:
    samples = _samples(clip.path)
    session = diarizer.start()
    started, cpu_started = time.perf_counter(), time.process_time()
    for start in range(0, len(samples), _BLOCK_SAMPLES):
        session.push(samples[start : start + _BLOCK_SAMPLES])
    found = session.finish()
    elapsed_s = time.perf_counter() - started
    cpu_s = time.process_time() - cpu_started
    print(f"  {clip.name}: {found.n_speakers} speakers, {elapsed_s:.1f} s", flush=True)
    return _Diarized(clip, len(samples) / SAMPLE_RATE, elapsed_s, cpu_s, found)


def _samples(path: Path) -> npt.NDArray[np.int16]:
    with open_audio(path.read_bytes()) as stream:
        mixer = MonoMixer()
        return np.concatenate([mixer.mix(block) for block in stream])


def _score(diarized: Sequence[_Diarized], python: Path) -> dict[str, dict[str, Any]]:
    """Error rates by file and collar, of the files with labels."""
    labelled = [one for one in diarized if one.clip.path.with_suffix(".rttm").is_file()]
    requests = [
        {
            "reference": str(one.clip.path.with_suffix(".rttm")),
            "seconds": one.seconds,
            "turns": [[turn.offset_s, turn.end_s, str(turn.speaker)] for turn in one.found.turns],
        }
        for one in labelled
    ]
    names = [one.clip.name for one in labelled]
    return dict(zip(names, _run_scorer(python, requests), strict=True))


def _run_scorer(python: Path, requests: Sequence[dict[str, Any]]) -> list[Rates]:
    scored = subprocess.run(
        [python, "-m", "benchmarks.diarization_scorer"],
        cwd=_PROJECT, input=json.dumps(requests), capture_output=True, text=True, check=True,
    )  # fmt: skip
    rates: list[Rates] = json.loads(scored.stdout)
    return rates


def _figures(one: _Diarized, rates: dict[str, Any] | None) -> list[Figure]:
    name = one.clip.name
    expected, most = _N_SPEAKERS.get(name), _MOST_DER.get(name)
    figures = [
        Figure(
            f"`{name}`, {one.seconds:.0f} s: speakers",
            str(one.found.n_speakers),
            target="" if expected is None else str(expected),
            met=None if expected is None else one.found.n_speakers == expected,
        ),
        Figure(
            f"`{name}`: RTF, and time of all cores by audio",
            f"{one.rtf:.3f}, {one.cpu_s / one.seconds:.3f}",
            target=f"at most {_MOST_RTF}",
            met=one.rtf <= _MOST_RTF,
        ),
    ]
    if rates:
        with_collar = rates["0.25"]
        figures.append(
            Figure(
                f"`{name}`: DER, collar 0.25 s / 0.125 s / none",
                " / ".join(f"{rates[collar]['der']:.1f} %" for collar in ("0.25", "0.125", "0.0"))
                + f" (missed {with_collar['missed']:.1f}, false alarm"
                f" {with_collar['false_alarm']:.1f}, wrong speaker {with_collar['confusion']:.1f})",
                target="" if most is None else f"at most {most:.0f} % at 0.25 s",
                met=None if most is None else with_collar["der"] <= most,
            )
        )
    return figures


def _numbers(one: _Diarized, rates: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "seconds": one.seconds,
        "elapsed_s": one.elapsed_s,
        "cpu_s": one.cpu_s,
        "n_speakers": one.found.n_speakers,
        "der": rates,
    }


def _words_right(conversation: _Diarized, settings: Settings) -> tuple[float, float]:
    """Percentage of recognised words with the right speaker, and seconds of the recognition."""
    transcriber = LocalTranscriber(settings)
    options = RecognitionOptions(locales=("en-US",), word_timestamps=True)
    started = time.perf_counter()
    with open_audio(conversation.clip.path.read_bytes()) as stream:
        results = list(transcriber.recognise(stream, options))
    recognition_s = time.perf_counter() - started
    phrases = [result for result in results if isinstance(result, Phrase)]
    named = assign_speakers(phrases, conversation.found.exclusive)
    spoken = _read_utterances(conversation.clip.path.with_suffix(".segments.tsv"))
    pairs = Counter(
        (phrase.speaker, _speaker_at(spoken, word.offset_s + word.duration_s / 2))
        for phrase in named
        for word in phrase.words
    )
    return 100 * _n_words_right(pairs) / pairs.total(), recognition_s


def _read_utterances(path: Path) -> list[tuple[float, float, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(float(row["start"]), float(row["end"]), row["speaker"]) for row in rows]


def _speaker_at(spoken: Sequence[tuple[float, float, str]], moment_s: float) -> str:
    """Return the speaker at a moment, or the one nearest to it."""
    return min(spoken, key=lambda one: max(one[0] - moment_s, moment_s - one[1], 0))[2]


Label = TypeVar("Label")
Speaker = TypeVar("Speaker")


def _n_words_right(pairs: Counter[tuple[Label, Speaker]]) -> int:
    """Number of right words under a greedy one-to-one mapping of labels to speakers."""
    right, labels, speakers = 0, set(), set()
    for (label, speaker), count in pairs.most_common():
        if label not in labels and speaker not in speakers:
            labels.add(label)
            speakers.add(speaker)
            right += count
    return right


def _clustering_cost(hours: int, n_speakers: int) -> dict[str, Any]:
    windows, pieces, spoken = make_voices(hours, n_speakers)
    vectors = np.stack([piece.vector for piece in pieces])
    durations_s = np.array([piece.duration_s for piece in pieces])
    seconds = hours * 3600.0
    started = time.perf_counter()
    speakers = find_speakers(vectors, durations_s, SpeakerRange())
    clustered = time.perf_counter()
    reconstruct(windows, pieces, speakers, seconds)
    reconstructed = time.perf_counter()
    tracemalloc.start()
    again = find_speakers(vectors, durations_s, SpeakerRange())
    reconstruct(windows, pieces, again, seconds)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    labels = (vectors @ speakers.T).argmax(axis=1).tolist()
    pairs = Counter(zip(labels, spoken, strict=True))
    return {
        "hours": hours,
        "n_speakers": n_speakers,
        "n_found": len(speakers),
        "n_voices": len(pieces),
        "voices_right": 100 * _n_words_right(pairs) / len(spoken),
        "clustering_s": clustered - started,
        "reconstruction_s": reconstructed - clustered,
        "kept_bytes": sum(one.activity.nbytes for one in windows) + vectors.nbytes,
        "peak_bytes": peak_bytes,
    }


def _cost_figure(cost: dict[str, Any]) -> Figure:
    return Figure(
        f"{cost['hours']} h of {cost['n_speakers']} synthetic speakers: found, clustering, turns,"
        " memory kept and peak of the rest",
        f"{cost['n_found']}, {cost['clustering_s']:.1f} s, {cost['reconstruction_s']:.1f} s,"
        f" {cost['kept_bytes'] / 1e6:.0f} + {cost['peak_bytes'] / 1e6:.0f} MB",
        target=f"{cost['n_speakers']} found",
        met=cost["n_found"] == cost["n_speakers"],
    )
