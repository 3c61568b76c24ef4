"""Failures of files, with the codes of the report.

A permanent failure is of the file itself: another attempt would fail the same way. Every other
failure is retried.
"""

from dataclasses import dataclass

from shared import errors

SOURCE_CHANGED = "SourceChanged"

_UNEXPECTED = "UnexpectedError"

_PERMANENT: tuple[tuple[type[errors.SpeechError], str], ...] = (
    (errors.EmptyAudio, "EmptyAudioFile"),
    (errors.AudioTooLong, "AudioLengthLimitExceeded"),
    (errors.AudioTooLarge, "AudioSizeLimitExceeded"),
    (errors.AudioError, "InvalidAudio"),
    (errors.UnsupportedLocale, "InvalidLocale"),
    (errors.LanguageNotIdentified, "NoLanguageIdentified"),
    (errors.AddressRefused, "InvalidRecordingsUri"),
    (errors.FetchRefused, "InvalidRecordingsUri"),
    (errors.BlobNotFound, "SourceNotFound"),
    (errors.SourceChanged, SOURCE_CHANGED),
    (errors.Changed, SOURCE_CHANGED),
    (errors.InvalidDropOptions, "InvalidOptions"),
    (errors.OutputTaken, "OutputTaken"),
    (errors.Unstorable, "InvalidName"),
    (errors.FeatureUnavailable, "FeatureUnavailable"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Failure of a file. The message quotes neither content nor the query of an address."""

    kind: str
    message: str


def permanent_failure(error: Exception) -> Failure | None:
    """Failure of the file itself; None where another attempt may succeed."""
    for base, kind in _PERMANENT:
        if isinstance(error, base):
            return Failure(kind, str(error))
    return None


def exhausted(error: Exception) -> Failure:
    """Failure of a file after its last attempt."""
    if isinstance(error, errors.FetchError):
        return Failure("InvalidRecordingsUri", str(error))
    if isinstance(error, errors.StorageError):
        return Failure("InaccessibleCustomerStorage", "The storage could not be used.")
    return Failure(_UNEXPECTED, "The file could not be processed, also after several attempts.")


CRASHED = Failure(
    _UNEXPECTED,
    "Processing ended early at every attempt. The file may need more memory or time than "
    "this host has.",
)
