"""Transcript -> text to read: paragraphs of the display form."""

from shared.formats.scripts import joined_sentences
from shared.formats.voices import n_speaking_channels, voice_of
from shared.transcript import Transcript

PARAGRAPH_PAUSE_S = 2.0


def plain_text(transcript: Transcript) -> str:
    """Paragraphs with a blank line between them, by time; empty where nobody speaks.

    A paragraph ends where the speaker or the channel changes and before a pause of 2 s. Where
    there are several of them each paragraph begins with its voice: `Guest-1: `, `Channel 1: `.
    """
    names_channel = n_speaking_channels(transcript) > 1
    paragraphs: list[tuple[str, list[str]]] = []
    last_voice, last_end_s = "", 0.0
    for phrase in sorted(transcript.phrases, key=lambda phrase: (phrase.offset_s, phrase.channel)):
        text = " ".join(phrase.best.display.split())
        if not text:
            continue
        voice = voice_of(phrase, names_channel=names_channel)
        pause_s = phrase.offset_s - last_end_s
        if not paragraphs or voice != last_voice or pause_s >= PARAGRAPH_PAUSE_S:
            paragraphs.append((voice, []))
        paragraphs[-1][1].append(text)
        last_voice, last_end_s = voice, phrase.offset_s + phrase.duration_s
    return "\n".join(
        f"{voice}: {joined_sentences(texts)}\n" if voice else f"{joined_sentences(texts)}\n"
        for voice, texts in paragraphs
    )
