"""Sound lies where the timestamps of its container put it."""

import io

import av
import numpy as np
import pytest
from timed_files import resampled_by_ffmpeg, sounding_s, timed_file

from shared.audio.frame_clock import FrameClock
from shared.audio.stream import AudioLimits, open_audio
from shared.errors import AudioTooLong

# Container, codec, demuxer, video codec.
TIMED = [
    ("webm", "libopus", "matroska", "libvpx"),
    ("ogg", "libopus", "ogg", None),
    ("ogg", "vorbis", "ogg", None),
    ("ogg", "flac", "ogg", None),
    ("matroska", "aac", "matroska", "mpeg4"),
    ("matroska", "libmp3lame", "matroska", "mpeg4"),
    ("matroska", "flac", "matroska", "mpeg4"),
    ("matroska", "pcm_s16le", "matroska", "mpeg4"),
    ("mp4", "aac", "mov", "mpeg4"),
    ("mp4", "libopus", "mov", "mpeg4"),
    ("asf", "wmav2", "asf", "mpeg4"),
    ("mpegts", "aac", "mpegts", "mpeg2video"),
    ("mpegts", "mp2", "mpegts", "mpeg2video"),
]
CODEC_OPTIONS = {"vorbis": {"strict": "-2"}, "wmav2": {"b": "96000"}}
PAUSED = ((0.0, 1.0), (4.0, 1.0))
# FFmpeg's filter leaves 0.1 s to the samples; the delay of a decoder may come to that.
TOLERANCE_S = 0.13


def read(source, **limits):
    with open_audio(source, limits=AudioLimits(**limits)) as stream:
        return np.concatenate(list(stream), axis=1)[0] / 32_768


def pieces_of(file):
    return (file[at : at + 1_000] for at in range(0, len(file), 1_000))


def name(case):
    return f"{case[1]} in {case[0]}"


@pytest.mark.parametrize("case", TIMED, ids=name)
def test_a_pause_of_the_recorder_is_silence_as_ffmpeg_has_it(case):
    container, codec, demuxer, _ = case
    file = timed_file(container, codec, PAUSED, **CODEC_OPTIONS.get(codec, {}))
    expected, rate = resampled_by_ffmpeg(file, demuxer)
    for source in (file, pieces_of(file)):
        samples = read(source)
        sounds = sounding_s(samples, 16_000)
        assert len(sounds) == 2
        assert np.allclose(sounds, sounding_s(expected, rate), atol=TOLERANCE_S)
        # The encoder makes one frame of sounds before and after the pause.
        assert np.allclose(sounds, [(0.0, 1.0), (4.0, 5.0)], atol=0.2)
        assert samples.size / 16_000 == pytest.approx(expected.size / rate, abs=TOLERANCE_S)


@pytest.mark.parametrize("begins_s", [0.0, 40_000.0], ids=["from 0", "from a broadcast"])
@pytest.mark.parametrize("case", [one for one in TIMED if one[3]], ids=name)
def test_sound_after_the_picture_keeps_its_time(case, begins_s):
    container, codec, _, video = case
    file = timed_file(
        container, codec, ((begins_s + 3.0, 1.0),), picture=(video, begins_s),
        **CODEC_OPTIONS.get(codec, {}),
    )  # fmt: skip
    for source in (file, pieces_of(file)):
        assert np.allclose(sounding_s(read(source), 16_000), [(3.0, 4.0)], atol=TOLERANCE_S)


def test_pictures_in_another_order_than_they_are_shown_are_no_later():
    """FFmpeg's start of H.264 with B frames, undecoded, is wrong in Matroska."""
    file = timed_file("matroska", "libmp3lame", ((3.0, 1.0),), picture=("libx264", 0.0))
    assert np.allclose(sounding_s(read(file), 16_000), [(3.0, 4.0)], atol=TOLERANCE_S)


@pytest.mark.parametrize(
    "movflags",
    [
        "frag_keyframe+empty_moov",
        "frag_keyframe+empty_moov+default_base_moof",
        "frag_keyframe+delay_moov",
        "dash+delay_moov",
    ],
)
def test_an_mp4_in_fragments_keeps_its_time(movflags):
    options = {"movflags": movflags}
    paused = timed_file("mp4", "aac", PAUSED, options=options)
    for begins_s in (0.0, 40_000.0):
        late = timed_file(
            "mp4", "aac", ((begins_s + 3.0, 1.0),), picture=("mpeg4", begins_s), options=options
        )
        for source in (late, pieces_of(late)):
            assert np.allclose(sounding_s(read(source), 16_000), [(3.0, 4.0)], atol=TOLERANCE_S)
    for source in (paused, pieces_of(paused)):
        sounds = sounding_s(read(source), 16_000)
        assert np.allclose(sounds, [(0.0, 1.0), (4.0, 5.0)], atol=TOLERANCE_S)


@pytest.mark.parametrize("case", TIMED, ids=name)
def test_sound_that_was_cut_out_of_a_broadcast_starts_at_once(case):
    container, codec, *_ = case
    file = timed_file(container, codec, ((40_000.0, 2.0),), **CODEC_OPTIONS.get(codec, {}))
    for source in (file, pieces_of(file)):
        samples = read(source)
        assert samples.size / 16_000 == pytest.approx(2.0, abs=TOLERANCE_S)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("webm", "libopus"), ("matroska", "libmp3lame"), ("matroska", "aac"), ("mp4", "aac"),
     ("asf", "wmav2"), ("mpegts", "aac")],
)  # fmt: skip
def test_rounded_timestamps_leave_no_silence(container, codec):
    """22,050 and 44,100 Hz have no whole milliseconds."""
    rate = 48_000 if codec == "libopus" else 22_050
    file = timed_file(container, codec, ((0.0, 20.0),), rate=rate, **CODEC_OPTIONS.get(codec, {}))
    (sound,) = sounding_s(read(file), 16_000)
    assert sound == pytest.approx((0.0, 20.0), abs=TOLERANCE_S)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("webm", "libopus"), ("matroska", "aac"), ("ogg", "libopus"), ("mpegts", "aac")],
)
def test_a_stream_that_begins_anew_goes_on_after_the_one_before(container, codec):
    file = timed_file(container, codec, ((0.0, 2.0),))
    samples = read(file + file)[:64_000]
    assert samples.size / 16_000 == pytest.approx(4.0, abs=TOLERANCE_S)
    tenths_s = samples[: samples.size // 1_600 * 1_600].reshape(-1, 1_600)
    assert np.abs(tenths_s).max(axis=1).min() > 0.3


def test_overlapping_sound_is_kept():
    file = timed_file("matroska", "flac", ((0.0, 2.0), (1.5, 2.0)))
    assert read(file).size / 16_000 == pytest.approx(4.0, abs=TOLERANCE_S)


def test_lost_packets_leave_their_time(encode, tone):
    """Every fifth packet of 20 ms is gone: no gap is long, but all together are two seconds."""
    file = encode("webm", "libopus", tone(440, 48_000, 10.0)[None], 48_000)
    output = io.BytesIO()
    with av.open(io.BytesIO(file)) as whole, av.open(output, "w", format="webm") as thinned:
        (stream,) = whole.streams.audio
        copy = thinned.add_stream_from_template(stream)
        for number, packet in enumerate(whole.demux(stream)):
            if packet.size and number % 5 != 3:
                packet.stream = copy
                thinned.mux(packet)
    assert read(output.getvalue()).size / 16_000 == pytest.approx(10.0, abs=TOLERANCE_S)


@pytest.mark.parametrize("end_s", [30.0, 2.0**28])
def test_a_gap_beyond_the_limit_is_known_before_its_silence_is_made(end_s):
    file = timed_file("matroska", "flac", ((0.0, 2.0), (end_s, 1.0)))
    stream, lengths = open_audio(file, limits=AudioLimits(max_duration_s=20.0)), []
    with pytest.raises(AudioTooLong):
        lengths.extend(block.shape[1] for block in stream)
    assert sum(lengths) / 16_000 == pytest.approx(2.0, abs=TOLERANCE_S)


def test_hours_of_silence_come_in_blocks():
    """A reader that asks between two blocks whether to go on is answered at once."""
    file = timed_file("matroska", "flac", ((0.0, 1.0), (4 * 3_600.0, 1.0)))
    lengths = []
    with open_audio(file) as stream:
        for block in stream:
            lengths.append(block.shape[1])
            if len(lengths) == 100:
                break
    assert max(lengths) <= 32_000
    assert stream.duration_s < 200


def test_packets_that_do_not_decode_leave_their_time():
    """The middle and the end of a recording are damaged."""
    file = timed_file("matroska", "aac", ((0.0, 4.0),))
    damaged = bytearray(file)
    with av.open(io.BytesIO(file)) as container:
        for packet in container.demux(audio=0):
            if packet.size and (1.0 < packet.pts * packet.time_base < 2.0 or packet.pts > 3_000):
                place = file.index(bytes(packet))
                damaged[place : place + packet.size] = b"\xff" * packet.size
    samples = read(bytes(damaged))
    assert samples.size / 16_000 == pytest.approx(4.0, abs=TOLERANCE_S)
    sounds = sounding_s(samples, 16_000)
    assert sounds[0] == pytest.approx((0.0, 1.0), abs=TOLERANCE_S)
    assert sounds[-1] == pytest.approx((2.0, 3.0), abs=TOLERANCE_S)


def test_sound_without_a_timestamp_follows_the_last():
    clock = FrameClock(0.0)
    clock.advance(1.0)
    assert clock.silence_before(None) == 0.0


def test_a_step_within_the_tolerance_is_no_gap():
    clock = FrameClock(0.0)
    assert [clock.silence_before(at_s) for at_s in (0.05, 0.1, 0.11)] == [0.0, 0.0, 0.11]


def test_a_first_frame_before_the_start_is_the_start():
    clock = FrameClock(0.0)
    assert clock.silence_before(-0.5) == 0.0
    clock.advance(0.5)
    assert clock.silence_before(0.0) == 0.0


def test_a_gap_counts_from_what_was_passed_on():
    clock = FrameClock(None)
    assert clock.silence_before(40_000.0) == 0.0
    clock.advance(2.0)
    assert clock.silence_before(40_007.0) == pytest.approx(5.0)
