"""Memory follows the longest segment, not the audio."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
MOST_BYTES = 120_000_000

RECOGNISE_AN_HOUR = """
import json, sys
import numpy as np
import psutil
from shared.audio.channels import MonoMixer
from shared.audio.stream import RawPcm, open_audio
from shared.recognition.options import RecognitionOptions
from shared.transcription.local_transcriber import LocalTranscriber
from shared.settings import Settings
from shared.transcript import Phrase

process = psutil.Process()
seen = []

transcriber = LocalTranscriber(Settings.from_environment())
options = RecognitionOptions(locales=("en-US",), word_timestamps=True)
with open_audio(sys.stdin.buffer.read()) as stream:
    clip = np.concatenate([MonoMixer().mix(block) for block in stream]).tobytes()
second = bytes(32_000)

def audio(n_minutes):
    for minute in range(n_minutes):
        said = clip if minute % 6 == 0 else b""
        yield said
        seen.append(process.memory_info().rss)
        for _ in range(60 - len(said) // 32_000):
            seen.append(process.memory_info().rss)
            yield second

def recognise(pieces):
    with open_audio(pieces, raw=RawPcm()) as stream:
        results = transcriber.recognise(stream, options)
        return sum(isinstance(r, Phrase) for r in results), stream.duration_s

recognise(audio(1))
loaded = process.memory_info().rss
seen.clear()
n_phrases, duration_s = recognise(audio(60))
print(json.dumps([n_phrases, duration_s, max(seen) - loaded]))
"""


def test_an_hour_needs_no_more_memory_than_a_minute(model_folder, spoken_clip):
    """The hour in float32 would be 230 MB. Ten sentences in it, the rest is silence.

    The memory of the process is sampled every second of audio.
    """
    completed = subprocess.run(
        [sys.executable, "-c", RECOGNISE_AN_HOUR],
        cwd=PROJECT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("SOTTO_")},
            "SOTTO_MODEL_FOLDER": str(model_folder),
            "PYTHONPATH": str(PROJECT),
        },
        input=spoken_clip.wav,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr.decode()
    n_phrases, duration_s, grown_bytes = json.loads(completed.stdout)
    assert n_phrases == 10
    assert duration_s > 3_590
    assert grown_bytes < MOST_BYTES
