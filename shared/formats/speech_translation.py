"""Transcript with translations -> the answer of Sotto's own speech translation.

The result of fast transcription, with what each phrase and all of them are in every target.
"""

from collections.abc import Sequence
from typing import Any

from shared.formats.fast_transcription import fast_transcription_result
from shared.formats.scripts import joined_sentences
from shared.transcript import Phrase, Transcript


def speech_translation_result(
    transcript: Transcript, targets: Sequence[str], separate_channels: Sequence[int] = ()
) -> dict[str, Any]:
    """JSON object of the answer; `translations` are by target, as it was asked for."""
    result = fast_transcription_result(transcript, separate_channels)
    phrases = sorted(transcript.phrases, key=lambda phrase: (phrase.channel, phrase.offset_s))
    for shown, phrase in zip(result["phrases"], phrases, strict=True):
        shown["translations"] = {one.target: one.text for one in phrase.translations}
    for combined in result["combinedPhrases"]:
        channel = combined.get("channel")
        said = [phrase for phrase in phrases if channel in {None, phrase.channel}]
        combined["translations"] = {target: translated_text(said, target) for target in targets}
    return result


def translated_text(phrases: Sequence[Phrase], target: str) -> str:
    """All of the phrases in one target."""
    texts = [one.text for phrase in phrases for one in phrase.translations if one.target == target]
    return joined_sentences([text for text in texts if text])
