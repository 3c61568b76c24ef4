"""Batches of an audio: its segments and pauses, in the order in which they are heard."""

from collections.abc import Iterator, Sequence

from shared.audio.channels import MonoMixer, float32_from_int16, select_channel
from shared.audio.segmenter import Pause, Segment, Segmenter
from shared.audio.speech_detector import SpeechDetector
from shared.audio.stream import AudioStream
from shared.recognition.engines.segment_work import ChannelSegment
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled
from shared.transcript import Dropped, DropReason

NOISE_LEVEL_DB = -50.0  # a louder pause is noise, a softer one silence
LEAST_PAUSE_S = 0.25  # a shorter one is the edge of an utterance, and is not reported

# Longer audio is a file: no caller waits for its first words.
LONG_AUDIO_S = 60.0
# Groups of a file that are looked at together: of more segments more have a similar length.
FILE_GROUPS = 2

Batch = list[ChannelSegment | Dropped]
"""Segments and pauses in order of time by channel; the index of a segment is its place."""


def is_long(stream: AudioStream) -> bool:
    """Whether so much of an audio was read that it is no short request."""
    return stream.duration_s > LONG_AUDIO_S


def is_file(stream: AudioStream, batch: Batch, options: RecognitionOptions) -> bool:
    """Whether this and later batches are work for the slots of files.

    A few words in minutes of silence are not: they need no second instance of the model.
    """
    is_live = options.batch_segments == 1
    return is_long(stream) and len(segments_of(batch)) > (0 if is_live else options.batch_segments)


def read_batches(
    stream: AudioStream,
    detector: SpeechDetector,
    options: RecognitionOptions,
    check_cancelled: CheckCancelled,
) -> Iterator[Batch]:
    """Yield the batches of a file, each of several groups, and last the rest; else one batch.

    Where a group is one segment, a caller waits for each phrase: then each segment is a batch, and
    of a file each block, so that the caller looks for results as often.
    """
    is_live = options.batch_segments == 1
    channels = [c for c in options.channels if c < stream.n_channels]
    separate = len(channels) > 0 and stream.n_channels > 1
    segmenters = {
        channel: Segmenter(detector, options.segmentation)
        for channel in (channels if separate else [0])
    }
    batch: Batch = []

    def collect(channel: int, results: Iterator[Segment | Pause]) -> None:
        for result in results:
            if isinstance(result, Segment):
                batch.append(ChannelSegment(len(batch), channel, result))
            elif result.duration_s >= LEAST_PAUSE_S:
                batch.append(_dropped_pause(channel, result))

    mixer = MonoMixer()
    for block in stream:
        check_cancelled()
        for channel, segmenter in segmenters.items():
            mono = select_channel(block, channel) if separate else mixer.mix(block)
            collect(channel, segmenter.push(float32_from_int16(mono)))
        n_segments = len(segments_of(batch))
        if is_long(stream):
            is_full = is_live or n_segments >= FILE_GROUPS * options.batch_segments
        else:
            is_full = is_live and n_segments > 0
        if is_full:
            yield batch
            batch = []
    for channel, segmenter in segmenters.items():
        collect(channel, segmenter.finish())
    yield batch


def segments_of(batch: Sequence[ChannelSegment | Dropped]) -> list[ChannelSegment]:
    """Segments of a batch, without its pauses."""
    return [entry for entry in batch if isinstance(entry, ChannelSegment)]


def _dropped_pause(channel: int, pause: Pause) -> Dropped:
    reason = DropReason.NOISE if pause.level_db > NOISE_LEVEL_DB else DropReason.SILENCE
    return Dropped(channel, pause.offset_s, pause.duration_s, reason)
