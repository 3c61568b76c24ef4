"""Transcript -> subtitle files: SubRip (SRT), WebVTT, TTML; and plain text.

SRT has no standard; this is the common form. WebVTT: https://www.w3.org/TR/webvtt1/
`docs/subtitles.md` has the rules of the cues.
"""

from enum import StrEnum

from shared.formats.cues import Cue, cues
from shared.formats.plain_text import plain_text
from shared.formats.subtitle_options import SubtitleOptions
from shared.formats.time_text import time_text
from shared.formats.ttml import ttml
from shared.transcript import Transcript


class SubtitleFormat(StrEnum):
    """Format of subtitles, named by its file extension."""

    SRT = "srt"
    VTT = "vtt"
    TTML = "ttml"
    TEXT = "txt"


def render_subtitles(
    transcript: Transcript,
    subtitle_format: SubtitleFormat,
    options: SubtitleOptions | None = None,
) -> str:
    """Return the file of a format, for UTF-8; plain text has paragraphs and no options."""
    match subtitle_format:
        case SubtitleFormat.SRT:
            return srt(transcript, options)
        case SubtitleFormat.VTT:
            return webvtt(transcript, options)
        case SubtitleFormat.TTML:
            return ttml(cues(transcript, options))
        case SubtitleFormat.TEXT:
            return plain_text(transcript)


def srt(transcript: Transcript, options: SubtitleOptions | None = None) -> str:
    """Return SubRip text, for UTF-8; empty without speech.

    A speaker label, `Guest-1: `, precedes the first line where the speaker changes, and every cue
    with speech on several channels, `Channel 1: `. Cues of one channel do not overlap, cues of
    different channels may.
    """
    return "\n".join(
        f"{number}\n{_times(cue, ',')}\n{_srt_text(cue)}\n"
        for number, cue in enumerate(cues(transcript, options), start=1)
    )


def webvtt(transcript: Transcript, options: SubtitleOptions | None = None) -> str:
    """Return WebVTT text, for UTF-8; only the header without speech.

    A speaker label is a voice span, `<v Guest-1>`, of each cue; cues are those of `srt`.
    """
    return "\n".join(
        [
            "WEBVTT\n",
            *(f"{_times(cue, '.')}\n{_vtt_text(cue)}\n" for cue in cues(transcript, options)),
        ]
    )


def _srt_text(cue: Cue) -> str:
    text = "\n".join(cue.lines)
    return f"{cue.voice}: {text}" if cue.names_voice else text


def _vtt_text(cue: Cue) -> str:
    text = "\n".join(cue.lines)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<v {cue.voice}>{text}" if cue.voice else text


def _times(cue: Cue, decimal_point: str) -> str:
    begin, end = (time_text(ms, decimal_point) for ms in (cue.offset_ms, cue.end_ms))
    return f"{begin} --> {end}"
