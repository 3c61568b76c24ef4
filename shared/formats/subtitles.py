"""Transcript -> subtitle files: SubRip (SRT) and WebVTT.

SRT has no standard; this is what players read. WebVTT: https://www.w3.org/TR/webvtt1/
"""

from shared.formats.cues import Cue, cues
from shared.transcript import Transcript


def srt(transcript: Transcript) -> str:
    """SubRip text, to be written as UTF-8; empty where nobody speaks.

    A voice is written before the first line: `Guest-1: `, or `Channel 1: ` where people speak on
    several channels. Of one channel no two cues overlap, of several they may.
    """
    return "\n".join(
        f"{number}\n{_time(cue.offset_ms, ',')} --> {_time(cue.end_ms, ',')}\n{_srt_text(cue)}\n"
        for number, cue in enumerate(cues(transcript), start=1)
    )


def webvtt(transcript: Transcript) -> str:
    """WebVTT text, to be written as UTF-8; only its header where nobody speaks.

    A voice is a voice span, `<v Guest-1>`; cues are those of `srt`.
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
    """`00:00:00,000`; hours have two digits or as many as they need."""
    seconds, milliseconds = divmod(milliseconds, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal_point}{milliseconds:03}"
