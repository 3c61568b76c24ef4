"""Who is speaking, as transcripts for people name it."""

from shared.transcript import Phrase, Transcript


def n_speaking_channels(transcript: Transcript) -> int:
    """Channels that somebody speaks on."""
    return len({phrase.channel for phrase in transcript.phrases if phrase.best.display})


def voice_of(phrase: Phrase, *, names_channel: bool) -> str:
    """Name of a phrase's voice, empty where there is only one.

    Both count from 1: `Guest-1` is the first speaker, `Channel 1` the first channel, which the
    contracts of the API call 0.
    """
    names = []
    if names_channel:
        names.append(f"Channel {phrase.channel + 1}")
    if phrase.speaker is not None:
        names.append(f"Guest-{phrase.speaker}")
    return " ".join(names)
