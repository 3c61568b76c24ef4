"""Transcript with translations -> the answer of Sotto's speech translation.

It extends the result of fast transcription by translations of each phrase and of the whole text.
"""

from collections.abc import Sequence
from typing import Any

from shared.formats.fast_transcription import fast_transcription_result
from shared.formats.scripts import join_sentences
from shared.transcript import Phrase, Transcript


def speech_translation_result(
    transcript: Transcript, targets: Sequence[str], separate_channels: Sequence[int] = ()
) -> dict[str, Any]:
    """Return the JSON object of the answer; keys of `translations` are the requested targets."""
    result = fast_transcription_result(transcript, separate_channels)
    phrases = sorted(transcript.phrases, key=lambda phrase: (phrase.channel, phrase.offset_s))
    for shown, phrase in zip(result["phrases"], phrases, strict=True):
        shown["translations"] = {one.target: one.text for one in phrase.translations}
    for combined in result["combinedPhrases"]:
        channel = combined.get("channel")
        spoken = [phrase for phrase in phrases if channel in {None, phrase.channel}]
        combined["translations"] = {target: translated_text(spoken, target) for target in targets}
    return result


def translated_text(phrases: Sequence[Phrase], target: str) -> str:
    """Join the translations of phrases to one target."""
    texts = [one.text for phrase in phrases for one in phrase.translations if one.target == target]
    return join_sentences([text for text in texts if text])
