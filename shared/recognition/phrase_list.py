"""Phrase lists: words that are likely in this audio, told to the model before every segment.

Whisper reads them as text that came before (`<|startofprev|>`), which makes it spell names the
way they are spelled there. They go with each segment, not only the first, so that they hold in
every window.
"""

from collections.abc import Sequence

MOST_CHARACTERS = 600  # about 200 tokens; the model's text context leaves 223


def phrase_hint(phrases: Sequence[str], weight: float) -> str:
    """Text that goes before each segment; empty where nothing is to bind.

    Phrases that do not fit any more are left out, the first ones count most.
    """
    if weight <= 0:
        return ""
    hint = ""
    for phrase in dict.fromkeys(" ".join(phrase.split()) for phrase in phrases):
        longer = f"{hint}, {phrase}" if hint else phrase
        if phrase and len(longer) <= MOST_CHARACTERS:
            hint = longer
    return hint and hint + "."
