"""MP4 with many tracks: one is indexed, whatever the others hold or claim."""

import io

import av
import claiming_mp4
import numpy as np
import pytest

from shared.audio.stream import AudioLimits, open_audio
from shared.errors import AudioError, AudioTooLarge


def many_tracks(tone, path, movflags):
    """Video, a tone and another tone."""
    options = {"movflags": movflags} if movflags else {}
    with av.open(str(path), "w", format="mp4", options=options) as output:
        video = output.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sounds = [output.add_stream("aac", rate=16_000, layout="mono") for _ in range(2)]
        for n in range(20):
            picture = av.VideoFrame.from_ndarray(np.zeros((72, 64), np.uint8), "yuv420p")
            picture.pts = n
            output.mux(video.encode(picture))
            for sound, frequency_hz in zip(sounds, (440, 1_500), strict=True):
                part = tone(frequency_hz, 16_000, 2.0)[None, n * 1_600 : (n + 1) * 1_600]
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), "s16p", "mono")
                frame.sample_rate, frame.pts = 16_000, n * 1_600
                output.mux(sound.encode(frame))
        for stream in (video, *sounds):
            output.mux(stream.encode(None))
    return path.read_bytes()


def with_cover(mp4):
    """The same with a cover picture in its metadata, as music shops write it; the index is last."""
    place = mp4.rindex(b"moov") - 4
    assert place + int.from_bytes(mp4[place : place + 4], "big") == len(mp4)
    data = claiming_mp4.box(b"data", claiming_mp4.words(13, 0), b"\xff\xd8\xff\xe0" + bytes(200))
    items = claiming_mp4.box(b"ilst", claiming_mp4.box(b"covr", data))
    handler = claiming_mp4.full(b"hdlr", claiming_mp4.words(0), b"mdirappl", bytes(9))
    cover = claiming_mp4.box(b"udta", claiming_mp4.full(b"meta", handler, items))
    moov = mp4[place + 8 :] + cover
    return mp4[:place] + claiming_mp4.box(b"moov", moov)


@pytest.mark.parametrize(
    ("movflags", "change"),
    [
        ("", bytes),
        ("", with_cover),
        ("faststart", bytes),
        ("frag_keyframe+empty_moov+default_base_moof", bytes),
        ("dash+empty_moov+frag_keyframe+global_sidx", bytes),
    ],
    ids=["index last", "cover", "index first", "fragments", "dash"],
)
def test_the_first_sound_is_decoded_beside_video_and_others(
    tone, level_db, tmp_path, movflags, change
):
    mp4 = change(many_tracks(tone, tmp_path / "talk.mp4", movflags))
    pieces = (mp4[at : at + 1_000] for at in range(0, len(mp4), 1_000))
    for source in (mp4, pieces):
        with open_audio(source) as stream:
            (samples,) = np.concatenate(list(stream), axis=1)
        assert samples.size / 16_000 == pytest.approx(2.0, abs=0.15)
        assert level_db(samples, 440) > -10
        assert level_db(samples, 1_500) < -40


@pytest.mark.parametrize("arrives", [False, True], ids=["here", "arriving"])
def test_five_hours_of_aac_fit_into_one_index(encode, arrives):
    silence = encode("mp4", "aac", np.zeros((1, 48_000), np.int16), 48_000)
    with av.open(io.BytesIO(silence)) as container:
        packet = bytes([*container.demux(audio=0)][-2])
    mp4 = claiming_mp4.five_hours_mp4(packet)
    with open_audio(iter([mp4]) if arrives else mp4) as stream:
        assert next(iter(stream)).shape[1] > 0


def test_sizes_of_64_bits_lead_nowhere():
    """A box behind the end of what a file can have is no error of the system."""
    brand = claiming_mp4.box(b"ftyp", b"isom", bytes(4))
    far = b"\0\0\0\1wide" + (2**63).to_bytes(8, "big")
    with pytest.raises(AudioError):
        open_audio(brand + far * 3)


def test_more_bytes_than_allowed_are_known_while_the_tracks_are_looked_at(tone, tmp_path):
    mp4 = many_tracks(tone, tmp_path / "talk.mp4", "")
    with pytest.raises(AudioTooLarge):
        open_audio(iter([mp4]), limits=AudioLimits(max_bytes=len(mp4) // 2))
