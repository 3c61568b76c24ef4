"""Sizes in the header of synthesised WAV, as a reader of files finds them."""

import io
import wave

import pytest

from shared.audio.encode import Container, Encoding
from shared.settings import Settings
from shared.synthesis.encoded import encode_speech, encode_whole_speech
from shared.synthesis.installed import Voices
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import read_ssml
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voice_catalogue import AZURE, FEMALE, KOKORO, Voice

WAV = Encoding(Container.WAV, "pcm_s16le", 16_000)
UNKNOWN = 0xFFFFFFFF // 2


class Speaker:
    """A voice of an engine that counts its sentences."""

    def __init__(self, engine=KOKORO, n_parts=1):
        voice = Voice(
            name="Ann",
            locale="en-US",
            gender=FEMALE,
            engine=engine,
            speaker="ann",
            sample_rate=24_000,
        )
        self.synthesizer = ScriptedSynthesizer(n_parts=n_parts)
        self.synthesis = SpeechSynthesis(Settings(), Voices((voice,), {engine: self.synthesizer}))

    def units(self, inside):
        """Sentences of the SSML in an element of the voice."""
        ssml = f"<speak xml:lang='en-US'><voice name='en-US-AnnNeural'>{inside}</voice></speak>"
        return self.synthesis.assign_voices(read_ssml(ssml.encode()))

    def encoded(self, inside):
        """Pieces of a WAV."""
        return encode_speech(self.synthesis, self.units(inside), WAV)


def frames(wav):
    """Frames that the header states, and frames that there are."""
    with wave.open(io.BytesIO(wav)) as reader:
        return reader.getnframes(), len(reader.readframes(UNKNOWN)) // 2


def seconds(inside, speaker):
    n_stated, n_there = frames(b"".join(speaker.encoded(inside)))
    assert n_stated == n_there
    return n_there / 16_000


@pytest.mark.parametrize(
    ("inside", "duration_s"),
    [
        ("Hello.", 0.5),
        ("Hello. How are you?", 0.5 + 0.8),
        ("One.<break time='2s'/>Two.<p>Three.</p>", 2 * 0.4 + 2 + 0.5 + 2 * 0.5),
        ("<break time='1s'/>", 1.0),
        ("", 0.0),
    ],
)
def test_a_short_text_has_a_header_with_its_length(inside, duration_s):
    assert seconds(inside, Speaker()) == pytest.approx(duration_s, abs=0.6)


def test_a_remote_voice_is_passed_on_as_it_arrives():
    speaker = Speaker(AZURE, n_parts=3)
    assert frames(b"".join(speaker.encoded("Hello.")))[0] == UNKNOWN


def test_two_sentences_of_sixty_characters_are_short_and_three_are_not():
    sentence = "A" * 58 + "."
    assert seconds(f"{sentence} {sentence}", Speaker()) > 5
    assert frames(b"".join(Speaker().encoded(f"{sentence} {sentence} {sentence}")))[0] == UNKNOWN


def test_one_sentence_has_its_length_however_long():
    assert seconds("a" * 239 + ".", Speaker()) > 11


def test_a_long_text_still_begins_with_its_first_sentence():
    """Its sizes are the largest possible ones: the second sentence is not spoken yet."""
    speaker = Speaker()
    first = next(speaker.encoded("First. " + "a" * 239 + "."))
    assert first[:4] == b"RIFF"
    assert len(speaker.synthesizer.requests) == 1


def test_long_silence_is_streamed():
    assert frames(b"".join(Speaker().encoded("<break time='20s'/>" * 2)))[0] == UNKNOWN


def test_speech_that_is_answered_whole_has_its_length_however_long():
    """As in the JSON of a speech translation."""
    speaker = Speaker()
    units = speaker.units("Here is one sentence of many. " * 20)
    n_stated, n_there = frames(encode_whole_speech(speaker.synthesis, units, WAV))
    assert n_stated == n_there > 16_000 * 20
