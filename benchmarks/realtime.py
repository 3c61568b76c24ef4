"""Real time over WebSocket: latency of phrases and hypotheses, words taken back, many sessions.

Audio is sent as it is spoken. The latency of a final phrase counts from the end of its speech, less
the trailing silence that the client asks for.
"""

import difflib
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from benchmarks.clips import Clip, clips_of
from benchmarks.halves import halves_of
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer
from benchmarks.streaming_client import SAMPLE_RATE, Phrase, Samples, StreamingClient
from benchmarks.word_error_rate import count_errors, word_error_rate
from shared.audio.stream import open_audio

SILENCE_MS = 700
_TAIL_S = 1.5  # silence behind each clip
_MEGABYTE = 1e6

# Targets
MOST_FINAL_S = {50: 0.35, 95: 0.8}
MOST_FIRST_S = 0.7
MOST_TAKEN_BACK = 5.0  # of a hundred shown words
MOST_WER_BEYOND_FILE = 0.5
LEAST_SESSIONS = 8
MOST_SESSION_MB = 15.0

SESSIONS = (1, 4, 8, 12, 16, 24, 32)
SESSION_S = 60.0
# A session keeps up where its finals come this soon, and audio does not gather.
KEEPS_UP_S = 2.0
MEMORY_SESSIONS = (1, 8, 32)


@dataclass(frozen=True, slots=True)
class Latencies:
    """Of all phrases of some clips, in seconds; and words that were shown, and taken back.

    revised: shown words that a later hypothesis of the same phrase has not.
    """

    final_s: list[float]
    first_s: list[float]
    n_shown: int
    n_taken_back: int
    n_revised: int

    @property
    def taken_back(self) -> float:
        """Words taken back by the final phrase, of a hundred shown."""
        return 100 * self.n_taken_back / max(1, self.n_shown)


def measure_realtime(clips: Sequence[Clip], at_most: int | None) -> Section:
    """Measure latency on the clips of `en_read`, and sessions on a conversation."""
    read = clips_of(tuple(clips), "en_read", at_most)
    conversation = next(clip for clip in clips if clip.name == "long/long_conversation.flac")
    halves = halves_of(read)
    with SottoServer() as server:
        server.wait_until_ready()
        by_half = {
            name: _latencies(server, some) for name, some in (("A", halves.a), ("B", halves.b))
        }
        live_wer, file_wer = _word_error_rates(server, conversation)
    sessions = _sessions(samples_of(conversation))
    figures = [
        figure for name, found in by_half.items() for figure in _latency_figures(name, found)
    ]
    figures += [
        Figure(
            "WER of the conversation, continuous less the file",
            f"{live_wer - file_wer:+.2f} ({live_wer:.2f} and {file_wer:.2f} %)",
            target=f"at most {MOST_WER_BEYOND_FILE}",
            met=live_wer - file_wer <= MOST_WER_BEYOND_FILE,
        ),
        *_session_figures(sessions),
    ]
    return Section(
        title="Real time",
        systems=("Sotto",),
        figures=tuple(figures),
        numbers={
            "latencies": {
                name: {"final_s": one.final_s, "first_s": one.first_s, "n_shown": one.n_shown,
                       "n_taken_back": one.n_taken_back, "n_revised": one.n_revised}
                for name, one in by_half.items()
            },
            "sessions": {str(one.n): one.final_s for one in sessions},
            "cores_of_a_session": {str(one.n): one.cores for one in sessions},
            "wer": [live_wer, file_wer],
        },
        note=f"Audio is sent at the speed of speech, {SILENCE_MS} ms of silence end a phrase. The"
        " rules of hypotheses were chosen on readers of both halves.",
    )  # fmt: skip


def samples_of(clip: Clip) -> Samples:
    """Samples of a clip, at 16 kHz."""
    with open_audio(clip.path.read_bytes()) as stream:
        return np.concatenate([block[0] for block in stream])


def _latencies(server: SottoServer, clips: Sequence[Clip]) -> Latencies:
    tail = np.zeros(round(_TAIL_S * SAMPLE_RATE), np.int16)
    phrases: list[Phrase] = []
    for clip in clips:
        client = StreamingClient(server.port, SILENCE_MS)
        phrases += client.run(np.concatenate([samples_of(clip), tail]))
        print(f"  {clip.name}", flush=True)
    return latencies_of(phrases)


def latencies_of(phrases: Sequence[Phrase]) -> Latencies:
    """Latencies and taken back words of phrases."""
    final_s, first_s = [], []
    n_shown = n_taken_back = n_revised = 0
    for phrase in phrases:
        final = phrase.final
        final_s.append(final.at_s - final.end_s - SILENCE_MS / 1000)
        if not phrase.hypotheses:
            continue
        first_s.append(phrase.hypotheses[0].at_s - final.offset_s)
        shown: list[str] = []
        for hypothesis in phrase.hypotheses:
            n_revised += len(shown) - _n_common(shown, hypothesis.words)
            shown = hypothesis.words
        n_shown += len(shown)
        n_taken_back += _n_taken_back(shown, final.words)
    return Latencies(final_s, first_s, n_shown, n_taken_back, n_revised)


def _n_common(words: Sequence[str], others: Sequence[str]) -> int:
    n_common = 0
    for word, other in zip(words, others, strict=False):
        if word != other:
            break
        n_common += 1
    return n_common


def _n_taken_back(shown: Sequence[str], final: Sequence[str]) -> int:
    """Shown words that are not in the final phrase, in their order."""
    matcher = difflib.SequenceMatcher(None, shown, final, autojunk=False)
    return len(shown) - sum(block.size for block in matcher.get_matching_blocks())


def _latency_figures(half: str, found: Latencies) -> list[Figure]:
    finals = [
        Figure(
            f"half {half}: from the end of speech to the final phrase, less the silence, p{rank}",
            f"{1000 * _percentile(found.final_s, rank):.0f} ms",
            target=f"at most {1000 * most:.0f} ms",
            met=_percentile(found.final_s, rank) <= most,
        )
        for rank, most in MOST_FINAL_S.items()
    ]
    first_s = _percentile(found.first_s, 50)
    return [
        *finals,
        Figure(
            f"half {half}: from the start of speech to the first hypothesis, p50",
            f"{1000 * first_s:.0f} ms",
            target=f"at most {1000 * MOST_FIRST_S:.0f} ms",
            met=first_s <= MOST_FIRST_S,
        ),
        Figure(
            f"half {half}: shown words that the final phrase takes back, of {found.n_shown}",
            f"{found.taken_back:.1f} of 100",
            target=f"at most {MOST_TAKEN_BACK:.0f}",
            met=found.taken_back <= MOST_TAKEN_BACK,
        ),
        Figure(
            f"half {half}: shown words that a later hypothesis takes back",
            str(found.n_revised),
            target="0",
            met=found.n_revised == 0,
        ),
    ]


def _word_error_rates(server: SottoServer, clip: Clip) -> tuple[float, float]:
    """Of a whole conversation, continuous at the default silence and as a file."""
    phrases = StreamingClient(server.port, 1000, pace=8.0).run(samples_of(clip))
    text = " ".join(str(phrase.final.body["DisplayText"]) for phrase in phrases)
    file = server.transcribe(clip.path.read_bytes()).text
    rates = [word_error_rate([count_errors(clip.text, one)]) for one in (text, file)]
    return rates[0], rates[1]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions at once. cores: processor time of one by its real time."""

    n: int
    final_s: list[float]
    cores: float
    growth_bytes: int

    @property
    def keeps_up(self) -> bool:
        """Whether finals come in time to the end."""
        return _percentile(self.final_s, 95) <= KEEPS_UP_S


def _sessions(samples: Samples) -> list[Sessions]:
    """Run more and more sessions until they do not keep up."""
    found: list[Sessions] = []
    for n in SESSIONS:
        with SottoServer() as server:
            server.wait_until_ready()
            StreamingClient(server.port, SILENCE_MS, pace=0).run(samples[: 60 * SAMPLE_RATE])
            found.append(_run_sessions(server, samples, n))
        print(f"  {n} sessions: p95 {_percentile(found[-1].final_s, 95):.2f} s", flush=True)
        if not found[-1].keeps_up:
            break
    return found


def _run_sessions(server: SottoServer, samples: Samples, n: int) -> Sessions:
    """Each session has another part of the audio, and starts at another time."""
    part = round(SESSION_S * SAMPLE_RATE)
    step = len(samples) // n

    def run(index: int) -> list[Phrase]:
        time.sleep(index * 2.0 / n)
        spoken = np.take(samples, range(index * step, index * step + part), mode="wrap")
        return StreamingClient(server.port, SILENCE_MS).run(spoken)

    before, cpu_before, began_s = server.resident_bytes, server.cpu_s, time.perf_counter()
    with ThreadPoolExecutor(n) as pool:
        phrases = [phrase for found in pool.map(run, range(n)) for phrase in found]
    elapsed_s = time.perf_counter() - began_s
    return Sessions(
        n,
        latencies_of(phrases).final_s,
        (server.cpu_s - cpu_before) / elapsed_s / n,
        server.peak_bytes - before,
    )


def _session_figures(sessions: Sequence[Sessions]) -> list[Figure]:
    most = max((one.n for one in sessions if one.keeps_up), default=0)
    return [
        *(
            Figure(
                f"{one.n} sessions at once: final phrase p50, p95; cores and memory of one",
                f"{1000 * statistics.median(one.final_s):.0f},"
                f" {1000 * _percentile(one.final_s, 95):.0f} ms; {one.cores:.2f};"
                f" {one.growth_bytes / one.n / _MEGABYTE:.1f} MB",
            )
            for one in sessions
        ),
        Figure(
            f"most sessions whose p95 is within {KEEPS_UP_S:.0f} s",
            str(most),
            target=f"at least {LEAST_SESSIONS}",
            met=most >= LEAST_SESSIONS,
        ),
    ]


def _percentile(seconds: Sequence[float], rank: int) -> float:
    return float(np.percentile(seconds, rank)) if len(seconds) else float("nan")
