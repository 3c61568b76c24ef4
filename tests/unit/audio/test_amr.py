"""AMR with discontinuous transmission: frames without speech keep their 20 ms."""

import io

import av
import numpy as np
import pytest

from shared.audio.stream import open_audio

FRAME_S = 0.02
NO_DATA = b"\x7c"
# First line, a frame of the lowest rate with its type, one of comfort noise.
BANDS = {
    "narrow": (b"#!AMR\n", b"\x04" + bytes(range(40, 52)), b"\x44" + b"\x5a" * 5),
    "wide": (b"#!AMR-WB\n", b"\x04" + bytes(range(40, 57)), b"\x4c" + b"\x5a" * 5),
}


@pytest.fixture(params=BANDS)
def band(request):
    return BANDS[request.param]


def read(source):
    with open_audio(source) as stream:
        return np.concatenate(list(stream), axis=1)[0]


def in_3gp(amr):
    """The same frames in a 3GP file, as telephones record them."""
    output = io.BytesIO()
    with av.open(io.BytesIO(amr), "r", format="amr") as whole:
        (stream,) = whole.streams.audio
        with av.open(output, "w", format="3gp") as file:
            copy = file.add_stream_from_template(stream)
            for packet in whole.demux(stream):
                if packet.size:
                    packet.stream = copy
                    file.mux(packet)
    return output.getvalue()


@pytest.mark.parametrize("pack", [bytes, in_3gp], ids=["storage format", "3gp"])
def test_pauses_of_the_sender_are_silence(band, pack):
    """A second of speech, six seconds of comfort noise every 160 ms, and speech again."""
    first_line, speech, noise = band
    pause = (noise + NO_DATA * 7) * 37 + noise + NO_DATA * 3
    file = pack(first_line + speech * 50 + pause + speech * 50)
    for source in (file, (file[at : at + 100] for at in range(0, len(file), 100))):
        samples = read(source)
        assert samples.size == 8 * 16_000
        assert np.abs(samples[16_000 + 800 : 7 * 16_000 - 800]).max() < 10
        assert np.abs(samples[7 * 16_000 : 7 * 16_000 + 1_600]).max() > 100


def test_silence_at_both_ends_counts(band):
    first_line, speech, noise = band
    file = first_line + NO_DATA * 50 + speech * 50 + noise + NO_DATA * 99
    samples = read(file)
    assert samples.size == 4 * 16_000
    assert np.abs(samples[:15_000]).max() == 0
    assert np.abs(samples[16_000:24_000]).max() > 100


def test_a_sender_that_says_nothing_is_silence(band):
    assert not read(band[0] + band[2] + NO_DATA * 49).any()


def test_minutes_without_data_are_no_damage(band):
    """More frames in a row than of damaged packets would end the audio."""
    first_line, speech, _ = band
    file = first_line + speech * 50 + NO_DATA * 6_000 + speech * 50
    assert read(file).size == 122 * 16_000


@pytest.mark.parametrize("frame_type", range(8, 16))
def test_no_type_without_speech_is_lost(frame_type):
    """Types 9 to 14 have no bytes; FFmpeg knows no others either."""
    frame = bytes([frame_type << 3 | 4]) + (b"\x5a" * 5 if frame_type == 8 else b"")
    first_line, speech, _ = BANDS["narrow"]
    assert read(first_line + speech * 50 + frame * 50 + speech * 50).size == 3 * 16_000
