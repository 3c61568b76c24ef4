"""The script of Chinese speech by locale, with the base model.

The encodings of the three regions are the judge: they hold the characters of one script each.
"""

import io
import wave

import pytest

from shared.audio.stream import open_audio
from shared.recognition.options import RecognitionOptions
from shared.synthesis.espeak import EspeakProcess
from shared.transcript import Phrase

pytestmark = pytest.mark.speech

ENCODINGS = {"zh-CN": "gb2312", "zh-TW": "big5", "zh-HK": "big5hkscs"}
SENTENCES = (
    "孩子们在房子后面的花园里玩。",
    "请提醒我回家的路上买面包和牛奶。",
    "明天天气很热，晚上有一点雨。",
    "我们的火车二十分钟以后开。",
    "她在这个医院工作了十多年。",
    "请问最近的邮局在哪里？",
    "他们把厨房漆成黄色。",
    "昨天晚上我把雨伞忘在饭馆了。",
    "博物馆星期一关门，但是公园每天都开。",
    "我们应该早点出发，因为路很远。",
)


@pytest.fixture(scope="module")
def spoken():
    """The sentences with pauses between them, said by eSpeak NG, as WAV."""
    espeak = EspeakProcess()
    try:
        speeches = [espeak.speak(text, "cmn", speed=1.0, pitch=1.0) for text in SENTENCES]
    finally:
        espeak.stop()
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(speeches[0].sample_rate)
        for speech in speeches:
            wav.writeframes(speech.samples.tobytes() + bytes(speech.sample_rate))  # half a second
    return file.getvalue()


@pytest.mark.parametrize(("locale", "encoding"), ENCODINGS.items())
def test_speech_is_written_in_the_script_of_the_locale(
    locale, encoding, transcriber, spoken, speech_data
):
    clip = (speech_data / "multilingual/chinese.flac").read_bytes()
    texts = []
    for audio in (clip, spoken):
        with open_audio(audio) as stream:
            results = list(transcriber.recognise(stream, RecognitionOptions(locales=(locale,))))
        texts += [r.best.display for r in results if isinstance(r, Phrase)]
    assert len("".join(texts)) >= 60  # of 120 characters
    lacking = [text for text in texts if text.encode(encoding, "ignore").decode(encoding) != text]
    assert lacking == []
