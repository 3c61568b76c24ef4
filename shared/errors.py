"""Everything that can go wrong, as one tree.

SpeechError
├── AudioError                the caller's audio
│   ├── UnsupportedFormat     no decoder understands these bytes
│   ├── EmptyAudio            there is no audio in them
│   ├── AudioTooLong          more seconds than the contract allows
│   └── AudioTooLarge         more bytes than the contract allows
├── RecognitionError          the work itself
│   ├── UnsupportedLocale     a locale that the loaded model can not recognise
│   ├── LanguageNotIdentified speech in none of several locales, and no fallback
│   ├── QueueFull             too much work is waiting; carries `retry_after_s`
│   └── EngineUnavailable     the engine or its model can not be loaded
├── FetchError                a URL that somebody else named
│   ├── AddressRefused        scheme or address outside what the guard allows
│   └── FetchFailed           refused, timed out, busy; may work later
│       └── FetchRefused      the same at every try: no such host, 4xx, too many redirects
├── SynthesisError            speech from text
│   ├── MalformedSsml         not well-formed, without a voice, or with a document type
│   ├── UnknownVoice          no voice here is called so or speaks its locale
│   ├── UnsupportedOutput     an output format that can not be encoded here
│   └── SynthesisUnavailable  no voice is set up; the message names the command that does it
├── TranslationError          text in another language
│   ├── UnknownLanguage       a code that stands for no language
│   ├── UnsupportedPair       nobody here translates it; the message says what to set up
│   └── TranslationUnavailable  the translator does not answer
├── FeatureUnavailable        a part of the contract that this release does not serve
├── StorageError              a container of blobs, a queue of work
│   ├── Unstorable            a name or metadata that no container takes
│   ├── BlobNotFound          there is no blob of this name
│   ├── BlobTooLarge          more bytes than the reader wants in memory
│   ├── AlreadyExists         to be created, and there already
│   ├── Changed               no longer what it was when it was looked at
│   ├── AccessDenied          key, signature, identity or role do not reach it
│   ├── ContainerNotFound     the container itself is not there
│   ├── StorageUnavailable    refused, timed out or busy, after retries; may work later
│   ├── QueueNotFound         the queue itself is not there
│   ├── LeaseLost             the message is somebody else's now, or gone
│   └── MalformedMessage      not a message that Sotto writes
├── JobError                  a job of the batch API or of a drop folder
│   ├── JobNotFound           there is no such job, or not any more
│   ├── MalformedJob          a record that Sotto did not write, or of another version
│   ├── InvalidDropOptions    what a drop folder or a dropped file asks for can not be read
│   ├── SourceChanged         the file was replaced after its job was made
│   ├── WorkStopped           this process is to end; the work is for another one
│   ├── OutputTaken           a file that is not Sotto's has the name of an output
│   └── InvalidTimeToLive     no duration, or one outside the contract's range
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
    """Somebody speaks, but it sounds like none of the candidate locales; there is no fallback."""


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


class FetchRefused(FetchFailed):
    """The download failed in a way that trying again would not change."""


class SynthesisError(SpeechError):
    """A text can not be spoken. No message quotes it."""


class MalformedSsml(SynthesisError):
    """Not well-formed XML, no `speak` with a `voice` in it, or more than the contract allows."""


class UnknownVoice(SynthesisError):
    """There is no voice of this name, and none for the locale that the name begins with."""


class UnsupportedOutput(SynthesisError):
    """The output format is unknown or missing, or no encoder for it is here."""


class SynthesisUnavailable(SynthesisError):
    """No engine can speak: nothing is set up, or its process does not answer."""


class TranslationError(SpeechError):
    """A text can not be translated. No message quotes it."""


class UnknownLanguage(TranslationError):
    """A code that stands for no language. The message quotes at most 20 characters of it."""


class UnsupportedPair(TranslationError):
    """No translator of this server does this pair. The message says what to set up."""


class TranslationUnavailable(TranslationError):
    """The translator of this pair failed, or is not reached. Later it may work."""


class FeatureUnavailable(SpeechError):
    """A part of the contract that this release does not serve."""


class StorageError(SpeechError):
    """A container or a queue did not do what was asked. No message names a blob."""


class Unstorable(StorageError):
    """A name or metadata that not every kind of container can take."""


class BlobNotFound(StorageError):
    """There is no blob of this name."""


class BlobTooLarge(StorageError):
    """The blob has more bytes than the reader is willing to hold in memory."""


class AlreadyExists(StorageError):
    """A blob was to be created, and there is one of this name already."""


class Changed(StorageError):
    """The blob is gone or replaced since its ETag was seen."""


class AccessDenied(StorageError):
    """The key, signature, identity or role does not permit this, or has expired."""


class ContainerNotFound(StorageError):
    """The container, bucket or folder itself is not there."""


class StorageUnavailable(StorageError):
    """The storage refused, timed out or was busy, also after retries. Later it may work."""


class QueueNotFound(StorageError):
    """The queue itself is not there."""


class LeaseLost(StorageError):
    """The lease of a message expired, or somebody else has the message, or it is gone."""


class MalformedMessage(StorageError):
    """Not a message that Sotto writes. Says which field is wrong, never what it held."""


class JobError(SpeechError):
    """A job can not be done as it is."""


class JobNotFound(JobError):
    """There is no such job; it may have been deleted, or its time may be over."""


class InvalidDropOptions(JobError):
    """`sotto.json` or the metadata of a dropped file. Says which field, never what it held."""


class SourceChanged(JobError):
    """The file is another one than the job was made for; the newer has a job of its own."""


class WorkStopped(JobError):
    """The process is to end before the work has."""


class OutputTaken(JobError):
    """A file that Sotto did not write has the name of an output. It is left alone."""


class MalformedJob(JobError):
    """A record of a job that Sotto did not write, or that another version of it wrote."""


class InvalidTimeToLive(JobError):
    """A time to live that is no duration, or shorter or longer than the contract allows."""


class ModelError(SpeechError):
    """The weights on disk can not be used."""


class ModelMissing(ModelError):
    """The model is not in the model folder. The message names the command that fetches it."""


class ModelCorrupt(ModelError):
    """A file of the model has another hash than the catalogue says."""


class ConfigurationError(SpeechError):
    """A setting that can not be served. The message names the key and what it may be."""
