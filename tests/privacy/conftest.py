"""Speech with canary words in it, and a server that was watched while it heard it."""

import os

import pytest
import requests
from traced_host import (
    KEY,
    Observation,
    Speech,
    crowd_out,
    decode,
    long_words,
    pcm_wav,
    send_mistakes,
    send_speech,
    serve_files,
    traced_server,
)


@pytest.fixture(scope="session")
def clips(spoken_clip, request) -> dict[str, Speech]:
    """Give a synthesised clip, always at hand, and a recorded one where the speech set is."""
    found = {"synthesised": Speech(spoken_clip.wav, long_words(spoken_clip.text))}
    if {"SOTTO_SPEECH_DATA", "SOTTO_REQUIRE_SPEECH"} & os.environ.keys():
        file = request.getfixturevalue("speech_data") / "en_read" / "1688-142285-0003.flac"
        text = "I really liked that account of himself better than anything else he said."
        found["recorded"] = Speech(pcm_wav(decode(file.read_bytes()), 16_000), long_words(text))
    return found


@pytest.fixture(scope="session")
def observation(strace, model_folder, clips, tmp_path_factory) -> Observation:
    """Serve real speech in every form under a trace, then stop with SIGTERM."""
    folder = tmp_path_factory.mktemp("privacy")
    seen = Observation(home=folder / "home")
    seen.home.mkdir()
    wavs = {f"/{name}.wav": speech.wav for name, speech in clips.items()}
    with (
        serve_files(wavs) as seen.audio_port,
        traced_server(strace, folder / "trace", seen, model_folder) as url,
        requests.Session() as http,
    ):
        http.headers["Ocp-Apim-Subscription-Key"] = KEY
        for name, speech in clips.items():
            send_speech(http, url, name, speech, seen)
        send_mistakes(http, url, clips["synthesised"], seen)
        crowd_out(http, url, clips["synthesised"], seen)
    return seen
