"""Request properties that GET echoes and workers do not use; `JobOptions` has the others."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from shared.jobs.limits import MAX_STORED_LOCALES
from shared.json_fields import JsonFields


class PunctuationMode(StrEnum):
    """The contract's words. `None` leaves punctuation out; Whisper makes no further difference."""

    NONE = "None"
    DICTATED = "Dictated"
    AUTOMATIC = "Automatic"
    DICTATED_AND_AUTOMATIC = "DictatedAndAutomatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedProperties:
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
        requested = cls(
            punctuation=fields.member("punctuation", PunctuationMode),
            candidate_locales=_locales(fields, "candidateLocales"),
            mapped_locales=_locales(fields, "mappedLocales"),
            names_model=fields.flag("namesModel"),
        )
        fields.end()
        return requested


def _locales(fields: JsonFields, name: str) -> tuple[str, ...]:
    return tuple(fields.items(name, MAX_STORED_LOCALES, lambda item: item.text("item", 35)))
