"""Labels of speakers and channels in plain text and subtitles."""

from shared.transcript import Phrase, Transcript


def count_speaking_channels(transcript: Transcript) -> int:
    """Count the channels with text."""
    return len({phrase.channel for phrase in transcript.phrases if phrase.best.display})


def label_speaker(phrase: Phrase, *, names_channel: bool) -> str:
    """Return the label of a phrase; empty without diarization and channel names.

    Both count from 1: `Guest-1` is the first speaker, `Channel 1` the first channel, number 0 in
    the contracts of the API.
    """
    names = []
    if names_channel:
        names.append(f"Channel {phrase.channel + 1}")
    if phrase.speaker is not None:
        names.append(f"Guest-{phrase.speaker}")
    return " ".join(names)
