"""What a caller of the batch API asked for, in words that only its answers need again.

What work needs of it is in `JobOptions`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from shared.json_fields import JsonFields

_MAX_LOCALES = 1000


class PunctuationMode(StrEnum):
    """The contract's words. `None` leaves punctuation out; Whisper makes no further difference."""

    NONE = "None"
    DICTATED = "Dictated"
    AUTOMATIC = "Automatic"
    DICTATED_AND_AUTOMATIC = "DictatedAndAutomatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Properties of a job as its caller wrote them.

    candidate_locales: of language identification; empty where it is off.
    mapped_locales: for which of them a model was named.
    names_model: whether a model was named for the job.
    """

    punctuation: PunctuationMode = PunctuationMode.DICTATED_AND_AUTOMATIC
    candidate_locales: tuple[str, ...] = ()
    mapped_locales: tuple[str, ...] = ()
    names_model: bool = False

    def to_fields(self) -> dict[str, Any]:
        """Fields of the record."""
        return {
            "punctuation": self.punctuation,
            "candidateLocales": self.candidate_locales,
            "mappedLocales": self.mapped_locales,
            "namesModel": self.names_model,
        }

    @classmethod
    def from_fields(cls, fields: JsonFields) -> Self:
        """Read the fields of the record. Raises `FieldError`."""
        asked = cls(
            punctuation=fields.member("punctuation", PunctuationMode),
            candidate_locales=_locales(fields, "candidateLocales"),
            mapped_locales=_locales(fields, "mappedLocales"),
            names_model=fields.flag("namesModel"),
        )
        fields.end()
        return asked


def _locales(fields: JsonFields, name: str) -> tuple[str, ...]:
    return tuple(fields.items(name, _MAX_LOCALES, lambda item: item.text("item", 35)))
