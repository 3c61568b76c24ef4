"""The work of a turn: audio in; recognition, translation and synthesis; events out.

It blocks, so it runs in a thread of its own, and it yields a last event whatever happens: a client
waits for the end of its turn.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from functions.api.incoming_body import ClientDisconnected
from functions.api.problems import problem_of
from functions.api.realtime.actions import TranslationVoice, TurnEvent, TurnFailed
from functions.api.realtime.turn_request import Mode, TurnRequest
from functions.api.service import SpeechService
from shared.audio.arriving import ArrivingAudio
from shared.audio.segmenter import SegmentationOptions
from shared.audio.stream import AudioLimits, open_audio
from shared.diarization.speaker_range import SpeakerRange
from shared.errors import (
    EmptyAudio,
    EngineUnavailable,
    ModelCorrupt,
    ModelMissing,
    QueueFull,
    SpeechError,
    TranslationError,
)
from shared.privacy.log_fields import exception_fields
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled
from shared.streaming_events import (
    PartialPhrase,
    SpeechEnded,
    StreamingEvent,
    StreamingOptions,
)
from shared.transcript import Phrase, RecognitionCost
from shared.transcription.assess import as_read
from shared.transcription.transcriber import AssessmentSession, find_supported_locale

if TYPE_CHECKING:
    from functions.api.speech_translation.translation_voices import TranslationVoices
    from shared.translation.speech import SpeechTranslationPlan

# Pause that ends a phrase where the client names none. Utterances are joined over as long a pause
# in files: word error rate of a conversation 15.3 % at 0.65 s, 14.3 at 0.8, 13.6 at 1 s.
SEGMENTATION_SILENCE_S = 1.0
# A turn of one phrase is a command or a question, whose speaker waits.
SEGMENTATION_SILENCE_ONCE_S = 0.65
INITIAL_SILENCE_S = 5.0  # of a turn of one phrase
# Silence in a continuous turn after which the client gets a message, and may forget its audio.
SILENCE_S = 30.0
# Longest audio of a turn: a stream may last for days. Clients go on with a new turn.
MAX_TURN_S = 7 * 24 * 3600.0
_MAX_STREAM_BYTES = int(MAX_TURN_S) * 48_000 * 4


def turn_events(
    service: SpeechService,
    request: TurnRequest,
    audio: ArrivingAudio,
    check_cancelled: CheckCancelled,
) -> Generator[TurnEvent]:
    """Yield the events of a turn; the last one is its cost or its failure. Blocks."""
    try:
        yield from _recognised(service, request, audio, check_cancelled)
    except EmptyAudio:
        yield RecognitionCost()
    except ClientDisconnected:
        raise
    except SpeechError as error:
        yield TurnFailed(_status_of(error), problem_of(error).message)
    except Exception as error:  # noqa: BLE001 - the contract has a status for it
        structlog.get_logger().error("recognition_failed", **exception_fields(error))
        yield TurnFailed("Error", "The recognition failed.")


def _recognised(
    service: SpeechService,
    request: TurnRequest,
    audio: ArrivingAudio,
    check_cancelled: CheckCancelled,
) -> Iterator[TurnEvent]:
    if not audio.peek():
        raise EmptyAudio("The turn has no audio.")
    options = _recognition_options(service, request)
    plan = _plan_translation(service, request, options)
    voices = _find_voices(service, request)
    if plan is not None:
        options = plan.options(options)
    streaming = _streaming_options(request)
    with open_audio(audio, limits=_limits(service, audio)) as stream:
        recognised = service.transcriber.stream(
            stream,
            options,
            streaming,
            audio.is_drained,
            check_cancelled,
            assessment=_start_assessment(service, request, options, check_cancelled),
        )
        with closing(recognised) as events:
            for event in events:
                if plan is None:
                    yield _as_read(event, request)
                elif isinstance(event, SpeechEnded):
                    ended = _translated(plan, event)
                    yield ended
                    yield from _spoken(voices, ended)
                elif isinstance(event, PartialPhrase):
                    yield _for_targets(event, request.targets)
                else:
                    yield event


def _recognition_options(service: SpeechService, request: TurnRequest) -> RecognitionOptions:
    is_once = request.mode is Mode.INTERACTIVE
    # In a shorter pause fewer speakers are joined.
    is_short = is_once or request.is_diarized
    silence_s = SEGMENTATION_SILENCE_ONCE_S if is_short else SEGMENTATION_SILENCE_S
    if request.segmentation_silence_ms is not None:
        silence_s = request.segmentation_silence_ms / 1000
    default = SegmentationOptions()
    return RecognitionOptions(
        locales=tuple(find_supported_locale(service.transcriber, one) for one in request.locales),
        language_per_phrase=request.language_per_phrase,
        word_timestamps=request.word_timestamps or request.assessment is not None,
        profanity=request.profanity,
        phrases=request.phrases,
        speakers=SpeakerRange() if request.is_diarized else None,
        batch_segments=1,
        segmentation=replace(
            default,
            join_gap_s=silence_s,
            min_silence_s=min(default.min_silence_s, silence_s),
            padding_s=min(default.padding_s, silence_s),
        ),
    )


def _streaming_options(request: TurnRequest) -> StreamingOptions:
    options = StreamingOptions(silence_timeout_s=SILENCE_S)
    if request.mode is Mode.INTERACTIVE:
        named_ms = request.initial_silence_ms
        silence_s = INITIAL_SILENCE_S if named_ms is None else named_ms / 1000
        options = replace(options, silence_timeout_s=silence_s or None)  # 0 is none, as in the SDK
    if request.stability is not None:
        options = replace(options, stability=max(1, request.stability))
    return options


def _start_assessment(
    service: SpeechService,
    request: TurnRequest,
    options: RecognitionOptions,
    check_cancelled: CheckCancelled,
) -> AssessmentSession | None:
    if request.assessment is None:
        return None
    (locale,) = options.locales
    return service.transcriber.start_assessment(
        request.assessment, locale, options.priority, check_cancelled
    )


def _as_read(event: StreamingEvent, request: TurnRequest) -> StreamingEvent:
    """Return assessed speech with the text that its result has; other events as they are."""
    if request.assessment is None or not isinstance(event, SpeechEnded) or not event.assessment:
        return event
    read = as_read(event.phrases, request.assessment, request.profanity)
    return replace(event, results=(*read, *event.dropped))


def _plan_translation(
    service: SpeechService, request: TurnRequest, options: RecognitionOptions
) -> "SpeechTranslationPlan | None":
    if not request.targets:
        return None
    # Imported on use: only translation needs it.
    from shared.translation.speech import plan_speech_translation  # noqa: PLC0415

    return plan_speech_translation(service.translators(), options.locales, request.targets)


def _find_voices(service: SpeechService, request: TurnRequest) -> "TranslationVoices | None":
    if not request.voices:
        return None
    # Imported on use: only synthesis needs it.
    from functions.api.speech_translation.definition import SpokenTranslation  # noqa: PLC0415
    from functions.api.speech_translation.translation_voices import TranslationVoices  # noqa: PLC0415

    named = {target: voice for target, voice in request.voices.items() if voice}
    spoken = SpokenTranslation(voices=named, output_format="riff-16khz-16bit-mono-pcm")
    return TranslationVoices(service.synthesis(), tuple(request.voices), spoken)


def _limits(service: SpeechService, audio: ArrivingAudio) -> AudioLimits:
    """Limits of the audio: PCM is of any length, containers are bounded as uploads are."""
    is_wav = audio.peek().startswith(b"RIFF")
    max_bytes = _MAX_STREAM_BYTES if is_wav else service.settings.max_upload_bytes
    return AudioLimits(max_bytes=max_bytes, max_duration_s=MAX_TURN_S)


def _translated(plan: "SpeechTranslationPlan", ended: SpeechEnded) -> SpeechEnded:
    """Return the speech with translated phrases; without translations where that fails."""
    try:
        phrases = iter(plan.translate(ended.phrases))
    except TranslationError as error:
        structlog.get_logger().warning("translation_failed", **exception_fields(error))
        return ended
    results = tuple(next(phrases) if isinstance(one, Phrase) else one for one in ended.results)
    return replace(ended, results=results)


def _spoken(voices: "TranslationVoices | None", ended: SpeechEnded) -> Iterator[TranslationVoice]:
    """Yield one voice for each target of translated speech."""
    if voices is None or not any(phrase.translations for phrase in ended.phrases):
        return
    for target in voices.targets:
        try:
            audio = voices.speak(ended.phrases, target).audio
        except SpeechError as error:
            structlog.get_logger().warning("synthesis_failed", **exception_fields(error))
            yield TranslationVoice(None)
        else:
            yield TranslationVoice(audio)


def _for_targets(partial: PartialPhrase, targets: tuple[str, ...]) -> PartialPhrase:
    """Return the partial phrase with the translations that the client asks for, by its spelling."""
    translations = tuple(
        replace(one, target=target)
        for target in targets
        for one in partial.translations
        if target.lower().split("-")[0] == one.target
    )
    return replace(partial, translations=translations)


def _status_of(error: SpeechError) -> str:
    """`RecognitionStatus` of an error."""
    if isinstance(error, QueueFull):
        return "TooManyRequests"
    if isinstance(error, ModelMissing | ModelCorrupt | EngineUnavailable):
        return "ServiceUnavailable"
    return "BadRequest"
