"""Subtitles of real recordings: share of cues that break a rule, with Sotto's own transcripts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.clips import Clip, clips_of
from benchmarks.report import Figure, Section
from benchmarks.subtitle_rules import Rule, broken_rules
from shared.audio.stream import open_audio
from shared.diarization.speaker_range import SpeakerRange
from shared.formats.cues import cues
from shared.formats.subtitle_options import SubtitleOptions
from shared.language.locales import default_locale
from shared.recognition.options import RecognitionOptions
from shared.scheduling import never_cancelled
from shared.settings import Settings
from shared.transcription.local_transcriber import LocalTranscriber
from shared.transcription.transcribe import transcribe

MOST_BROKEN = 0.02
_OTHER_LANGUAGES = (
    "multilingual/capitan_veneno_es.mp3",
    "multilingual/common_voice_ja_24511055.mp3",
)


@dataclass(frozen=True, slots=True)
class CuedClips:
    """Rules that the cues of some recordings break: a set for each cue."""

    name: str
    seconds: float
    broken: tuple[frozenset[Rule], ...]
    has_target: bool

    @property
    def share(self) -> float:
        """Share of cues that break one rule or more."""
        return sum(map(bool, self.broken)) / max(len(self.broken), 1)

    def figure(self) -> Figure:
        """Row of the report."""
        counts = Counter(rule for rules in self.broken for rule in rules)
        named = ", ".join(f"{rule} {n}" for rule, n in counts.most_common())
        return Figure(
            f"{self.name}, {self.seconds:.0f} s: {len(self.broken)} cues",
            f"{100 * self.share:.1f} %",
            named or "none",
            f"<= {100 * MOST_BROKEN:.0f} %" if self.has_target else "",
            met=self.share <= MOST_BROKEN if self.has_target else None,
        )


def measure_subtitles(settings: Settings, clips: tuple[Clip, ...]) -> Section:
    """Transcribe long files with and without speakers, conversations and other languages."""
    transcriber = LocalTranscriber(settings)
    long = clips_of(clips, "long")
    others = [clip for clip in clips if clip.name in _OTHER_LANGUAGES]
    cued = [
        *(_cued(transcriber, f"`{clip.name}`", [clip], None) for clip in long),
        *(_cued(transcriber, f"`{clip.name}`, speakers", [clip], SpeakerRange()) for clip in long),
        *(_cued(transcriber, f"`{clip.name}`", [clip], None, has_target=False) for clip in others),
        _cued(
            transcriber,
            "`diarization/`, speakers",
            clips_of(clips, "diarization"),
            SpeakerRange(),
            has_target=False,
        ),
    ]
    return Section(
        title="Cues that break a rule",
        figures=tuple(one.figure() for one in cued),
        numbers={one.name: [sorted(rules) for rules in one.broken] for one in cued},
        note=f"Whisper {settings.model}, {settings.compute_type}, word times, options by default."
        " A cue counts once, however many rules it breaks.",
        systems=("broken", "rules"),
        page="subtitles.md",
    )


def _cued(
    transcriber: LocalTranscriber,
    name: str,
    clips: Sequence[Clip],
    speakers: SpeakerRange | None,
    *,
    has_target: bool = True,
) -> CuedClips:
    broken: list[frozenset[Rule]] = []
    for clip in clips:
        recognition = RecognitionOptions(
            locales=(default_locale(clip.language),), word_timestamps=True, speakers=speakers
        )
        with open_audio(clip.path.read_bytes()) as stream:
            transcript = transcribe(transcriber, stream, recognition, never_cancelled)
        options = SubtitleOptions()
        rules = broken_rules(transcript, cues(transcript, options), options)
        broken += [frozenset(one) for one in rules]
    print(f"  {name}: {sum(map(bool, broken))} of {len(broken)}", flush=True)
    return CuedClips(name, sum(clip.seconds for clip in clips), tuple(broken), has_target)
