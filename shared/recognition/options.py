"""Options of one recognition: one frozen object."""

from dataclasses import dataclass, field

from shared.audio.segmenter import SegmentationOptions
from shared.diarization.speaker_range import SpeakerRange
from shared.scheduling import Priority
from shared.text_forms.profanity import ProfanityMode


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionOptions:
    """Options of the recognition of one audio."""

    # Language: one locale is used as it is, of several the main one is identified, none detects
    # the language. Per phrase, each phrase has its own locale (`Continuous` of the batch
    # contract); with equal evidence, the first
    locales: tuple[str, ...] = ()
    language_per_phrase: bool = False

    # Locale of speech that is in none of several locales; None makes it an error
    fallback_locale: str | None = None

    # Channels to recognise separately; empty mixes all channels to one
    channels: tuple[int, ...] = ()

    # Results
    word_timestamps: bool = False
    profanity: ProfanityMode = ProfanityMode.MASKED

    # Diarization, of all channels mixed; only in whole transcripts. None labels no phrase
    speakers: SpeakerRange | None = None

    # Phrases that are likely in this audio, and their weight (0 no effect, 2 strong)
    phrases: tuple[str, ...] = ()
    phrase_weight: float = 1.0

    # Each phrase in English too, by Whisper's own task; a phrase is a whole segment then
    to_english: bool = False

    # Endpointing
    segmentation: SegmentationOptions = field(default_factory=SegmentationOptions)

    # Scheduling: segments that are decoded together. More is faster, one is sooner
    batch_segments: int = 8
    priority: Priority = Priority.INTERACTIVE

    @property
    def needs_word_times(self) -> bool:
        """Whether word times are requested, or needed to split phrases at changes of speaker."""
        return self.word_timestamps or self.speakers is not None
