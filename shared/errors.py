"""The tree of errors.

SpeechError
├── AudioError                the caller's audio
│   ├── UnsupportedFormat     no decoder understands these bytes
│   ├── EmptyAudio            there is no audio in them
│   ├── AudioTooLong          more seconds than the contract allows
│   └── AudioTooLarge         more bytes than the contract allows
├── RecognitionError          recognition
│   ├── UnsupportedLocale     a locale that the loaded model cannot recognise
│   ├── LanguageNotIdentified speech in none of several locales, and no fallback
│   ├── QueueFull             too much work is waiting; carries `retry_after_s`
│   └── EngineUnavailable     the engine or its model cannot be loaded
├── FetchError                a URL that a client supplied
│   ├── AddressRefused        scheme or address outside what the guard allows
│   └── FetchFailed           refused, timed out, busy; a later try may succeed
│       └── FetchRefused      every try fails alike: no such host, 4xx, too many redirects
├── SynthesisError            speech from text
│   ├── MalformedSsml         not well-formed, without a voice, or with a document type
│   ├── UnknownVoice          no voice has this name or speaks its locale
│   ├── UnsupportedOutput     an output format that this server cannot encode
│   └── SynthesisUnavailable  no voice is set up; the message names the command that does it
├── TranslationError          text in another language
│   ├── UnknownLanguage       a code that stands for no language
│   ├── UnsupportedPair       no translator for this pair; the message names the set-up
│   └── TranslationUnavailable  the translator does not answer
├── InvalidReferenceText      a text to read that has no words, too many, or another script
├── FeatureUnavailable        a part of the contract that this release does not serve
├── StorageError              a container of blobs, a queue of work
│   ├── Unstorable            a name or metadata that no container takes
│   ├── BlobNotFound          there is no blob of this name
│   ├── BlobTooLarge          more bytes than the reader wants in memory
│   ├── AlreadyExists         the blob to create is there already
│   ├── Changed               the ETag is no longer the one that was read
│   ├── AccessDenied          key, signature, identity or role do not permit it
│   ├── ContainerNotFound     the container does not exist
│   ├── StorageUnavailable    refused, timed out or busy, after retries; transient
│   │   └── StorageFull       no room for a write, or a quota is used up; deleting works
│   ├── QueueNotFound         the queue does not exist
│   ├── LeaseLost             another worker has the message, or it is deleted
│   └── MalformedMessage      not a message of Sotto's format
├── JobError                  a job of the batch API or of a drop folder
│   ├── JobNotFound           no such job, or a deleted or expired one
│   ├── MalformedJob          a record that is not in Sotto's format or of another version
│   ├── UnstorableRecord      a record that could not be read back, so it is not written
│   ├── InvalidDropOptions    invalid options of a drop folder or a dropped file
│   ├── SourceChanged         the file was replaced after its job was made
│   ├── WorkStopped           this process shuts down; another one takes the work over
│   ├── OutputTaken           a foreign file has the name of an output
│   └── InvalidTimeToLive     no duration, or one outside the contract's range
├── ModelError                weights on disk
│   ├── ModelMissing          not there; the message names the command that fetches it
│   └── ModelCorrupt          a file whose hash is not the catalogue's
└── ConfigurationError        a setting that is out of range; stops the start
    └── KeysMissing           others reach the service, and no key is set

Silence, no match and one bad file of a batch are results, not errors. A message never
quotes audio, recognised text, a key or the query of a URL. `functions/api/problems.py` is
the one place that turns these into HTTP.
"""


class SpeechError(Exception):
    """Base of all errors that Sotto raises on purpose."""


class AudioError(SpeechError):
    """The caller's audio cannot be used."""


class UnsupportedFormat(AudioError):
    """No decoder understands these bytes."""


class EmptyAudio(AudioError):
    """The source holds no audio at all."""


class AudioTooLong(AudioError):
    """The audio lasts longer than the contract allows."""


class AudioTooLarge(AudioError):
    """The encoded audio has more bytes than the contract allows."""


class RecognitionError(SpeechError):
    """Recognition failed."""


class UnsupportedLocale(RecognitionError):
    """The loaded model cannot recognise this locale."""


class LanguageNotIdentified(RecognitionError):
    """The speech is in none of the candidate locales (open set), and there is no fallback."""


class QueueFull(RecognitionError):
    """Too much work is waiting already.

    Parameters
    ----------
    retry_after_s: whole seconds to wait before the next try, at least 1.
    """

    def __init__(
        self, retry_after_s: int, message: str = "Too many requests are waiting for recognition."
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class EngineUnavailable(RecognitionError):
    """The engine or its model cannot be loaded."""


class FetchError(SpeechError):
    """A URL that a client supplied could not be read."""


class AddressRefused(FetchError):
    """The scheme or the resolved address is outside what the guard allows."""


class FetchFailed(FetchError):
    """The address was allowed, the download failed."""


class FetchRefused(FetchFailed):
    """The download failed in a way that trying again would not change."""


class SynthesisError(SpeechError):
    """A text cannot be spoken. No message quotes it."""


class MalformedSsml(SynthesisError):
    """Not well-formed XML, no `speak` with a `voice` in it, or more than the contract allows."""


class UnknownVoice(SynthesisError):
    """There is no voice of this name, and none for the locale that the name begins with."""


class UnsupportedOutput(SynthesisError):
    """The output format is unknown or missing, or this server has no encoder for it."""


class SynthesisUnavailable(SynthesisError):
    """No synthesis engine is available: none is set up, or its process does not answer."""


class TranslationError(SpeechError):
    """A text cannot be translated. No message quotes it."""


class UnknownLanguage(TranslationError):
    """A code that stands for no language. The message quotes at most 20 characters of it."""


class UnsupportedPair(TranslationError):
    """No translator of this server covers this pair. The message names the set-up."""


class TranslationUnavailable(TranslationError):
    """The translator of this pair failed or cannot be reached. A later try may succeed."""


class InvalidReferenceText(SpeechError):
    """The reference text of a pronunciation assessment cannot be read aloud in its language."""


class FeatureUnavailable(SpeechError):
    """A part of the contract that this release does not serve."""


class StorageError(SpeechError):
    """An operation on a container or a queue failed. No message names a blob."""


class Unstorable(StorageError):
    """A name or metadata that some kind of container does not accept."""


class BlobNotFound(StorageError):
    """There is no blob of this name."""


class BlobTooLarge(StorageError):
    """The blob has more bytes than the reader's limit for memory."""


class AlreadyExists(StorageError):
    """The blob to create is there already."""


class Changed(StorageError):
    """The blob is gone or replaced since its ETag was seen."""


class AccessDenied(StorageError):
    """The key, signature, identity or role does not permit this, or has expired."""


class ContainerNotFound(StorageError):
    """The container, bucket or folder does not exist."""


class StorageUnavailable(StorageError):
    """The storage refused, timed out or was busy, after retries. A later try may succeed."""


class StorageFull(StorageUnavailable):
    """There is no room for what is to be written, or a quota is used up. Deleting still works."""


class QueueNotFound(StorageError):
    """The queue does not exist."""


class LeaseLost(StorageError):
    """The lease of a message expired, another worker has the message, or it is deleted."""


class MalformedMessage(StorageError):
    """Not a message of Sotto's format. The text names the wrong field, never its value."""


class JobError(SpeechError):
    """An error of a job."""


class JobNotFound(JobError):
    """There is no such job; it may be deleted or expired."""


class InvalidDropOptions(JobError):
    """`sotto.json` or a dropped file's metadata is invalid. Names the field, never its value."""


class SourceChanged(JobError):
    """The file was replaced after the job was made; the newer file has another job."""


class WorkStopped(JobError):
    """The process shuts down before the work is complete."""


class OutputTaken(JobError):
    """A foreign file has the name of an output. It is not overwritten."""


class MalformedJob(JobError):
    """A record of a job that is not in Sotto's format, or of another version of it."""


class UnstorableRecord(JobError):
    """A record that its reader would refuse: too many bytes or characters. It is not written."""


class InvalidTimeToLive(JobError):
    """A time to live that is no duration, or outside the contract's range."""


class ModelError(SpeechError):
    """The weights on disk cannot be used.

    remedy: the command that mends it, in sentences without a folder: clients may read them. Empty
        where there is none.
    """

    def __init__(self, message: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class ModelMissing(ModelError):
    """The model is not in the model folder. The message names the command that fetches it."""


class ModelCorrupt(ModelError):
    """The hash of a model's file differs from the catalogue's."""


class ConfigurationError(SpeechError):
    """A setting that is out of range. The message names the key and the allowed values."""


class KeysMissing(ConfigurationError):
    """The service would be open to others. The message names the setting of keys."""
