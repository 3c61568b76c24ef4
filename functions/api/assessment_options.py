"""Parameters of pronunciation assessment, as the header of short audio and a turn have them.

One has `ReferenceText`, the other `referenceText`, and clients pass on what their users wrote:
names and the values of enumerations ignore case, truth values and numbers may be strings. Unknown
names are ignored, unknown values are refused.
Source: Azure's pages on pronunciation assessment; the wire of Speech SDK 1.53.
"""

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, TypeVar

from shared.assessment import AssessmentOptions
from shared.json_values import read_truth_value, read_whole_number

# A text that is read in the 30 s of short audio has less than a thousand; some 4 000 words fit.
MAX_HEADER_CHARACTERS = 32_768
MAX_CANDIDATES = 100

Json = Mapping[str, Any]
Member = TypeVar("Member", bound=StrEnum)


class UnusableAssessment(ValueError):
    """Parameters that cannot be served. The message names one, and quotes no value."""


class Dimension(StrEnum):
    """The accuracy alone, or all scores."""

    BASIC = "Basic"
    COMPREHENSIVE = "Comprehensive"


def read_assessment_header(text: str) -> AssessmentOptions:
    """Read the value of the header `Pronunciation-Assessment`: a JSON object in Base64.

    Standard and URL-safe Base64, with or without padding.

    Raises
    ------
    UnusableAssessment: too long, empty, another encoding, no object, or see
        `read_assessment_options`.
    """
    text = text.strip()
    if len(text) > MAX_HEADER_CHARACTERS:
        raise UnusableAssessment(
            "The header Pronunciation-Assessment must have no more than "
            f"{MAX_HEADER_CHARACTERS} characters."
        )
    parameters: Any = None
    # Raised after the handler: an error of the decoders quotes the text.
    with suppress(ValueError, RecursionError):
        standard = text.rstrip("=").replace("-", "+").replace("_", "/")
        padding = "=" * (-len(standard) % 4)
        parameters = json.loads(base64.b64decode(standard + padding, validate=True).decode())
    if not isinstance(parameters, dict):
        raise UnusableAssessment(
            "The header Pronunciation-Assessment must be a JSON object in Base64."
        )
    return read_assessment_options(parameters)


def read_assessment_options(parameters: Json, *, is_continuous: bool = False) -> AssessmentOptions:
    """Read the parameters of one assessment; a null is absent.

    is_continuous: see `AssessmentOptions`. The contract has no miscues there: the client compares
        the words of all utterances with its reference.

    Raises
    ------
    UnusableAssessment: a value of another type, out of range or of no such name.
    """
    named = {name.lower(): value for name, value in parameters.items() if value is not None}
    default = AssessmentOptions()
    return AssessmentOptions(
        reference_text=_text(named, "ReferenceText", default.reference_text),
        grading_system=_member(named, "GradingSystem", default.grading_system),
        granularity=_member(named, "Granularity", default.granularity),
        alphabet=_member(named, "PhonemeAlphabet", default.alphabet),
        is_comprehensive=_member(named, "Dimension", Dimension.BASIC) is Dimension.COMPREHENSIVE,
        miscue=_truth_value(named, "EnableMiscue", default=default.miscue) and not is_continuous,
        prosody=_truth_value(named, "EnableProsodyAssessment", default=default.prosody),
        n_best_phonemes=_count(named, "NBestPhonemeCount", default.n_best_phonemes),
        is_continuous=is_continuous,
    )


def _text(named: Json, name: str, default: str) -> str:
    value = named.get(name.lower(), default)
    if not isinstance(value, str):
        raise _refusal(name, "must be a string")
    return value


def _member(named: Json, name: str, default: Member) -> Member:
    value = named.get(name.lower(), default)
    kind = type(default)
    written = value.strip().lower() if isinstance(value, str) else None
    for member in kind:
        if member.lower() == written:
            return member
    raise _refusal(name, f"must be {' or '.join(kind)}")


def _truth_value(named: Json, name: str, *, default: bool) -> bool:
    value = read_truth_value(named.get(name.lower(), default))
    if not isinstance(value, bool):
        raise _refusal(name, "must be true or false")
    return value


def _count(named: Json, name: str, default: int) -> int:
    value = read_whole_number(named.get(name.lower(), default))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_CANDIDATES:
        raise _refusal(name, f"must be a whole number from 0 to {MAX_CANDIDATES}")
    return value


def _refusal(name: str, rule: str) -> UnusableAssessment:
    return UnusableAssessment(f"The parameter {name} of pronunciation assessment {rule}.")
