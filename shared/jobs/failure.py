"""Why a file could not be transcribed, in the words of the report.

A permanent failure is the file's: trying again gives the same. Everything else is the
circumstances', and is tried again.
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
    """What a report says. The message quotes neither content nor the query of an address."""

    kind: str
    message: str


def permanent_failure(error: Exception) -> Failure | None:
    """Failure of the file itself; None where another try may end otherwise."""
    for base, kind in _PERMANENT:
        if isinstance(error, base):
            return Failure(kind, str(error))
    return None


def exhausted(error: Exception) -> Failure:
    """Failure of a file whose last try has ended."""
    if isinstance(error, errors.FetchError):
        return Failure("InvalidRecordingsUri", str(error))
    if isinstance(error, errors.StorageError):
        return Failure("InaccessibleCustomerStorage", "The storage could not be used.")
    return Failure(_UNEXPECTED, "The file could not be processed, also after several tries.")


CRASHED = Failure(
    _UNEXPECTED,
    "Processing ended before its time at every try. The file may need more memory or time than "
    "this host has.",
)
