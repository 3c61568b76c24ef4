"""The drop folder of the container host: files copied in, transcripts out, gone in time."""

import io
import json
import time

import av
import numpy as np
import pytest

WORDS = ("milk", "bread")


def encode(wav, container, codec):
    """Bytes of the clip (16 bit mono WAV at 22050 Hz) in another format."""
    samples = np.frombuffer(wav, "<i2", offset=44)
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=22_050, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None].copy(), "s16p", "mono")
        frame.sample_rate, frame.pts = 22_050, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def wait_for(condition, within_s=60):
    """Wait until the condition holds; a drop folder sends no notice when it is done."""
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def names(folder):
    """Names of the files that people see in a folder."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".sotto" not in path.parts
    )


@pytest.fixture
def data(tmp_path):
    """Folder of the host's own; `containers/audio` is where files are dropped."""
    return tmp_path / "data"


def test_three_formats_become_three_transcripts_that_go_in_time_while_the_audio_stays(
    start, data, spoken
):
    """`make run` and nothing else, but for a short time to live."""
    audio, transcripts = data / "containers" / "audio", data / "containers" / "transcripts"
    start(SOTTO_DATA_FOLDER=str(data), SOTTO_TIME_TO_LIVE="PT6S", SOTTO_PURGE_EVERY_S="1")
    wait_for(audio.is_dir)
    files = {
        "a.wav": spoken,
        "calls/monday 1.mp3": encode(spoken, "mp3", "libmp3lame"),
        "ünïcode%+.m4a": encode(spoken, "ipod", "aac"),
    }
    for name, content in files.items():
        (audio / name).parent.mkdir(exist_ok=True)
        (audio / name).write_bytes(content)
    seen = {}

    def have_all_been_seen():
        for name in names(transcripts):
            seen[name] = json.loads((transcripts / name).read_text())
        return len(seen) == 3

    wait_for(have_all_been_seen)
    assert sorted(seen) == [f"{name}.json" for name in sorted(files)]
    for name, result in seen.items():
        (combined,) = result["combinedRecognizedPhrases"]
        assert all(word in combined["display"] for word in WORDS), name
        assert f"{result['source']}.json" == name
    wait_for(lambda: names(transcripts) == [])
    assert names(audio) == sorted(files)
    assert {path.read_bytes() for path in audio.rglob("*.*") if path.is_file()} == {*files.values()}


def test_a_file_is_taken_when_it_is_complete_and_not_before(start, data, spoken):
    """One that arrives in pieces is transcribed once, as a whole."""
    host = start(SOTTO_DATA_FOLDER=str(data))
    audio = data / "containers" / "audio"
    wait_for(audio.is_dir)
    wait_for(lambda: any(line["event"] == "batch_started" for line in host.log))
    with (audio / "slow.wav").open("wb") as file:
        for start_at in range(0, len(spoken), len(spoken) // 6):
            file.write(spoken[start_at : start_at + len(spoken) // 6])
            file.flush()
            time.sleep(0.5)
    transcript = data / "containers" / "transcripts" / "slow.wav.json"
    wait_for(transcript.exists)
    assert json.loads(transcript.read_text())["durationMilliseconds"] > 3000
    wait_for(lambda: any(line["event"] == "job_closed" for line in host.log))
    assert len([line for line in host.log if line["event"] == "file_transcribed"]) == 1


def test_files_that_were_dropped_before_the_start_are_found_at_the_start(start, data, spoken):
    audio = data / "containers" / "audio"
    audio.mkdir(parents=True)
    (audio / "a.wav").write_bytes(spoken)
    (audio / "broken.mp3").write_bytes(b"no audio at all")
    start(SOTTO_DATA_FOLDER=str(data))
    transcripts = data / "containers" / "transcripts"
    wait_for(lambda: names(transcripts) == ["a.wav.json", "broken.mp3.error.json"])
    reason = json.loads((transcripts / "broken.mp3.error.json").read_text())
    assert reason["error"]["code"] == "InvalidAudio"


def test_an_output_that_would_be_an_input_again_stops_the_start(model_folder, tmp_path):
    from test_container_host import run_host  # noqa: PLC0415

    ran = run_host(
        model_folder,
        SOTTO_BATCH="true",
        SOTTO_DATA_FOLDER=str(tmp_path / "data"),
        SOTTO_DROP_FOLDERS=f"calls={tmp_path}/in>{tmp_path}/in/out",
    )
    assert ran.returncode == 1
    assert "SOTTO_DROP_FOLDERS" in ran.stderr
    assert str(tmp_path) not in ran.stderr


def test_speakers_are_labelled_where_the_folder_asks_for_it(start, data, speech_data):
    audio, transcripts = data / "containers" / "audio", data / "containers" / "transcripts"
    audio.mkdir(parents=True)
    asked = {"locales": ["en-US"], "maxSpeakers": 2, "formats": ["json", "txt", "rttm"]}
    (audio / "sotto.json").write_text(json.dumps(asked))
    call = (speech_data / "diarization" / "pyannote_sample.flac").read_bytes()
    (audio / "call.flac").write_bytes(call)
    start(SOTTO_DATA_FOLDER=str(data))
    wait_for(lambda: len(names(transcripts)) == 3)
    result = json.loads((transcripts / "call.flac.json").read_text())
    assert {phrase["speaker"] for phrase in result["recognizedPhrases"]} == {1, 2}
    assert "words" not in result["recognizedPhrases"][0]["nBest"][0]
    assert (transcripts / "call.flac.txt").read_text().startswith("Guest-1: ")
    assert (transcripts / "call.flac.rttm").read_text().startswith("SPEAKER call.flac 1 ")
