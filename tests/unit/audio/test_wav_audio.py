import io

import av
import numpy as np
import pytest

from shared.audio.pcm import int16_from_samples
from shared.audio.stream import AudioFormat, open_audio
from shared.errors import EmptyAudio, UnsupportedFormat

RAMP = np.arange(-32_768, 32_768, 17, np.int32).astype(np.int16)[None]
IN_24 = np.insert(RAMP.astype(">i2").view(np.uint8).reshape(-1, 2), 2, 0x5A, axis=1)
RAMP_BYTES = RAMP.astype("<i2").tobytes()


def decoded(source, **options):
    with open_audio(source, **options) as stream:
        return np.concatenate(list(stream), axis=1)


@pytest.fixture
def fmt(pcm_wav):
    return pcm_wav.chunk(b"fmt ", pcm_wav.fmt(1, 1, 16_000, 16))


def test_16_khz_samples_come_out_bit_for_bit(pcm_wav):
    assert np.array_equal(decoded(pcm_wav.of(RAMP)), RAMP)


def test_mono_16_khz_blocks_share_the_memory_they_were_read_into(pcm_wav):
    block = next(iter(open_audio(pcm_wav.of(RAMP))))
    assert block.base is not None


def test_the_facts_are_those_of_the_header(pcm_wav):
    stream = open_audio(pcm_wav.of(np.zeros((2, 8_000), np.int16), 8_000))
    assert stream.format == AudioFormat("wav", "pcm_s16le", 8_000, 2)
    assert stream.n_channels == 2


@pytest.mark.parametrize(
    ("tag", "bits", "encoded"),
    [
        (1, 8, ((RAMP.astype(int) >> 8) + 128).astype("u1")),
        (1, 32, (RAMP.astype("<i4") << 16)),
        (3, 32, (RAMP / 32_768).astype("<f4")),
        (3, 64, (RAMP / 32_768).astype("<f8")),
    ],
    ids=["8 bit", "32 bit", "float32", "float64"],
)
def test_every_width_keeps_its_value(pcm_wav, tag, bits, encoded):
    chunk = pcm_wav.chunk(b"fmt ", pcm_wav.fmt(tag, 1, 16_000, bits))
    samples = decoded(pcm_wav.file(chunk, pcm_wav.chunk(b"data", encoded.tobytes())))
    expected = RAMP >> 8 << 8 if bits == 8 else RAMP
    assert np.array_equal(samples, expected)


def test_24_bits_keep_their_upper_16(pcm_wav):
    in_24 = np.zeros((RAMP.size, 3), np.uint8)
    in_24[:, 0] = 0x5A
    in_24[:, 1:] = RAMP.astype("<i2").view(np.uint8).reshape(-1, 2)
    chunk = pcm_wav.chunk(b"fmt ", pcm_wav.fmt(1, 1, 16_000, 24))
    wav = pcm_wav.file(chunk, pcm_wav.chunk(b"data", in_24.tobytes()))
    assert np.array_equal(decoded(wav), RAMP)


@pytest.mark.parametrize(("tag", "codec"), [(6, "pcm_alaw"), (7, "pcm_mulaw")])
def test_companded_bytes_have_the_values_ffmpeg_gives_them(pcm_wav, tag, codec):
    every_byte = bytes(range(256))
    decoder = av.CodecContext.create(codec, "r")
    decoder.sample_rate, decoder.layout = 16_000, "mono"
    expected = decoder.decode(av.Packet(every_byte))[0].to_ndarray()
    chunk = pcm_wav.chunk(b"fmt ", pcm_wav.fmt(tag, 1, 16_000, 8))
    wav = pcm_wav.file(chunk, pcm_wav.chunk(b"data", every_byte))
    assert np.array_equal(decoded(wav), expected)


def test_float_samples_clip_and_nan_is_silence():
    samples = np.array([[2.0, -np.inf, np.nan, 3e38, -1.0]], np.float32)
    assert int16_from_samples(samples).tolist() == [[32_767, -32_768, 0, 32_767, -32_768]]


def test_extensible_header_names_its_coding_in_the_guid(pcm_wav):
    guid_tail = bytes.fromhex("000000001000800000aa00389b71")
    body = pcm_wav.fmt(0xFFFE, 1, 16_000, 16) + b"\x16\0\x10\0\x04\0\0\0\x01\0" + guid_tail
    wav = pcm_wav.file(pcm_wav.chunk(b"fmt ", body), pcm_wav.chunk(b"data", RAMP_BYTES))
    assert np.array_equal(decoded(wav), RAMP)


@pytest.mark.parametrize(
    ("tag", "bits", "encoded", "codec"),
    [
        (1, 8, ((RAMP.astype(int) >> 8) + 128).astype("u1"), "pcm_u8"),
        (1, 16, RAMP.astype(">i2"), "pcm_s16be"),
        (1, 24, IN_24, "pcm_s24be"),
        (1, 32, (RAMP.astype(int) << 16).astype(">i4"), "pcm_s32be"),
        (3, 32, (RAMP / 32_768).astype(">f4"), "pcm_f32be"),
        (3, 64, (RAMP / 32_768).astype(">f8"), "pcm_f64be"),
    ],
)
def test_rifx_has_the_most_significant_byte_first(pcm_wav, tag, bits, encoded, codec):
    fmt = pcm_wav.fmt(tag, 1, 16_000, bits, order="big")
    wav = pcm_wav.rifx(fmt, encoded.tobytes())
    for source in (wav, (wav[at : at + 1] for at in range(len(wav)))):
        with open_audio(source) as stream:
            assert stream.format == AudioFormat("wav", codec, 16_000, 1)
            samples = np.concatenate(list(stream), axis=1)
        assert np.array_equal(samples, RAMP >> 8 << 8 if bits == 8 else RAMP)


@pytest.mark.parametrize(("tag", "codec"), [(6, "pcm_alaw"), (7, "pcm_mulaw")])
def test_companded_bytes_have_no_order(pcm_wav, tag, codec):
    every_byte = bytes(range(256))
    rifx = pcm_wav.rifx(pcm_wav.fmt(tag, 1, 16_000, 8, order="big"), every_byte)
    fmt = pcm_wav.chunk(b"fmt ", pcm_wav.fmt(tag, 1, 16_000, 8))
    riff = pcm_wav.file(fmt, pcm_wav.chunk(b"data", every_byte))
    assert open_audio(rifx).format.codec == codec
    assert np.array_equal(decoded(rifx), decoded(riff))


@pytest.mark.parametrize(
    "guid",
    ["0001000000001000800000aa00389b71", "0000000100000010800000aa00389b71"],
    ids=["tag turned around", "all numbers turned around"],
)
def test_rifx_names_its_coding_in_either_form_of_the_guid(pcm_wav, guid):
    body = pcm_wav.fmt(0xFFFE, 2, 44_100, 16, order="big") + bytes.fromhex(
        "0016001000000003" + guid
    )
    stereo = np.concatenate([RAMP, -(RAMP // 2)])
    with open_audio(pcm_wav.rifx(body, stereo.T.astype(">i2").tobytes())) as stream:
        assert stream.format == AudioFormat("wav", "pcm_s16be", 44_100, 2)


def test_rifx_of_unknown_length_is_read_to_the_end(pcm_wav):
    fmt = pcm_wav.fmt(1, 1, 16_000, 16, order="big")
    wav = pcm_wav.rifx(fmt, RAMP.astype(">i2").tobytes(), size=0xFFFFFFFF)
    assert np.array_equal(decoded(wav), RAMP)


@pytest.mark.parametrize(("tag", "bits"), [(2, 4), (0x11, 4), (0x31, 0), (0x55, 0), (1, 64)])
def test_rifx_of_compressed_samples_is_refused(pcm_wav, tag, bits):
    """FFmpeg would read the blocks in the other order, which is noise."""
    wav = pcm_wav.rifx(
        pcm_wav.fmt(tag, 1, 16_000, bits, frame_bytes=256, order="big"), bytes(9_000)
    )
    with pytest.raises(UnsupportedFormat, match="RIFX"):
        open_audio(wav)


@pytest.mark.parametrize("first", [b"FFIR", b"XFIR", b"RIFX" + bytes(4) + b"AVI "])
def test_other_orders_of_riff_are_refused(pcm_wav, first):
    wav = first + pcm_wav.of(RAMP)[len(first) :]
    with pytest.raises(UnsupportedFormat):
        open_audio(wav)


def test_chunks_around_the_samples_are_no_audio(pcm_wav, fmt):
    note = pcm_wav.chunk(b"LIST", b"INFOodd")
    wav = pcm_wav.file(note, fmt, note, pcm_wav.chunk(b"data", RAMP_BYTES), note)
    assert np.array_equal(decoded(wav), RAMP)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_writer_that_did_not_know_the_length_is_read_to_the_end(pcm_wav, fmt, size):
    wav = pcm_wav.file(fmt, pcm_wav.chunk(b"data", RAMP_BYTES, size), size=size)
    assert np.array_equal(decoded(wav), RAMP)


def test_a_header_written_before_the_first_sample_is_read_to_the_end(pcm_wav, fmt):
    """Python's `wave` on a socket: both sizes are right for an empty file, then samples follow."""
    wav = pcm_wav.file(fmt, pcm_wav.chunk(b"data", b"")) + RAMP_BYTES
    assert np.array_equal(decoded(wav), RAMP)


def test_an_empty_data_chunk_within_a_longer_file_is_empty(pcm_wav, fmt):
    wav = pcm_wav.file(fmt, pcm_wav.chunk(b"data", b""), pcm_wav.chunk(b"LIST", b"INFO" * 9))
    with pytest.raises(EmptyAudio):
        open_audio(wav)


def test_a_truncated_file_is_decoded_up_to_its_end(pcm_wav):
    wav = pcm_wav.of(RAMP)[:-1_001]  # half a sample too
    assert np.array_equal(decoded(wav), RAMP[:, :-501])


def test_rf64_takes_its_size_from_ds64(pcm_wav, fmt):
    sizes = (0).to_bytes(8, "little") + len(RAMP_BYTES).to_bytes(8, "little") + bytes(12)
    data = pcm_wav.chunk(b"data", RAMP_BYTES, 0xFFFFFFFF)
    note = pcm_wav.chunk(b"LIST", b"INFO" * 9)
    wav = pcm_wav.file(
        pcm_wav.chunk(b"ds64", sizes), fmt, data, note, riff=b"RF64", size=0xFFFFFFFF
    )
    assert np.array_equal(decoded(wav), RAMP)


def test_stereo_channels_stay_apart(pcm_wav):
    stereo = np.concatenate([RAMP, -(RAMP // 2)])
    assert np.array_equal(decoded(pcm_wav.of(stereo)), stereo)


def test_adpcm_in_wav_is_left_to_ffmpeg(encode, tone, level_db):
    wav = encode("wav", "adpcm_ms", tone(1_000, 8_000)[None], 8_000)
    assert level_db(decoded(wav)[0], 1_000) == pytest.approx(-6.02, abs=0.3)


def test_a_header_longer_than_any_known_one_is_left_to_ffmpeg(pcm_wav, fmt):
    note = pcm_wav.chunk(b"LIST", bytes(300_000))
    wav = pcm_wav.file(note, fmt, pcm_wav.chunk(b"data", RAMP_BYTES))
    assert np.array_equal(decoded(wav), RAMP)


def test_a_whole_header_without_a_sample_is_empty_audio(pcm_wav):
    with pytest.raises(EmptyAudio):
        open_audio(pcm_wav.of(np.zeros((1, 0), np.int16), 44_100))


def test_half_a_header_is_no_format(pcm_wav):
    with pytest.raises(UnsupportedFormat):
        open_audio(pcm_wav.of(RAMP)[:22])


def test_a_wav_file_is_read_from_where_it_stands(pcm_wav):
    file = io.BytesIO(b"preface" + pcm_wav.of(RAMP))
    file.seek(7)
    assert np.array_equal(decoded(file), RAMP)
