"""Posteriors of phones as a recogniser trained with CTC gives them: a peak for each phone."""

from collections.abc import Mapping

import numpy as np

from shared.pronunciation.phones.phone_engine import BLANK, PHONES, Floats
from shared.pronunciation.phones.phone_target import PhoneTarget, targets_of

_REST = 1e-3


def targets(phones: str) -> tuple[PhoneTarget, ...]:
    """Targets of phones, `"HH AH L OW"`."""
    return targets_of(phones.split())


def columns(phones: str) -> list[int]:
    """Columns of phones."""
    return [PHONES.index(phone) for phone in phones.split()]


def log_posteriors(n_frames: int, peaks: Mapping[int, str]) -> Floats:
    """Posteriors that are blank but for one phone, or two equally likely ones, at some frames."""
    rows = np.full((n_frames, len(PHONES) + 1), _REST)
    rows[:, BLANK] = 1.0
    for frame, phones in peaks.items():
        rows[frame, BLANK] = _REST
        rows[frame, columns(phones)] = 1.0
    logs: Floats = np.log(rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return logs
