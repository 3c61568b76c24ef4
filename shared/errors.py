"""Everything that can go wrong, as one tree.

SpeechError
├── AudioError                the caller's audio
│   ├── UnsupportedFormat     no decoder understands these bytes
│   ├── EmptyAudio            there is no audio in them
│   ├── AudioTooLong          more seconds than the contract allows
│   └── AudioTooLarge         more bytes than the contract allows
├── RecognitionError          the work itself
│   ├── UnsupportedLocale     a locale that the loaded model can not recognise
│   ├── LanguageNotIdentified none of the candidate locales is confident enough
│   ├── QueueFull             too much work is waiting; carries `retry_after_s`
│   └── EngineUnavailable     the engine or its model can not be loaded
├── FetchError                a URL that somebody else named
│   ├── AddressRefused        scheme or address outside what the guard allows
│   └── FetchFailed           refused, timed out, too many redirects, not 200
├── FeatureUnavailable        a part of the contract that this release does not serve
├── ModelError                weights on disk
│   ├── ModelMissing          not there; the message names the command that fetches it
│   └── ModelCorrupt          a file whose hash is not the catalogue's
└── ConfigurationError        a setting that can not be served; stops the start

Silence, no match and one bad file of a batch are results, not errors. A message never
quotes audio, recognised text, a key or the query of a URL. `functions/api/problems.py` is
the one place that turns these into HTTP.
"""


class SpeechError(Exception):
    """Base of all errors that Sotto raises on purpose."""


class AudioError(SpeechError):
    """The audio that was given can not be used."""


class UnsupportedFormat(AudioError):
    """No decoder understands these bytes."""


class EmptyAudio(AudioError):
    """The source holds no audio at all."""


class AudioTooLong(AudioError):
    """The audio lasts longer than the contract allows."""


class AudioTooLarge(AudioError):
    """The encoded audio has more bytes than the contract allows."""


class RecognitionError(SpeechError):
    """Recognition could not be done."""


class UnsupportedLocale(RecognitionError):
    """The loaded model can not recognise this locale."""


class LanguageNotIdentified(RecognitionError):
    """No candidate locale is confident enough."""


class QueueFull(RecognitionError):
    """Too much work is waiting already.

    Parameters
    ----------
    retry_after_s: whole seconds after which it is worth trying again, at least 1.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("Too many requests are waiting for recognition.")
        self.retry_after_s = retry_after_s


class EngineUnavailable(RecognitionError):
    """The engine or its model can not be loaded."""


class FetchError(SpeechError):
    """A URL that somebody else named could not be read."""


class AddressRefused(FetchError):
    """The scheme or the resolved address is outside what the guard allows."""


class FetchFailed(FetchError):
    """The address was allowed, the download failed."""


class FeatureUnavailable(SpeechError):
    """A part of the contract that this release does not serve."""


class ModelError(SpeechError):
    """The weights on disk can not be used."""


class ModelMissing(ModelError):
    """The model is not in the model folder. The message names the command that fetches it."""


class ModelCorrupt(ModelError):
    """A file of the model has another hash than the catalogue says."""


class ConfigurationError(SpeechError):
    """A setting that can not be served. The message names the key and what it may be."""
