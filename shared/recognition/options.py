"""What a caller may ask of recognition: one frozen object."""

from dataclasses import dataclass

from shared.scheduling import Priority
from shared.text_forms.profanity import ProfanityMode


@dataclass(frozen=True, slots=True)
class SpeakerLimits:
    """How many speakers there may be in an audio; None leaves it to their voices."""

    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionOptions:
    """How one audio is to be recognised."""

    # Language: one locale is used as it is, of several the main one is identified, none detects.
    # By phrase, each phrase has the locale it is spoken in (`Continuous` of the batch contract);
    # where nothing tells them apart, the first
    locales: tuple[str, ...] = ()
    language_per_phrase: bool = False

    # What speech is taken for that sounds like none of several locales; None makes it an error
    fallback_locale: str | None = None

    # Channels to recognise separately; empty mixes all of them to one
    channels: tuple[int, ...] = ()

    # Results
    word_timestamps: bool = False
    profanity: ProfanityMode = ProfanityMode.MASKED

    # Who speaks, of all channels mixed; only in whole transcripts. None labels nobody
    speakers: SpeakerLimits | None = None

    # Phrases that are likely in this audio, and how strongly they bind (0 not at all, 2 strongly)
    phrases: tuple[str, ...] = ()
    phrase_weight: float = 1.0

    # Each phrase in English too, by Whisper's own task; a phrase is a whole segment then
    to_english: bool = False

    # Scheduling: segments that are decoded together. More is faster, one is sooner
    batch_segments: int = 8
    priority: Priority = Priority.INTERACTIVE
