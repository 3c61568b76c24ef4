"""Files whose packets have times: tones at given seconds, with a picture or without."""

import io
from fractions import Fraction

import av
import numpy as np

FRAME_SAMPLES = 960


def timed_file(container, codec, pieces, *, rate=48_000, picture=None, options=None, **more):
    """Encode a tone of 440 Hz where `pieces` has pairs of start and duration in seconds.

    `picture` is a video codec and its start in seconds; its five pictures a second last for 4 s.
    """
    file = io.BytesIO()
    layout = "stereo" if codec == "vorbis" else "mono"
    with av.open(file, "w", format=container, options=options or {}) as output:
        sound = output.add_stream(codec, rate=rate, layout=layout)
        sound.options = more
        packets = []
        if picture:
            video = output.add_stream(picture[0], rate=5)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for start_s, duration_s in pieces:
            packets += _sound(sound, rate, layout, start_s, duration_s)
        packets += sound.encode(None)
        if picture:
            for number in range(20):
                image = np.full((72, 64), 9 * number, np.uint8)
                frame = av.VideoFrame.from_ndarray(image, "yuv420p")
                frame.time_base, frame.pts = Fraction(1, 5), number + round(5 * picture[1])
                packets += video.encode(frame)
            packets += video.encode(None)
        for packet in sorted(packets, key=lambda one: one.dts * one.time_base):
            output.mux(packet)
    return file.getvalue()


def _sound(stream, rate, layout, start_s, duration_s):
    times_s = np.arange(round(rate * duration_s)) / rate
    tone = np.rint(12_000 * np.sin(2 * np.pi * 440 * times_s)).astype(np.int16)
    rows = np.stack([tone] * (2 if layout == "stereo" else 1))
    for first in range(0, tone.size, FRAME_SAMPLES):
        part = np.ascontiguousarray(rows[:, first : first + FRAME_SAMPLES])
        frame = av.AudioFrame.from_ndarray(part, "s16p", layout)
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = round(rate * start_s) + first
        yield from stream.encode(frame)


def resampled_by_ffmpeg(file, demuxer):
    """Decode with FFmpeg's `aresample=async=1`: float64, shape (n_samples,), and its rate."""
    with av.open(io.BytesIO(file), "r", format=demuxer) as container:
        (stream,) = container.streams.audio
        codec = stream.codec_context
        start_s = min(
            one.start_time * one.time_base
            for one in container.streams
            if one.start_time is not None
        )
        graph = av.filter.Graph()
        source = graph.add_abuffer(
            sample_rate=codec.sample_rate, format=codec.format.name, layout=codec.layout.name,
            time_base=stream.time_base,
        )  # fmt: skip
        resampler = graph.add("aresample", "async=1:first_pts=0")
        sink = graph.add("abuffersink")
        source.link_to(resampler)
        resampler.link_to(sink)
        graph.configure()
        blocks = []
        for packet in container.demux(stream):
            for frame in codec.decode(packet):
                if frame.pts is not None:
                    frame.pts -= round(start_s / frame.time_base)
                graph.push(frame)
                blocks += _pulled(graph)
        graph.push(None)
        blocks += _pulled(graph)
        return np.concatenate(blocks), codec.sample_rate


def _pulled(graph):
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        samples = frame.to_ndarray()
        if not frame.format.is_planar:
            samples = samples.reshape(-1, len(frame.layout.channels)).T
        yield samples[0] / (32_768 if samples.dtype == np.int16 else 1)


def sounding_s(samples, rate):
    """Start and end in seconds of the tones in samples of full scale 1.0, to 10 ms."""
    step = rate // 100
    whole = np.abs(samples[: samples.size // step * step]).reshape(-1, step)
    sounds = np.concatenate(([0], whole.max(axis=1) > 0.05, [0]))
    edges = np.flatnonzero(np.diff(sounds)) / 100
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 0.05]
