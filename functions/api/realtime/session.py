"""One connection of a Speech SDK that recognises: frames and events in, actions out.

    speech.context -> turn.start · speech.startDetected · (speech.hypothesis · speech.phrase)
                      · speech.endDetected · turn.end

Pure: no socket, no thread, no clock. A client that misses one of these waits for ever:
`turn.start`, a phrase in a turn of one phrase, `turn.end` as the last frame of a turn, the request
id byte for byte. So a turn always ends with them, whatever its work does.

A connection has one turn at a time. Frames of an earlier turn are late and count for nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import uuid4

from functions.api.realtime.actions import (
    GOING_AWAY,
    Action,
    BeginTurn,
    Close,
    EndAudio,
    EndTurn,
    Send,
    TakeAudio,
    TranslationVoice,
    TurnEvent,
    TurnFailed,
    refuse,
)
from functions.api.realtime.framing import (
    Frame,
    MalformedFrame,
    binary_frame,
    read_binary,
    read_text,
    text_frame,
)
from functions.api.realtime.turn_request import (
    MalformedContext,
    Mode,
    TurnRequest,
    read_turn_request,
)
from shared.formats import realtime
from shared.formats.pronunciation import AssessedSpeech
from shared.streaming_events import (
    PartialPhrase,
    SilenceTimeout,
    SpeechEnded,
    SpeechStarted,
)
from shared.transcript import Phrase, RecognitionCost, Translation

# The first stream of the client's audio is "1"; synthesised speech is another one.
_VOICE_STREAM = "2"
_WAV = "audio/x-wav"


class RecognitionSession:
    """Recognition over one connection.

    Parameters
    ----------
    path_mode: mode that the path names.
    query: values of the query by name in lower case.
    """

    def __init__(self, path_mode: Mode, query: Mapping[str, Sequence[str]]) -> None:
        self._path_mode = path_mode
        self._query = query
        self._turn: _Turn | None = None
        self._is_stopping = False
        self.n_turns = 0

    @property
    def has_turn(self) -> bool:
        """Whether a turn is under way."""
        return self._turn is not None

    def opened(self) -> Iterator[Action]:
        """Send nothing: the client speaks first."""
        yield from ()

    def text(self, frame: str) -> Iterator[Action]:
        """Take a text frame. Unknown paths are ignored: clients send telemetry and events."""
        try:
            message = read_text(frame)
        except MalformedFrame as error:
            yield from self._refuse(str(error))
            return
        if message.path == "speech.context":
            yield from self._begin_turn(message)

    def binary(self, frame: bytes) -> Iterator[Action]:
        """Take a binary frame; audio of the turn under way counts, until its empty frame."""
        try:
            message = read_binary(frame)
        except MalformedFrame as error:
            yield from self._refuse(str(error))
            return
        turn = self._turn
        is_of_turn = turn is not None and message.request_id == turn.request_id
        if message.path != "audio" or turn is None or not is_of_turn or turn.has_all_audio:
            return
        if message.body:
            yield TakeAudio(message.body)
        else:
            turn.has_all_audio = True
            yield EndAudio()

    def event(self, number: int, event: TurnEvent) -> Iterator[Action]:
        """Take an event of the work of a turn."""
        if self._turn is None or number != self.n_turns:
            return
        yield from self._turn.event(event)
        if self._turn.has_ended:
            self._turn = None
            yield EndTurn()
            if self._is_stopping:
                yield Close(GOING_AWAY, "The server stops.")

    def stop(self) -> Iterator[Action]:
        """End the connection when the turn under way has its results: the server stops."""
        self._is_stopping = True
        if self._turn is None:
            yield Close(GOING_AWAY, "The server stops.")
        elif not self._turn.has_all_audio:
            self._turn.has_all_audio = True
            yield EndAudio()

    def _begin_turn(self, message: Frame) -> Iterator[Action]:
        if not message.request_id:
            yield from self._refuse("speech.context has no X-RequestId.")
            return
        if self._turn is not None:  # the client gave it up
            yield EndTurn()
        self.n_turns += 1
        try:
            request = read_turn_request(message.body, self._path_mode, self._query)
        except MalformedContext as error:
            # Within a turn, because the SDK does not show the reason of a closed connection.
            self._turn = _Turn(message.request_id, TurnRequest(mode=self._path_mode, locales=()))
            yield self._turn.start()
            yield from self.event(self.n_turns, TurnFailed("BadRequest", str(error)))
            return
        self._turn = _Turn(message.request_id, request)
        yield self._turn.start()
        yield BeginTurn(self.n_turns, request)

    def _refuse(self, reason: str) -> Iterator[Action]:
        has_turn, self._turn = self.has_turn, None
        yield from refuse(reason, has_turn=has_turn)


class _Turn:
    """The frames of one turn."""

    def __init__(self, request_id: str, request: TurnRequest) -> None:
        self.request_id = request_id
        self.has_all_audio = False
        self.has_ended = False
        self._request = request
        self._is_once = request.mode is Mode.INTERACTIVE
        self._has_speech = False
        self._n_voices_left = 0  # of the last phrase

    def start(self) -> Send:
        return self._send("turn.start", {"context": {"serviceTag": uuid4().hex}})

    def event(self, event: TurnEvent) -> Iterator[Action]:
        match event:
            case SpeechStarted():
                if not self._has_speech:
                    self._has_speech = True
                    yield self._send("speech.startDetected", realtime.position(event.offset_s))
            case PartialPhrase():
                if not self._request.only_language:
                    yield self._partial(event)
            case SpeechEnded():
                yield from self._speech_ended(event)
            case TranslationVoice():
                yield from self._voice(event)
            case SilenceTimeout():
                yield from self._silence(event)
            case RecognitionCost():
                yield from self._audio_ended(event.audio_s)
            case TurnFailed():
                yield self._send("speech.phrase", realtime.failure(event.status, event.message))
                yield self._end()

    def _partial(self, partial: PartialPhrase) -> Send:
        request = self._request
        body = realtime.hypothesis(
            partial,
            has_language=request.identifies_language,
            is_diarized=request.is_diarized,
        )
        if not request.targets:
            return self._send("speech.hypothesis", body)
        return self._send(
            "translation.response", realtime.partly_translated(body, partial.translations)
        )

    def _speech_ended(self, ended: SpeechEnded) -> Iterator[Action]:
        results = list(self._results(ended))
        yield from results
        if not results or not self._is_once:
            return
        yield self._send("speech.endDetected", realtime.position(ended.offset_s + ended.duration_s))
        if not self._n_voices_left:
            yield self._end()

    def _results(self, ended: SpeechEnded) -> Iterator[Action]:
        request = self._request
        if not ended.phrases:
            without_match = realtime.no_match(ended)
            if without_match is not None:
                yield self._phrase(without_match, None)
            return
        if request.only_language:
            yield self._phrase(realtime.identified_language(ended), None)
            return
        assessed = self._assessed(ended)
        by_speaker = groupby(ended.phrases, lambda phrase: (phrase.locale, phrase.speaker))
        groups = [tuple(same) for _, same in by_speaker]
        for phrases in groups if assessed is None else (ended.phrases,):
            body = realtime.phrase(
                phrases,
                is_detailed=request.is_detailed,
                has_language=request.identifies_language,
                is_diarized=request.is_diarized,
                assessed=assessed,
            )
            translations = _joined_translations(phrases, request.targets)
            if translations is not None:
                self._n_voices_left += len(request.voices or ())
            yield self._phrase(body, translations)

    def _assessed(self, ended: SpeechEnded) -> AssessedSpeech | None:
        request = self._request
        if ended.assessment is None or request.assessment is None:
            return None
        return AssessedSpeech(ended.assessment, request.assessment)

    def _phrase(self, body: realtime.Body, translations: Sequence[Translation] | None) -> Send:
        if not self._request.targets:
            return self._send("speech.phrase", body)
        if body["RecognitionStatus"] != "Success":
            return self._send("translation.response", realtime.translated(body, ()))
        return self._send("translation.response", realtime.translated(body, translations))

    def _silence(self, timeout: SilenceTimeout) -> Iterator[Action]:
        yield self._phrase(realtime.silence(timeout), None)
        if self._is_once:
            end_s = timeout.offset_s + timeout.duration_s
            yield self._send("speech.endDetected", realtime.position(end_s))
            yield self._end()

    def _voice(self, voice: TranslationVoice) -> Iterator[Action]:
        if voice.audio is None:
            failed = {"SynthesisStatus": "Error", "FailureReason": "The synthesis failed."}
            yield self._send("translation.synthesis.end", failed)
        else:
            frame = binary_frame(
                "translation.synthesis", self.request_id, _WAV, voice.audio, _VOICE_STREAM
            )
            yield Send(frame)
            yield self._send("translation.synthesis.end", {"SynthesisStatus": "Success"})
        self._n_voices_left -= 1
        if self._is_once and not self._n_voices_left:
            yield self._end()

    def _audio_ended(self, audio_s: float) -> Iterator[Action]:
        if self._is_once:
            yield self._phrase(realtime.nothing_said(audio_s), None)
        else:
            yield self._send("speech.endDetected", realtime.position(audio_s))
            yield self._send("speech.phrase", realtime.end_of_dictation(audio_s))
        yield self._end()

    def _end(self) -> Send:
        self.has_ended = True
        return self._send("turn.end", {})

    def _send(self, path: str, body: Mapping[str, Any]) -> Send:
        return Send(text_frame(path, self.request_id, body))


def _joined_translations(
    phrases: Sequence[Phrase], targets: Sequence[str]
) -> list[Translation] | None:
    """Translations of phrases that are one result; None where one has none."""
    if any(len(phrase.translations) < len(targets) for phrase in phrases):
        return None
    texts = {
        target: [
            one.text for phrase in phrases for one in phrase.translations if one.target == target
        ]
        for target in targets
    }
    return [Translation(target, " ".join(filter(None, texts[target]))) for target in targets]
