"""A server that stops hands its sessions over to the next one: the SDK sends the rest there."""

import time
from urllib.parse import urlsplit

import pytest

from tests.contract.conftest import KEY
from tests.contract.realtime.conftest import LIMIT_S, listen_to, sdk
from tests.contract.realtime.switched_port import switched_port

N_SENTENCES = 3


def port_of(server):
    return urlsplit(server.url).port


# In the middle of the first sentence, and in the pause behind it.
@pytest.mark.parametrize("stopped_s", [2.0, 4.2])
def test_no_sentence_is_lost_or_doubled(start, sentence, stopped_s):
    first, second = start(), start()
    pause = bytes(64_000)
    audio = bytes(16_000) + (sentence + pause) * N_SENTENCES
    with switched_port(port_of(first)) as switch:
        config = sdk.SpeechConfig(host=f"ws://127.0.0.1:{switch.port}", subscription=KEY)
        config.speech_recognition_language = "en-US"
        stream = sdk.audio.PushAudioInputStream()
        recogniser = sdk.SpeechRecognizer(config, sdk.audio.AudioConfig(stream=stream))
        heard = listen_to(recogniser)
        recogniser.start_continuous_recognition_async().get()
        began_s = time.monotonic()
        for place in range(0, len(audio), 3_200):
            if place / 32_000 >= stopped_s and switch.target == port_of(first):
                switch.target = port_of(second)
                first.process.terminate()
            stream.write(audio[place : place + 3_200])
            time.sleep(max(0.0, began_s + place / 32_000 - time.monotonic()))
        stream.close()
        assert heard.stopped.wait(LIMIT_S)
        recogniser.stop_continuous_recognition_async().get()
        del recogniser
        assert first.process.wait(30) == 0
    assert heard.events[-1][:2] == ("canceled", "EndOfStream")
    words = " ".join(heard.texts()).lower()
    assert [words.count(word) for word in ("children", "house")] == [N_SENTENCES] * 2
    assert len(switch.forwarding) == 2
