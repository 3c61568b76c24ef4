"""`sotto transcribe` as a process: mixed formats, a broken file, SIGKILL, Ctrl-C, a terminal."""

import fcntl
import io
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import av
import numpy as np
import pytest

from shared.audio.encode import AudioEncoder, Container, Encoding
from shared.audio.format import UNKNOWN_FORMAT
from shared.audio.stream import open_audio

PROJECT = Path(__file__).resolve().parents[3]
SOTTO = (sys.executable, str(PROJECT / "scripts" / "sotto.py"))
TEXT = "The children are playing in the garden behind the house.\n"


@pytest.fixture(scope="session")
def command(model_folder):
    """Environment of the command: the models, and no other setting."""
    environment = {key: text for key, text in os.environ.items() if not key.startswith("SOTTO_")}
    return environment | {"SOTTO_MODEL_FOLDER": str(model_folder)}


@pytest.fixture(scope="session")
def clip_samples(spoken_clip):
    """Samples of the clip at 16 kHz, int16, shape (n_samples,)."""
    with open_audio(spoken_clip.wav) as stream:
        return np.concatenate([block[0] for block in stream])


@pytest.fixture
def folder(tmp_path, spoken_clip, clip_samples):
    """The clip as WAV, MP3, Opus in a folder, FLAC and MP4 with a picture; a broken MP3; a note."""
    recordings = tmp_path / "recordings"
    (recordings / "calls").mkdir(parents=True)
    (recordings / "a.wav").write_bytes(spoken_clip.wav)
    (recordings / "b.mp3").write_bytes(encoded(clip_samples, Container.MP3, "libmp3lame", 64_000))
    (recordings / "c broken.mp3").write_bytes(b"\x00\x01 no audio" * 100)
    (recordings / "calls" / "d.opus").write_bytes(
        encoded(clip_samples, Container.OGG, "libopus", 32_000)
    )
    (recordings / "calls" / "e.flac").write_bytes(encoded(clip_samples, Container.FLAC, "flac"))
    (recordings / "film.mp4").write_bytes(film(clip_samples))
    (recordings / "notes.md").write_text("No audio.")
    return recordings


def encoded(samples, container, codec, bit_rate=None):
    """Bytes of a file of audio."""
    encoder = AudioEncoder(Encoding(container, codec, 16_000, bit_rate), len(samples))
    return encoder.encode(samples) + encoder.finish()


def film(samples):
    """Bytes of an MP4 with a black picture and AAC."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        pictures = output.add_stream("mpeg4", rate=5)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        sound = output.add_stream("aac", rate=16_000, layout="mono")
        for _ in range(5):
            picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            output.mux(pictures.encode(picture))
        output.mux(pictures.encode(None))
        frame = av.AudioFrame.from_ndarray(
            (samples.astype(np.float32) / 32_768)[np.newaxis], format="fltp", layout="mono"
        )
        frame.sample_rate = 16_000
        output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
    return file.getvalue()


def sotto(environment, *arguments, **options):
    """Run the command to its end."""
    return subprocess.run(
        [*SOTTO, *arguments], env=environment, capture_output=True, check=False, **options
    )


def results_in(folder):
    """Files of a folder that the fixture did not make, hidden ones too."""
    made = {"a.wav", "b.mp3", "c broken.mp3", "d.opus", "e.flac", "film.mp4", "notes.md"}
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in made)
    return sorted(str(path.relative_to(folder)) for path in found)


def wait_for(path, process):
    """Wait until a process has written a file."""
    while not path.exists():
        assert process.poll() is None, "the process ended before it wrote the file"
        time.sleep(0.01)


def test_a_folder_of_mixed_formats_with_a_broken_file(command, folder):
    arguments = ("transcribe", str(folder), "--format", "txt,srt,json", "--language", "en-US")
    done = sotto(command, *arguments)
    said = done.stderr.decode().splitlines()
    assert done.returncode == 1, said
    assert done.stdout == b""
    stems = ("a", "b", "calls/d", "calls/e", "film")
    assert results_in(folder) == sorted(f"{s}.{f}" for s in stems for f in ("txt", "srt", "json"))
    assert [(folder / f"{stem}.txt").read_text() for stem in stems] == [TEXT] * 5
    assert json.loads((folder / "film.json").read_text())["phrases"][0]["locale"] == "en-US"
    assert "1 file left out: no ending of audio or video" in said
    assert f"3 of 6  {folder}/c broken.mp3: failed: {UNKNOWN_FORMAT}" in said
    assert said[-1] == "6 files: 5 transcribed, 1 failed"
    assert not any("Traceback" in line for line in said)

    again = sotto(command, *arguments)
    assert again.returncode == 1
    assert again.stderr.decode().splitlines()[-1] == "6 files: 5 skipped, 1 failed"


def test_a_killed_command_that_starts_again_does_what_is_left(command, folder):
    (folder / "c broken.mp3").unlink()
    arguments = ("transcribe", str(folder), "--language", "en-US")
    with subprocess.Popen([*SOTTO, *arguments], env=command, stderr=subprocess.PIPE) as process:
        wait_for(folder / "a.txt", process)
        process.send_signal(signal.SIGKILL)
    finished = {path: path.stat().st_mtime_ns for path in folder.rglob("*.txt")}
    assert 1 <= len(finished) < 5
    assert all(path.read_text() == TEXT for path in finished)

    again = sotto(command, *arguments)
    said = again.stderr.decode().splitlines()
    assert again.returncode == 0, said
    assert said[-1] == f"5 files: {5 - len(finished)} transcribed, {len(finished)} skipped"
    assert results_in(folder) == ["a.txt", "b.txt", "calls/d.txt", "calls/e.txt", "film.txt"]
    assert {path: path.stat().st_mtime_ns for path in finished} == finished


def test_an_interruption_ends_with_what_is_done(command, folder):
    arguments = (
        "transcribe",
        str(folder / "a.wav"),
        str(folder / "b.mp3"),
        str(folder / "film.mp4"),
    )
    with subprocess.Popen([*SOTTO, *arguments], env=command, stderr=subprocess.PIPE) as process:
        wait_for(folder / "a.txt", process)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
        assert process.wait() == 130, said
    left = re.search(r"3 files: (\d) transcribed, (\d) left", said)
    assert int(left[1]) + int(left[2]) == 3
    assert len(results_in(folder)) == int(left[1])
    assert "Traceback" not in said
    assert said.endswith("sotto: interrupted\n")


def test_standard_input_becomes_subtitles_on_standard_output(command, folder, clip_samples):
    done = sotto(
        command,
        "transcribe",
        "-",
        "--format",
        "vtt",
        "--language",
        "en-US",
        input=film(clip_samples),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"WEBVTT\n")
    assert b"the garden behind the house." in done.stdout
    assert results_in(folder) == []


@pytest.mark.parametrize("columns", [100, 0])
def test_a_terminal_shows_a_bar_that_goes_away(columns, command, folder, clip_samples):
    """The recording lasts 78 s: the work on it comes in several parts. 0: a width of no size."""
    pause = np.zeros(48_000, np.int16)
    talk = np.concatenate([clip_samples, pause] * 12)
    (folder / "talk.wav").write_bytes(encoded(talk, Container.WAV, "pcm_s16le"))
    controller, terminal = pty.openpty()
    fcntl.ioctl(
        terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24 if columns else 0, columns, 0, 0)
    )
    arguments = ("transcribe", "a.wav", "talk.wav", "--language", "en-US", "--stdout")
    with subprocess.Popen(
        [*SOTTO, *arguments], env=command, cwd=folder, stdout=subprocess.PIPE, stderr=terminal
    ) as process:
        os.close(terminal)
        shown = read_all(controller)
        printed = process.stdout.read().decode()
        assert process.wait() == 0, shown
    assert printed.startswith(TEXT + "The children")
    bars = [line for line in re.split(r"[\r\n]+", shown) if "%" in line]
    assert re.match(r"1 of 2  a\.wav +0% \[ {20}\] 0 of 3 s", bars[0])
    duration_s = round(len(talk) / 16_000)
    pattern = rf"2 of 2  talk\.wav +(\d+)% \[(=*) *\] (\d+) of {duration_s} s  ([\d.]+)x real time"
    moving = [found for line in bars if (found := re.match(pattern, line))]
    assert {int(one[1]) for one in moving} > {0}
    assert [int(one[3]) for one in moving] == sorted(int(one[3]) for one in moving)
    assert any(re.search(r"\d+ s left|\d+:\d\d left", line) for line in bars)
    left = screen(shown)
    assert [line.partition(": ")[0] for line in left] == [
        "1 of 2  a.wav",
        "2 of 2  talk.wav",
        "2 files",
    ]


def read_all(descriptor):
    """Read a terminal until its last writer ends."""
    shown = bytearray()
    while True:
        try:
            taken = os.read(descriptor, 4096)
        except OSError:  # Linux says so that the other side is closed
            taken = b""
        if not taken:
            os.close(descriptor)
            return shown.decode()
        shown += taken


def screen(shown):
    """Lines that stay on a terminal: what comes behind a carriage return overwrites the line."""
    lines = []
    for line in shown.replace("\r\n", "\n").split("\n"):
        cells = ""
        for part in line.split("\r"):
            cells = part + cells[len(part) :]
        if cells.strip():
            lines.append(cells.rstrip())
    return lines


def test_bash_completes_commands_options_and_files(command, folder, tmp_path):
    script = tmp_path / "sotto.bash"
    script.write_bytes(sotto(command, "completion", "bash").stdout)

    def completed(*words):
        """Completions of the last word."""
        typed = " ".join(f"'{word}'" for word in words)
        asked = (
            f"source '{script}'; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; "
            '_shtab_sotto sotto "${COMP_WORDS[-1]}"; printf \'%s\\n\' "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "-c", asked], cwd=folder, capture_output=True, check=True, text=True
        )
        return done.stdout.split()

    assert completed("sotto", "tr") == ["transcribe", "translate"]
    assert completed("sotto", "transcribe", "--pro") == ["--profanity"]
    assert completed("sotto", "transcribe", "--profanity", "r") == ["removed", "raw"]
    assert completed("sotto", "transcribe", "fi") == ["film.mp4"]
