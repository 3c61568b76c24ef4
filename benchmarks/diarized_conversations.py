"""Diarization of made-up conversations: number of speakers, error and time by condition and half.

The thresholds were chosen on conversations of half A of the readers; half B has the targets.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.clips import Clip
from benchmarks.made_conversations import (
    CLEAN,
    ECHO,
    PEOPLE_SEED,
    TELEPHONE,
    Conversation,
    make_conversations,
    read_people,
    split_people,
)
from benchmarks.report import Figure
from shared.diarization.diarize import Diarizer
from shared.diarization.speech_turn import Diarization

N_CONVERSATIONS = 60  # of each half
CONVERSATIONS_SEED = 16
_COLLAR, _COLLAR_WITHOUT_OVERLAP = "0.25", "0.25 without overlap"
# Least share of right counts and greatest error, in percent
_TARGETS = {CLEAN: (90, 4), ECHO: (80, 8), TELEPHONE: (80, 8)}
_MOST_RTF = 0.05

Rates = dict[str, dict[str, float]]
Score = Callable[[Sequence[dict[str, Any]]], list[Rates]]


@dataclass(frozen=True, slots=True)
class DiarizedConversation:
    """rates: by collar, see `benchmarks/diarization_scorer.py`."""

    half: str
    condition: str
    seconds: float
    elapsed_s: float
    n_speakers: int
    n_found: int
    rates: Rates


def diarize_conversations(
    clips: Sequence[Clip], diarizer: Diarizer, n_conversations: int, score: Score
) -> list[DiarizedConversation]:
    """Make conversations of each half of the readers, and diarize them.

    Parameters
    ----------
    score: from requests of the scorer to the rates of each.
    """
    people = read_people(clips)
    diarized: list[DiarizedConversation] = []
    for half, persons in zip("AB", split_people(list(people), PEOPLE_SEED), strict=True):
        spoken = {person: people[person] for person in persons}
        requests, measured = [], []
        for conversation in make_conversations(spoken, n_conversations, CONVERSATIONS_SEED):
            started = time.perf_counter()
            session = diarizer.start()
            session.push(conversation.samples)
            found = session.finish()
            measured.append((conversation, time.perf_counter() - started, found.n_speakers))
            requests.append(_request(conversation, found))
        print(f"  {len(measured)} conversations of half {half}", flush=True)
        diarized += [
            DiarizedConversation(
                half, one.condition, one.seconds, elapsed_s, one.n_speakers, n_found, rates
            )
            for (one, elapsed_s, n_found), rates in zip(measured, score(requests), strict=True)
        ]
    return diarized


def _request(conversation: Conversation, found: Diarization) -> dict[str, Any]:
    return {
        "reference": [list(turn) for turn in conversation.turns],
        "seconds": conversation.seconds,
        "turns": [[turn.offset_s, turn.end_s, str(turn.speaker)] for turn in found.turns],
    }


def conversation_figures(diarized: Sequence[DiarizedConversation]) -> list[Figure]:
    """Rows of count, error and time, by condition and half."""
    figures = []
    for condition, (least_right, most_error) in _TARGETS.items():
        for half in "AB":
            chosen = [one for one in diarized if (one.condition, one.half) == (condition, half)]
            if chosen:
                figures += _rows(condition, half, chosen, least_right, most_error)
    return figures


def _rows(
    condition: str,
    half: str,
    chosen: Sequence[DiarizedConversation],
    least_right: float,
    most_error: float,
) -> list[Figure]:
    has_target = half == "B"
    right = 100 * sum(one.n_found == one.n_speakers for one in chosen) / len(chosen)
    error, rest = (pooled_error(chosen, collar) for collar in (_COLLAR, _COLLAR_WITHOUT_OVERLAP))
    rtf = sum(one.elapsed_s for one in chosen) / sum(one.seconds for one in chosen)
    more = sum(one.n_found > one.n_speakers for one in chosen)
    fewer = sum(one.n_found < one.n_speakers for one in chosen)
    named = f"{len(chosen)} conversations, {condition}, half {half}"
    return [
        Figure(
            f"{named}: number of speakers right",
            f"{right:.0f} % ({more} with more, {fewer} with fewer)",
            target=f"at least {least_right} %" if has_target else "",
            met=right >= least_right if has_target else None,
        ),
        Figure(
            f"{named}: DER, collar 0.25 s (without overlap)",
            f"{error:.1f} % ({rest:.1f} %)",
            target=f"at most {most_error} %" if has_target else "",
            met=error <= most_error if has_target else None,
        ),
        Figure(
            f"{named}: RTF",
            f"{rtf:.3f}",
            target=f"at most {_MOST_RTF}" if has_target else "",
            met=rtf <= _MOST_RTF if has_target else None,
        ),
    ]


def pooled_error(diarized: Sequence[DiarizedConversation], collar: str) -> float:
    """Return the error in percent of all speech, not the mean of the conversations."""
    total_s = sum(one.rates[collar]["total_s"] for one in diarized)
    wrong = sum(one.rates[collar]["der"] * one.rates[collar]["total_s"] for one in diarized)
    return wrong / total_s if total_s else 0.0
