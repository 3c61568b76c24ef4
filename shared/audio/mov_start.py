"""When the tracks of an MP4 start, also those that FFmpeg does not see.

Sound may begin after the picture. A progressive file says so by an empty edit at the start of the
later track, a fragmented one by the decode time of each track's first fragment.

Layout of the boxes: ISO/IEC 14496-12, 8.2, 8.3, 8.4, 8.6.6 and 8.8.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_TIMED_HANDLERS = {b"soun", b"vide"}
_EMPTY_EDIT = -1
# An index of trustworthy size has fewer; the bytes that are looked at are bounded as well.
_MOST_EDITS = 64


class Box(NamedTuple):
    """Head of a box: its type, its whole size, and where its content begins."""

    kind: bytes
    size: int
    header_bytes: int


def parse_box(head: bytes) -> Box | None:
    """Parse the head of a box; None where there is none, or it has no size."""
    if len(head) < 8:
        return None
    size, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if size == 1 and len(head) >= 16:
        size = int.from_bytes(head[8:16], "big")
        return Box(kind, size, 16) if size >= 16 else None
    return Box(kind, size, 8) if size >= 8 else None


def boxes_within(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of the boxes that follow each other; the last may be cut off."""
    place = 0
    while box := parse_box(content[place : place + 16]):
        yield box.kind, content[place + box.header_bytes : place + box.size]
        place += box.size


@dataclass(frozen=True, slots=True)
class TrackStart:
    """The start of a track, from its head.

    empty_units: empty edits before its first sample, in units of the movie.
    units_per_s: of its own times.
    """

    number: int
    handler: bytes
    empty_units: int
    units_per_s: int


def parse_track(content: bytes) -> TrackStart:
    """Read the head of a track (`trak`), which may be cut off within its tables."""
    number, handler, empty_units, units_per_s = 0, b"", 0, 0
    for kind, body in boxes_within(content):
        if kind == b"tkhd":
            number = _number(body, 20 if body[:1] == b"\1" else 12)
        elif kind == b"edts":
            empty_units = sum(_empty_edits(dict(boxes_within(body)).get(b"elst", b"")))
        elif kind == b"mdia":
            for inner, header in boxes_within(body):
                if inner == b"mdhd":
                    units_per_s = _number(header, 20 if header[:1] == b"\1" else 12)
                elif inner == b"hdlr":
                    handler = header[8:12]
                    break
    return TrackStart(number, handler, empty_units, units_per_s)


def _empty_edits(body: bytes) -> Iterator[int]:
    """Durations of the empty edits that come first (`elst`)."""
    entry = ">QqI" if body[:1] == b"\1" else ">IiI"
    for index in range(min(_number(body, 4), _MOST_EDITS)):
        place = 8 + index * struct.calcsize(entry)
        if place + struct.calcsize(entry) > len(body):
            return
        duration, media_time, _ = struct.unpack_from(entry, body, place)
        if media_time != _EMPTY_EDIT:
            return
        yield duration


@dataclass(slots=True)
class MovStart:
    """Start of the earliest track, from boxes as they are passed."""

    _units_per_s: int = 0
    _tracks: list[TrackStart] = field(default_factory=list)
    _fragment_units: dict[int, int] = field(default_factory=dict)

    @property
    def start_s(self) -> float | None:
        """Seconds on the clock of the file; None where no track says it."""
        starts_s = [
            track.empty_units / (self._units_per_s or 1)
            + self._fragment_units.get(track.number, 0) / (track.units_per_s or 1)
            for track in self._tracks
            if track.handler in _TIMED_HANDLERS
            and (not self._fragment_units or track.number in self._fragment_units)
        ]
        return min(starts_s, default=None)

    def add_movie_header(self, content: bytes) -> None:
        """Read the units of edits (`mvhd`)."""
        self._units_per_s = _number(content, 20 if content[:1] == b"\1" else 12)

    def add_track(self, track: TrackStart) -> None:
        """Take the start of one more track."""
        self._tracks.append(track)

    def add_fragment(self, content: bytes) -> None:
        """Read the decode times of the tracks in the first fragment (`moof`)."""
        for kind, body in boxes_within(content):
            if kind == b"traf":
                boxes = dict(boxes_within(body))
                number = _number(boxes.get(b"tfhd", b""), 4)
                decode_time = boxes.get(b"tfdt", b"")
                n_bytes = 8 if decode_time[:1] == b"\1" else 4
                self._fragment_units.setdefault(number, _number(decode_time, 4, n_bytes))


def _number(content: bytes, place: int, n_bytes: int = 4) -> int:
    """Read an unsigned number; 0 where the bytes end before it."""
    taken = content[place : place + n_bytes]
    return int.from_bytes(taken, "big") if len(taken) == n_bytes else 0
