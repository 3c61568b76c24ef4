"""Transcript -> plain text: paragraphs of the display form."""

from shared.formats.scripts import join_sentences
from shared.formats.speaker_labels import count_speaking_channels, label_speaker
from shared.transcript import Transcript

PARAGRAPH_PAUSE_S = 2.0


def plain_text(transcript: Transcript) -> str:
    """Return paragraphs by time, separated by blank lines; empty without speech.

    A paragraph ends where the speaker or the channel changes, and before a pause of 2 s. With
    several speakers or channels each paragraph begins with its label: `Guest-1: `, `Channel 1: `.
    """
    names_channel = count_speaking_channels(transcript) > 1
    paragraphs: list[tuple[str, list[str]]] = []
    last_voice, last_end_s = "", 0.0
    for phrase in sorted(transcript.phrases, key=lambda phrase: (phrase.offset_s, phrase.channel)):
        text = " ".join(phrase.best.display.split())
        if not text:
            continue
        voice = label_speaker(phrase, names_channel=names_channel)
        pause_s = phrase.offset_s - last_end_s
        if not paragraphs or voice != last_voice or pause_s >= PARAGRAPH_PAUSE_S:
            paragraphs.append((voice, []))
        paragraphs[-1][1].append(text)
        last_voice, last_end_s = voice, phrase.offset_s + phrase.duration_s
    return "\n".join(
        f"{voice}: {join_sentences(texts)}\n" if voice else f"{join_sentences(texts)}\n"
        for voice, texts in paragraphs
    )
