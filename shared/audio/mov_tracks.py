"""Restriction of an MP4 to one track: FFmpeg builds an index of every track that it sees.

A track of two million samples takes a few bytes to claim and 100 MB to index. Video, a second
language, time codes and cover pictures are not needed: in the bytes that FFmpeg reads, the type of
their boxes is replaced by `free`, which it skips. Sizes and offsets do not change.

Layout of the boxes: ISO/IEC 14496-12, 4.2, 8.3 and 8.4; QuickTime File Format Specification.
"""

from collections.abc import Callable
from functools import partial

from shared.audio.mov_start import MovStart, TrackStart, parse_box, parse_track
from shared.audio.source import EncodedSource, SeekableBytes

_SKIPPED = b"free"
# Metadata may hold pictures, which FFmpeg makes streams of.
_NEVER_READ = {b"udta", b"meta"}
# A recording has far fewer tracks and boxes before the index.
_MOST_BOXES = 4_096
# Boxes state sizes of up to 64 bits; no file is this long, so no seek goes further.
_FARTHEST_BYTES = 1 << 40
# The handler of a track precedes its tables, after a few small boxes.
_TRACK_HEAD_BYTES = 65_536

ReadAt = Callable[[int, int], bytes]


class _BoxWalk:
    """Iteration over the boxes of an MP4 up to the end of its first index (`moov`).

    Where the samples are listed in fragments, it goes on to the first of them (`moof`).
    """

    def __init__(self) -> None:
        self.position: int | None = 0  # of the next box, None at the end of the walk
        self.start = MovStart()
        self._index_end: int | None = None
        self._is_fragmented = False
        self._has_audio = False
        self._n_boxes = 0

    def step(self, read: ReadAt) -> bool:
        """Step over the next box, or into the index; return whether that box is hidden.

        Parameters
        ----------
        read: returns bytes at an offset from the start of the box, fewer at the end.
        """
        position = self.position or 0
        self._n_boxes += 1
        box = parse_box(read(0, 16)) if position <= _FARTHEST_BYTES else None
        is_behind = self._index_end is not None and position >= self._index_end
        is_samples = box is not None and box.kind == b"mdat"
        if (
            box is None
            or self._n_boxes > _MOST_BOXES
            or (is_behind and (is_samples or not self._is_fragmented))
        ):
            self.position = None
            return False
        if box.kind == b"moov" and self._index_end is None:
            self._index_end = position + box.size
            self.position = position + box.header_bytes
            return False
        self.position = position + box.size

        def content() -> bytes:
            return read(0, min(box.size, _TRACK_HEAD_BYTES))[box.header_bytes :]

        if box.kind == b"trak":
            return self._hides(parse_track(content()))
        if box.kind == b"mvhd":
            self.start.add_movie_header(content())
        elif box.kind == b"mvex":
            self._is_fragmented = True
        elif box.kind == b"moof" and is_behind:
            self.start.add_fragment(content())
            self.position = None
        return box.kind in _NEVER_READ

    def _hides(self, track: TrackStart) -> bool:
        self.start.add_track(track)
        is_first_audio = not self._has_audio and track.handler == b"soun"
        self._has_audio = self._has_audio or is_first_audio
        return not is_first_audio


class OneTrack:
    """A seekable file with all but the first audio track hidden."""

    def __init__(self, file: SeekableBytes) -> None:
        self._file = file
        self._walk = _BoxWalk()
        self._hidden = self._find_hidden_boxes()
        file.seek(0)

    @property
    def start_s(self) -> float | None:
        """Start of the earliest track, hidden ones included; None where none says it."""
        return self._walk.start.start_s

    def read(self, size: int) -> bytes:
        """Between 1 and `size` bytes, none at the end."""
        start = self._file.tell()
        taken = self._file.read(size)
        for place in self._hidden:
            if start - len(_SKIPPED) < place < start + len(taken):
                taken = _hide_box_type(taken, place - start)
        return taken

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move; the new position, or -1 where that cannot be done."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Bytes from the start."""
        return self._file.tell()

    def _find_hidden_boxes(self) -> list[int]:
        places = []
        while (position := self._walk.position) is not None:
            if self._walk.step(partial(self._read_at, position)):
                places.append(position + 4)
        return places

    def _read_at(self, box: int, offset: int, size: int) -> bytes:
        position = box + offset
        if self._file.seek(position) != position:
            return b""
        gathered = b""
        while len(gathered) < size and (taken := self._file.read(size - len(gathered))):
            gathered += taken
        return gathered


class OneTrackForward:
    """A forward-only source with all but the first audio track hidden."""

    def __init__(self, source: EncodedSource) -> None:
        self._source = source
        self._start = source.position
        self._walk = _BoxWalk()
        self._replaced = b""

    @property
    def start_s(self) -> float | None:
        """Start of the earliest track that was passed; None where none says it."""
        return self._walk.start.start_s

    def read(self, size: int) -> bytes:
        """Between 1 and `size` bytes, none at the end."""
        at_box = self._walk.position == self._source.position - self._start
        if not self._replaced and at_box and self._walk.step(self._peek_at):
            self._replaced = self._source.read_between(8, 8)[:4] + _SKIPPED
        if self._replaced:
            taken, self._replaced = self._replaced[:size], self._replaced[size:]
            return taken
        if self._walk.position is None:
            return self._source.read(size)
        ahead = self._walk.position - (self._source.position - self._start)
        return self._source.read(min(size, ahead))

    def _peek_at(self, offset: int, size: int) -> bytes:
        return self._source.peek(offset + size)[offset:]


def _hide_box_type(taken: bytes, place: int) -> bytes:
    """Write `free` over the bytes at an offset; it may begin before or end after them."""
    first, last = max(0, place), min(len(taken), place + len(_SKIPPED))
    return taken[:first] + _SKIPPED[first - place : last - place] + taken[last:]
