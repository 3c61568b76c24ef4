import gc
import io
import resource
import struct

import av
import numpy as np
import pytest

from shared.audio.container import ContainerDecoder
from shared.audio.source import EncodedSource
from shared.audio.stream import AudioLimits, RawPcm, open_audio
from shared.errors import AudioError, AudioTooLarge, AudioTooLong, EmptyAudio, UnsupportedFormat


def read(source, **limits):
    with open_audio(source, limits=AudioLimits(**limits)) as stream:
        return sum(block.shape[1] for block in stream)


def pieces_of(encoded, piece_bytes=1_000):
    return (encoded[n : n + piece_bytes] for n in range(0, len(encoded), piece_bytes))


@pytest.fixture(scope="module")
def silent_flac(encode):
    """Five minutes of silence in 60 kB."""
    return encode("flac", "flac", np.zeros((1, 300 * 8_000), np.int16), 8_000)


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{target}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
        '<?xml version="1.0"?><MPD><BaseURL>{target}</BaseURL></MPD>',
        "[playlist]\nFile1={target}\n",
    ],
    ids=["m3u8", "concat", "sdp", "dash", "pls"],
)
@pytest.mark.parametrize("prefix", [b"", b"ID3\x04\0\0\0\0\0\0"], ids=["bare", "after a tag"])
def test_a_playlist_is_refused(playlist, prefix, tmp_path, pcm_wav, tone):
    target = tmp_path / "secret.wav"
    target.write_bytes(pcm_wav.of(tone(440, 16_000)[None]))
    with pytest.raises(UnsupportedFormat):
        open_audio(prefix + playlist.format(target=target).encode())


def test_even_the_demuxer_of_playlists_could_open_no_other_file(encode, tone, tmp_path):
    """Without the empty list of protocols FFmpeg reads the file that the playlist names."""
    target = tmp_path / "secret.aac"
    target.write_bytes(encode("adts", "aac", tone(440, 16_000, 3.0)[None], 16_000))
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{target}\n#EXT-X-ENDLIST\n"
    with av.open(io.BytesIO(playlist.encode()), format="hls") as unguarded:
        assert len(unguarded.streams.audio) == 1
    with pytest.raises(UnsupportedFormat):
        ContainerDecoder(EncodedSource(playlist.encode(), 1_000_000), "hls", AudioLimits())


def test_more_bytes_than_allowed_are_known_at_once(pcm_wav, tone):
    wav = pcm_wav.of(tone(440, 16_000)[None])
    with pytest.raises(AudioTooLarge):
        open_audio(wav, limits=AudioLimits(max_bytes=len(wav) - 1))
    assert read(wav, max_bytes=len(wav)) == 16_000


@pytest.mark.parametrize(("container", "codec"), [("wav", "pcm_s16le"), ("flac", "flac"),
                                                  ("mp4", "aac")])  # fmt: skip
def test_arriving_bytes_are_counted_and_no_more_are_taken(encode, tone, container, codec):
    encoded = encode(container, codec, tone(440, 16_000, 20.0)[None], 16_000)
    taken = []

    def endless():
        while True:
            for piece in pieces_of(encoded):
                taken.append(len(piece))
                yield piece

    with pytest.raises(AudioTooLarge):
        read(endless(), max_bytes=len(encoded) // 2)
    assert sum(taken) <= len(encoded) // 2 + 1_000


def test_a_wav_that_is_too_long_is_known_at_once(pcm_wav, tone):
    with pytest.raises(AudioTooLong):
        open_audio(pcm_wav.of(tone(440, 16_000, 2.0)[None]), limits=AudioLimits(max_duration_s=1.9))


def test_flac_states_its_length_and_is_refused_at_once(silent_flac):
    with pytest.raises(AudioTooLong):
        open_audio(silent_flac, limits=AudioLimits(max_duration_s=60))


@pytest.mark.parametrize(("container", "codec"), [("ogg", "libopus"), ("mp3", "libmp3lame"),
                                                  ("adts", "aac")])  # fmt: skip
def test_blocks_within_the_limit_come_before_the_error(encode, tone, container, codec):
    encoded = encode(container, codec, tone(440, 48_000, 6.0)[None], 48_000)
    stream, lengths = open_audio(encoded, limits=AudioLimits(max_duration_s=4.0)), []
    with pytest.raises(AudioTooLong):
        lengths.extend(block.shape[1] for block in stream)
    assert 2 * 16_000 < sum(lengths) <= 4 * 16_000
    assert stream.duration_s == sum(lengths) / 16_000


@pytest.mark.parametrize("n_channels", [33, 65_535])
def test_more_channels_than_allowed_are_refused(pcm_wav, n_channels):
    fmt = pcm_wav.chunk(b"fmt ", pcm_wav.fmt(1, n_channels, 16_000, 16, frame_bytes=0))
    with pytest.raises(UnsupportedFormat, match="channels"):
        open_audio(pcm_wav.file(fmt, pcm_wav.chunk(b"data", bytes(200_000))))


@pytest.mark.parametrize("sample_rate", [1, 999, 768_001, 0xFFFFFFFF])
def test_an_absurd_sample_rate_is_refused(pcm_wav, sample_rate):
    fmt = pcm_wav.chunk(b"fmt ", pcm_wav.fmt(1, 1, sample_rate, 16))
    with pytest.raises(UnsupportedFormat, match="sample rate"):
        open_audio(pcm_wav.file(fmt, pcm_wav.chunk(b"data", bytes(2_000))))
    with pytest.raises(UnsupportedFormat, match="sample rate"):
        open_audio(bytes(2_000), raw=RawPcm(sample_rate, 1))


def test_an_mp4_that_claims_80_million_samples_takes_no_memory_for_them(encode, tone):
    mp4 = bytearray(encode("mp4", "aac", tone(440, 16_000)[None], 16_000))
    n_claimed = 80_000_000
    sizes, chunks, times = (mp4.index(name) + 4 for name in (b"stsz", b"stsc", b"stts"))
    struct.pack_into(">II", mp4, sizes + 4, 1, n_claimed)
    struct.pack_into(">III", mp4, chunks + 8, 1, n_claimed, 1)
    struct.pack_into(">II", mp4, times + 8, n_claimed, 1)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(AudioError):
        read(bytes(mp4))
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    assert grown_kb < 300_000


def test_hours_of_silence_decode_in_flat_memory(silent_flac):
    read(silent_flac)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read(silent_flac) == 300 * 16_000  # 9.6 MB of samples
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 5_000


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp4", "aac"), ("webm", "libopus"), ("ogg", "libopus"), ("flac", "flac"), ("wav", "adpcm_ms"),
     ("aiff", "pcm_s16be"), ("caf", "pcm_s16le"), ("avi", "libmp3lame"), ("adts", "aac")],
)  # fmt: skip
def test_changed_bytes_give_audio_or_an_audio_error(encode, tone, container, codec):
    encoded = encode(container, codec, tone(440, 48_000, 0.5)[None], 48_000)
    random = np.random.default_rng(11)
    for _ in range(25):
        changed = bytearray(encoded)
        for place in random.integers(0, min(600, len(changed)), 4):
            changed[place] = random.integers(256)
        try:
            assert read(bytes(changed), max_duration_s=60) > 0
        except (UnsupportedFormat, EmptyAudio, AudioTooLong):
            continue


def test_closed_audio_leaves_nothing_to_the_garbage_collector(encode, tone):
    """Samples of a request must not lie in memory until a collection happens to come."""
    encoded = encode("ogg", "libopus", tone(440, 48_000, 3.0)[None], 48_000)
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        with open_audio(encoded) as stream:
            next(iter(stream))
        del stream
        gc.collect()
        left = [type(item).__name__ for item in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert left == []


def test_ffmpeg_says_nothing(encode, tone, capfd, caplog):
    flac = bytearray(encode("flac", "flac", tone(440, 16_000)[None], 16_000))
    flac[len(flac) // 2 :: 7] = bytes(len(flac[len(flac) // 2 :: 7]))
    read(bytes(flac))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_an_error_quotes_nothing_of_the_audio():
    with pytest.raises(UnsupportedFormat) as caught:
        open_audio(b"RIFF\x10\0\0\0WAVEcanary words")
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__
