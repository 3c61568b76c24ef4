"""Transcript -> subtitle files: SubRip (SRT) and WebVTT.

SRT has no standard; this is the common form. WebVTT: https://www.w3.org/TR/webvtt1/
"""

from shared.formats.cues import Cue, cues
from shared.transcript import Transcript


def srt(transcript: Transcript) -> str:
    """Return SubRip text, for UTF-8; empty without speech.

    A speaker label precedes the first line: `Guest-1: `, or `Channel 1: ` with speech on several
    channels. Cues of one channel do not overlap, cues of different channels may.
    """
    return "\n".join(
        f"{number}\n{_time(cue.offset_ms, ',')} --> {_time(cue.end_ms, ',')}\n{_srt_text(cue)}\n"
        for number, cue in enumerate(cues(transcript), start=1)
    )


def webvtt(transcript: Transcript) -> str:
    """Return WebVTT text, for UTF-8; only the header without speech.

    A speaker label is a voice span, `<v Guest-1>`; cues are those of `srt`.
    """
    return "\n".join(
        [
            "WEBVTT\n",
            *(
                f"{_time(cue.offset_ms, '.')} --> {_time(cue.end_ms, '.')}\n{_vtt_text(cue)}\n"
                for cue in cues(transcript)
            ),
        ]
    )


def _srt_text(cue: Cue) -> str:
    text = "\n".join(cue.lines)
    return f"{cue.voice}: {text}" if cue.voice else text


def _vtt_text(cue: Cue) -> str:
    text = "\n".join(cue.lines)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<v {cue.voice}>{text}" if cue.voice else text


def _time(milliseconds: int, decimal_point: str) -> str:
    """Format as `00:00:00,000`; hours have at least two digits."""
    seconds, milliseconds = divmod(milliseconds, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal_point}{milliseconds:03}"
