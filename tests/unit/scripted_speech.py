"""Sentences that scripted audio says, and what tests of the pipeline look at in its results."""

from dataclasses import replace

from shared.audio.segmenter import SegmentationOptions
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase

ENGLISH = RecognitionOptions(locales=("en-US",))
SENTENCES = ["", "I am one.", "We are two.", "They are three.", "You are four.", "Five of us."]
APART = (0, SegmentationOptions().join_gap_s + 2)  # a pause that parts two segments


def sentences(level, _n_positions, request):
    """Script of an engine that reads each level as its sentence, sure of it.

    Tokens without letters follow, as many as speech of that length has.
    """
    found = hypothesis_of(SENTENCES[level])
    if not found.tokens:
        return found
    n_more = request.max_tokens // 5
    return replace(
        found, tokens=(*found.tokens, *[0] * n_more), contents=(*found.contents, *[b""] * n_more)
    )


def texts(results):
    """Display texts of the phrases, in order."""
    return [result.best.display for result in results if isinstance(result, Phrase)]
