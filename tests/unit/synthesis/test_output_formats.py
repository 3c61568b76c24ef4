"""The names of output formats."""

import re

import pytest

from shared.audio.encode import Container
from shared.errors import UnsupportedOutput
from shared.synthesis.output_formats import OUTPUT_FORMATS, find_output_format

# As the documents list them.
DOCUMENTED = """
    riff-8khz-8bit-mono-alaw riff-8khz-8bit-mono-mulaw riff-8khz-16bit-mono-pcm
    riff-16khz-16bit-mono-pcm riff-22050hz-16bit-mono-pcm riff-24khz-16bit-mono-pcm
    riff-44100hz-16bit-mono-pcm riff-48khz-16bit-mono-pcm
    raw-8khz-8bit-mono-alaw raw-8khz-8bit-mono-mulaw raw-8khz-16bit-mono-pcm
    raw-16khz-16bit-mono-pcm raw-22050hz-16bit-mono-pcm raw-24khz-16bit-mono-pcm
    raw-44100hz-16bit-mono-pcm raw-48khz-16bit-mono-pcm
    audio-16khz-32kbitrate-mono-mp3 audio-16khz-64kbitrate-mono-mp3
    audio-16khz-128kbitrate-mono-mp3 audio-24khz-48kbitrate-mono-mp3
    audio-24khz-96kbitrate-mono-mp3 audio-24khz-160kbitrate-mono-mp3
    audio-48khz-96kbitrate-mono-mp3 audio-48khz-192kbitrate-mono-mp3
    ogg-16khz-16bit-mono-opus ogg-24khz-16bit-mono-opus ogg-48khz-16bit-mono-opus
    webm-16khz-16bit-mono-opus webm-24khz-16bit-mono-opus webm-24khz-16bit-24kbps-mono-opus
    audio-16khz-16bit-32kbps-mono-opus audio-24khz-16bit-24kbps-mono-opus
    audio-24khz-16bit-48kbps-mono-opus
""".split()


def test_every_documented_format_with_an_encoder_is_there():
    assert set(OUTPUT_FORMATS) == set(DOCUMENTED)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_name_maps_to_its_format(name):
    """Rate, bit rate and container in the name are those of the encoding."""
    encoding = find_output_format(name.upper()).encoding
    hertz = re.search(r"(\d+)(k?)hz", name)
    assert encoding.sample_rate == int(hertz[1]) * (1_000 if hertz[2] else 1)
    if bits := re.search(r"(\d+)kb(itrate|ps)", name):
        assert encoding.bit_rate == int(bits[1]) * 1_000
    container = {"riff": Container.WAV, "ogg": Container.OGG, "webm": Container.WEBM}
    mp3 = name.endswith("mp3")
    assert encoding.container is container.get(
        name.split("-")[0], Container.MP3 if mp3 else Container.RAW
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "missing"),
        ("mp3", "no known format"),
        ("amr-wb-16000hz", "no encoder"),
        ("raw-16khz-16bit-mono-truesilk", "no encoder"),
    ],
)
def test_a_format_that_cannot_be_encoded_is_refused_unquoted(name, said):
    with pytest.raises(UnsupportedOutput, match=said):
        find_output_format(name)
