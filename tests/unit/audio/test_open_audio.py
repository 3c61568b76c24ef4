import io
import struct
import threading

import av
import numpy as np
import pytest

from shared.audio.stream import AudioFormat, RawPcm, SampleFormat, open_audio
from shared.errors import EmptyAudio, UnsupportedFormat

# Container, codec, what is found, sample rate
ENCODED = [
    ("mp3", "libmp3lame", "mp3", "mp3", 44_100),
    ("mp2", "mp2", "mp3", "mp2", 32_000),
    ("adts", "aac", "aac", "aac", 44_100),
    ("mp4", "aac", "mov", "aac", 44_100),
    ("ipod", "alac", "mov", "alac", 48_000),
    ("ogg", "libopus", "ogg", "opus", 48_000),
    ("ogg", "vorbis", "ogg", "vorbis", 44_100),
    ("ogg", "flac", "ogg", "flac", 16_000),
    ("flac", "flac", "flac", "flac", 96_000),
    ("webm", "libopus", "matroska", "opus", 48_000),
    ("matroska", "aac", "matroska", "aac", 22_050),
    ("asf", "wmav2", "asf", "wmav2", 44_100),
    ("aiff", "pcm_s16be", "aiff", "pcm_s16be", 11_025),
    ("au", "pcm_mulaw", "au", "pcm_mulaw", 8_000),
    ("caf", "pcm_s16le", "caf", "pcm_s16le", 44_100),
    ("w64", "pcm_s16le", "w64", "pcm_s16le", 44_100),
    ("avi", "libmp3lame", "avi", "mp3", 44_100),
]
# Level that encoding costs; FFmpeg's experimental Vorbis encoder blurs a second channel.
LOSS_DB = {"vorbis": 4.0}
CODEC_OPTIONS = {"vorbis": {"strict": "-2"}, "wmav2": {"b": "96000"}}


def decoded(source, **options):
    with open_audio(source, **options) as stream:
        return np.concatenate(list(stream), axis=1)


def in_pieces(encoded, piece_bytes=1_000):
    """Pieces as they arrive, and a list that grows with each one taken."""
    taken = []

    def pieces():
        for first in range(0, len(encoded), piece_bytes):
            taken.append(first)
            yield encoded[first : first + piece_bytes]

    return pieces(), taken


def boxes_of(mp4):
    position = 0
    while position < len(mp4):
        size = int.from_bytes(mp4[position : position + 4], "big")
        yield mp4[position + 4 : position + 8], mp4[position : position + size]
        position += size


def with_index_first(mp4):
    """Move `moov` before `mdat` and every chunk offset with it."""
    boxes = dict(boxes_of(mp4))
    moov, table = boxes[b"moov"], boxes[b"moov"].index(b"stco") + 8
    (n_chunks,) = struct.unpack_from(">I", moov, table)
    offsets = struct.unpack_from(f">{n_chunks}I", moov, table + 4)
    moved = struct.pack(f">{n_chunks}I", *(offset + len(moov) for offset in offsets))
    moov = moov[: table + 4] + moved + moov[table + 4 + len(moved) :]
    return boxes[b"ftyp"] + moov + boxes.get(b"free", b"") + boxes[b"mdat"]


def ogg_page(packet, page, *, position, flags=0):
    """One packet as one Ogg page (RFC 3533)."""
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 7, page, 0)
    unsigned = head + bytes([len(lacing)]) + lacing + packet
    checksum = 0
    for byte in unsigned:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1 ^ (0x04C11DB7 if checksum >> 31 else 0)) & 0xFFFFFFFF
    return unsigned[:22] + struct.pack("<I", checksum) + unsigned[26:]


@pytest.fixture(scope="module")
def mp4(encode, tone):
    return encode("mp4", "aac", tone(1_000, 44_100, 4.0)[None], 44_100)


@pytest.mark.parametrize("case", ENCODED, ids=lambda case: f"{case[1]} in {case[0]}")
@pytest.mark.parametrize("arriving", [False, True], ids=["bytes", "pieces"])
def test_every_format_gives_the_tone_at_its_length(encode, tone, level_db, case, arriving):
    container, codec, found, named, sample_rate = case
    stereo = np.stack([tone(1_000, sample_rate, 2.0), tone(500, sample_rate, 2.0)])
    options = CODEC_OPTIONS.get(codec)
    encoded = encode(container, codec, stereo, sample_rate, codec_options=options)
    with open_audio(in_pieces(encoded)[0] if arriving else encoded) as stream:
        assert stream.format == AudioFormat(found, named, sample_rate, 2)
        blocks = list(stream)
    channels = np.concatenate(blocks, axis=1)
    assert {block.dtype for block in blocks} == {np.dtype(np.int16)}
    loss_db = LOSS_DB.get(codec, 0.7)
    assert level_db(channels[0], 1_000) == pytest.approx(-6.02, abs=loss_db)
    assert level_db(channels[1], 500) == pytest.approx(-6.02, abs=loss_db)
    # Codecs without a place for their delay leave up to two frames of 1,152 or 2,048 samples.
    assert stream.duration_s == pytest.approx(2.0, abs=2 * 2_048 / sample_rate + 0.001)
    assert stream.duration_s == channels.shape[1] / 16_000


# Apple's forms of AIFF and CAF, in both orders of bytes.
UNCOMPRESSED = [
    *((container, f"pcm_{width}be") for container in ("aiff", "au", "caf", "mov")
      for width in ("s16", "s24", "s32", "f32", "f64")),
    *((container, f"pcm_{width}le") for container in ("caf", "mov")
      for width in ("s16", "s24", "s32", "f32", "f64")),
    *((container, f"pcm_{width}") for container in ("aiff", "au", "caf", "mov")
      for width in ("s8", "alaw", "mulaw")),
    ("aiff", "pcm_s16le"), ("aiff", "pcm_u8"),
]  # fmt: skip


@pytest.mark.parametrize(("container", "codec"), UNCOMPRESSED)
def test_every_order_and_width_of_samples_gives_the_tone(tone, level_db, container, codec):
    output = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(tone(1_000, 16_000)[None], "s16p", "mono")
    frame.sample_rate = 16_000
    with av.open(output, "w", format=container) as file:
        stream = file.add_stream(codec, rate=16_000, layout="mono")
        sample_format = stream.codec_context.codec.audio_formats[0]
        for part in av.AudioResampler(sample_format, "mono", 16_000).resample(frame):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    samples = decoded(output.getvalue())[0]
    assert samples.size == 16_000
    assert level_db(samples, 1_000) == pytest.approx(-6.02, abs=0.1)


def test_amr_decodes():
    """Twenty frames of 20 ms at 4.75 kbit/s (RFC 4867, section 5)."""
    amr = b"#!AMR\n" + (b"\x04" + bytes(range(12))) * 20
    with open_audio(amr) as stream:
        assert stream.format == AudioFormat("amr", "amr_nb", 8_000, 1)
        assert sum(block.shape[1] for block in stream) == 6_400


def test_speex_decodes():
    """Silent narrow band frames of 20 ms in Ogg."""
    numbers = (1, 80, 8_000, 0, 4, 1, -1, 160, 0, 1, 0, 0, 0)
    head = b"Speex   " + b"1.2".ljust(20, b"\0") + struct.pack("<13i", *numbers)
    pages = [ogg_page(head, 0, position=0, flags=2), ogg_page(bytes(8), 1, position=0)]
    pages += [ogg_page(b"\x03\xc0", 2 + n, position=160 * (n + 1)) for n in range(25)]
    with open_audio(b"".join(pages)) as stream:
        assert stream.format == AudioFormat("ogg", "speex", 8_000, 1)
        assert sum(block.shape[1] for block in stream) == 8_000


def test_of_a_film_the_sound_is_decoded(tone, level_db):
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        video = output.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = output.add_stream("aac", rate=48_000, layout="mono")
        for n in range(10):
            picture = av.VideoFrame.from_ndarray(np.zeros((72, 64), np.uint8), "yuv420p")
            picture.pts = n
            output.mux(video.encode(picture))
        samples = av.AudioFrame.from_ndarray(tone(1_000, 48_000)[None], "s16p", "mono")
        samples.sample_rate = 48_000
        output.mux(audio.encode(samples))
        output.mux(audio.encode(None))
        output.mux(video.encode(None))
    assert level_db(decoded(file.getvalue())[0], 1_000) == pytest.approx(-6.02, abs=0.7)


def test_five_point_one_channels_all_come_out(encode, tone, level_db):
    samples = np.stack([tone(300 + 200 * channel, 48_000) for channel in range(6)])
    channels = decoded(encode("flac", "flac", samples, 48_000))
    assert channels.shape == (6, 16_000)
    for channel in range(6):
        assert level_db(channels[channel], 300 + 200 * channel) == pytest.approx(-6.02, abs=0.1)


def test_a_picture_in_the_tags_does_not_hide_the_audio(encode, tone):
    mp3 = encode("mp3", "libmp3lame", tone(1_000, 44_100)[None], 44_100)
    picture_bytes = 300_000
    size = bytes(picture_bytes >> shift & 0x7F for shift in (21, 14, 7, 0))
    tagged = b"ID3\x04\0\0" + size + bytes(picture_bytes) + mp3
    assert np.array_equal(decoded(tagged), decoded(mp3))


def test_mp3_cut_out_of_a_broadcast_is_found(encode, tone):
    mp3 = encode("mp3", "libmp3lame", tone(1_000, 44_100, 2.0)[None], 44_100)
    assert decoded(mp3[1_234:]).shape[1] > 20_000


@pytest.mark.parametrize(
    ("container", "codec", "sample_rate"),
    [
        ("mp3", "libmp3lame", 44_100),
        ("adts", "aac", 44_100),
        ("ogg", "libopus", 48_000),
        ("flac", "flac", 16_000),
        ("webm", "libopus", 48_000),
    ],
)
def test_decoding_starts_before_the_last_piece_has_arrived(
    encode, tone, container, codec, sample_rate
):
    encoded = encode(container, codec, tone(1_000, sample_rate, 20.0)[None], sample_rate)
    pieces, taken = in_pieces(encoded)
    next(iter(open_audio(pieces)))
    assert len(taken) * 1_000 < len(encoded) / 2


def test_a_wav_block_comes_with_the_piece_that_brings_it(pcm_wav, tone):
    pieces, taken = in_pieces(pcm_wav.of(tone(440, 16_000, 3.0)[None]), 4_000)
    blocks = iter(open_audio(pieces))
    assert next(blocks).shape[1] >= 1_600
    assert len(taken) <= 2


def test_an_mp4_that_lists_its_samples_first_is_decoded_while_it_arrives(mp4):
    pieces, taken = in_pieces(with_index_first(mp4))
    assert np.array_equal(decoded(with_index_first(mp4)), decoded(mp4))
    next(iter(open_audio(pieces)))
    assert len(taken) * 1_000 < len(mp4) / 2


def test_an_mp4_that_lists_its_samples_last_decodes_from_pieces(mp4):
    assert np.array_equal(decoded(in_pieces(mp4)[0]), decoded(mp4))


def test_a_file_that_cannot_seek_is_read_forward(mp4):
    class Socket(io.RawIOBase):
        def __init__(self):
            self.file = io.BytesIO(mp4)

        def read(self, size=-1):
            return self.file.read(min(size, 700))

    assert np.array_equal(decoded(Socket()), decoded(mp4))


def test_a_file_stays_open_and_belongs_to_its_owner(mp4):
    file = io.BytesIO(mp4)
    decoded(file)
    assert not file.closed


def test_blocks_last_about_a_second_and_never_more_than_two(encode, tone):
    flac = encode("flac", "flac", tone(440, 44_100, 5.0)[None], 44_100)
    lengths = [block.shape[1] for block in open_audio(flac)]
    assert max(lengths) <= 32_000
    assert len(lengths) <= 7


@pytest.mark.parametrize("sample_format", list(SampleFormat))
def test_raw_samples_decode_as_they_are_described(sample_format, tone, level_db):
    samples = tone(1_000, 8_000)
    encoders = {"alaw": "pcm_alaw", "mulaw": "pcm_mulaw", "u8": "pcm_u8"}
    encoder = av.CodecContext.create(encoders.get(sample_format, f"pcm_{sample_format}le"), "w")
    encoder.sample_rate, encoder.layout = 8_000, "mono"
    encoder.format = encoder.codec.audio_formats[0]
    frame = av.AudioFrame.from_ndarray(samples[None], "s16p", "mono")
    frame.sample_rate = 8_000
    converted = av.AudioResampler(encoder.format, "mono", 8_000).resample(frame)[0]
    encoded = b"".join(bytes(packet) for packet in encoder.encode(converted))
    mono = decoded(encoded, raw=RawPcm(8_000, 1, sample_format))[0]
    assert mono.size == 16_000
    assert level_db(mono, 1_000) == pytest.approx(-6.02, abs=0.1)


def test_raw_samples_may_arrive_in_pieces_of_one_byte():
    samples = np.arange(-4_000, 4_000, dtype=np.int16).reshape(2, -1)
    encoded = samples.T.tobytes()
    pieces = (encoded[n : n + 1] for n in range(len(encoded)))
    assert np.array_equal(decoded(pieces, raw=RawPcm(16_000, 2)), samples)


def test_no_raw_samples_are_empty_audio():
    with pytest.raises(EmptyAudio):
        open_audio(b"", raw=RawPcm())


@pytest.mark.parametrize(
    "junk",
    [b"", b"\0", b"hello, this is text", b"\x89PNG\r\n\x1a\n", bytes(10_000), b"\xff" * 9_000],
    ids=["nothing", "one byte", "text", "picture", "zeros", "ones"],
)
def test_bytes_that_are_no_audio_are_refused(junk):
    reason = "no audio or video of a known format" if junk else "has no bytes"
    with pytest.raises(UnsupportedFormat, match=reason):
        open_audio(junk)


def test_a_known_first_line_before_noise_is_refused():
    noise = np.random.default_rng(7).bytes(20_000)
    for magic in (b"fLaC", b"OggS", b"\x1a\x45\xdf\xa3", b"\0\0\0\x20ftypM4A ", b".snd", b"caff"):
        with pytest.raises(UnsupportedFormat):
            open_audio(magic + noise)


def test_flac_without_a_frame_is_empty_audio(encode, tone):
    flac = encode("flac", "flac", tone(440, 16_000)[None], 16_000)
    with pytest.raises(EmptyAudio):
        open_audio(flac[: flac.index(b"\xff\xf8")])


def test_damage_in_the_middle_costs_only_the_damaged_part(encode, tone):
    mp3 = bytearray(encode("mp3", "libmp3lame", tone(1_000, 44_100, 5.0)[None], 44_100))
    mp3[20_000:22_000] = np.random.default_rng(7).bytes(2_000)
    assert decoded(bytes(mp3)).shape[1] > 4 * 16_000


def test_a_second_look_at_the_blocks_is_an_error(pcm_wav, tone):
    stream = open_audio(pcm_wav.of(tone(440, 16_000)[None]))
    list(stream)
    with pytest.raises(RuntimeError, match="once"):
        iter(stream)


def test_closing_ends_the_blocks(mp4):
    stream = open_audio(mp4)
    blocks = iter(stream)
    next(blocks)
    stream.close()
    stream.close()
    assert list(blocks) == []


def test_a_stream_opened_in_one_thread_is_read_in_another(mp4):
    stream, lengths = open_audio(mp4), []
    reader = threading.Thread(target=lambda: lengths.extend(b.shape[1] for b in stream))
    reader.start()
    reader.join()
    assert sum(lengths) == decoded(mp4).shape[1]


@pytest.mark.parametrize("container", ["wav", "flac"])
def test_an_error_of_the_source_comes_up_unchanged(encode, tone, container):
    encoded = encode(
        container, {"wav": "pcm_s16le"}.get(container, container), tone(440, 16_000, 9.0)[None],
        16_000,
    )  # fmt: skip

    def pieces():
        yield encoded[: len(encoded) // 2]
        raise ConnectionResetError

    with open_audio(pieces()) as stream, pytest.raises(ConnectionResetError):
        list(stream)


@pytest.mark.speech
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("mono.empty.wav", UnsupportedFormat),
        ("mono.invalid.wav", UnsupportedFormat),
        ("mono.zero.wav", EmptyAudio),
    ],
)
def test_errors_of_broken_recordings_name_the_fault(speech_data, name, error):
    with pytest.raises(error):
        open_audio((speech_data / "broken" / name).read_bytes())


@pytest.mark.speech
def test_every_recording_of_the_set_decodes_to_its_listed_length(speech_data):
    lines = (speech_data / "manifest.tsv").read_text("utf-8").splitlines()[1:]
    folders = ("formats/", "telephone/", "multilingual/")
    for name, _, seconds, *_ in [row.split("\t") for row in lines if row.startswith(folders)]:
        if name == "formats/p001.aac":
            continue  # 388 frames of 1,024 samples; 9.40 s is a guess from the bit rate
        with (speech_data / name).open("rb") as file, open_audio(file) as stream:
            assert sum(block.shape[1] for block in stream) / 16_000 == stream.duration_s
        assert stream.duration_s == pytest.approx(float(seconds), abs=0.06), name


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp3", "libmp3lame"), ("mp4", "aac"), ("flac", "flac"), ("adts", "aac")],
)
def test_the_length_that_a_file_states_or_its_bit_rate_makes_is_known_before_it_is_read(
    container, codec, tone, encode
):
    samples = tone(440, 44_100, 3.0)[np.newaxis]
    with open_audio(encode(container, codec, samples, 44_100)) as stream:
        assert stream.stated_s == pytest.approx(3.0, abs=0.2)
        assert stream.duration_s == 0


def test_the_length_of_samples_follows_from_their_bytes_unless_they_are_arriving():
    samples = bytes(2 * 24_000)
    assert open_audio(samples, raw=RawPcm()).stated_s == 1.5
    assert open_audio(iter([samples]), raw=RawPcm()).stated_s is None
