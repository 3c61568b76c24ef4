"""Turns with pronunciation assessment: the work of a turn, and the phrases that a client gets."""

import asyncio
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from assessed_speech import HELLO, HELLO_ASSESSMENT, HELLO_RESULT

from functions.api.realtime.actions import BeginTurn, Send, TurnFailed
from functions.api.realtime.session import RecognitionSession
from functions.api.realtime.turn import turn_events
from functions.api.realtime.turn_request import Mode, TurnRequest
from shared.assessment import AssessmentOptions
from shared.audio.arriving import ArrivingAudio
from shared.errors import FeatureUnavailable, InvalidReferenceText, ModelMissing, UnsupportedLocale
from shared.settings import Settings
from shared.streaming_events import SpeechEnded
from shared.transcript import Dropped, DropReason, RecognitionCost
from shared.transcription.scripted_transcriber import ScriptedTranscriber

READING = AssessmentOptions(reference_text="Hello.")
REQUEST = TurnRequest(mode=Mode.INTERACTIVE, locales=("en-us",), assessment=READING)
SAID = SpeechEnded(HELLO.offset_s, HELLO.duration_s, (HELLO,), HELLO_ASSESSMENT)
# As the native client sends it.
PARAMETERS = {
    "dimension": "Comprehensive", "enableMiscue": True, "referenceText": "Hello.",
    "gradingSystem": "HundredMark", "granularity": "Phoneme", "enableProsodyAssessment": True,
    "phonemeAlphabet": "IPA", "nbestPhonemeCount": 5,
}  # fmt: skip


@pytest.fixture
def work(tone):
    """Do the work of a turn; return its transcriber and its events."""

    def run(*script, request=REQUEST, assessment=HELLO_ASSESSMENT):
        transcriber = ScriptedTranscriber(script or (HELLO,), assessment=assessment)
        service = SimpleNamespace(settings=Settings(), transcriber=transcriber)

        async def do():
            arriving = ArrivingAudio()
            arriving.put(tone(1.0))
            arriving.end()
            return await asyncio.to_thread(
                lambda: list(turn_events(service, request, arriving, lambda: None))
            )

        return transcriber, asyncio.run(do())

    return run


def test_speech_comes_with_its_assessment(work):
    miscues = replace(READING, miscue=True)
    transcriber, (ended, cost) = work(request=replace(REQUEST, assessment=miscues))
    assert ended == SAID
    assert isinstance(cost, RecognitionCost)
    assert transcriber.requested_assessments == [(miscues, "en-US")]
    ((_, _, phrases),) = transcriber.assessed
    assert phrases == (HELLO,)


def test_without_miscues_speech_has_the_text_of_the_reference(work):
    request = replace(REQUEST, assessment=AssessmentOptions(reference_text="Hello, you."))
    _, (ended, _) = work(request=request)
    assert [phrase.best.display for phrase in ended.phrases] == ["Hello, you."]
    assert ended.assessment == HELLO_ASSESSMENT


def test_word_times_are_requested_for_an_assessment(work):
    transcriber, _ = work()
    assert transcriber.requested[0].word_timestamps
    plain, (ended, _) = work(request=replace(REQUEST, assessment=None))
    assert not plain.requested[0].word_timestamps
    assert (ended.assessment, plain.requested_assessments) == (None, [])


def test_a_continuous_turn_has_an_assessment_for_each_utterance(work):
    request = replace(REQUEST, mode=Mode.CONVERSATION)
    silence = Dropped(0, 2.2, 0.3, DropReason.NO_MATCH)
    _, events = work(HELLO, silence, HELLO, request=request)
    assert [one.assessment for one in events[:-1]] == [HELLO_ASSESSMENT, None, HELLO_ASSESSMENT]


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (InvalidReferenceText("It has no words."), "BadRequest", "It has no words."),
        (UnsupportedLocale("English only."), "BadRequest", "English only."),
        (FeatureUnavailable("It is off."), "BadRequest", "It is off."),
        (
            ModelMissing("/models/pronunciation is not there.", remedy="Fetch it."),
            "ServiceUnavailable",
            "Recognition is not available on this server. Fetch it.",
        ),
    ],
)
def test_an_assessment_that_cannot_start_ends_the_turn_with_its_reason(work, error, status, reason):
    transcriber, events = work(assessment=error)
    assert events == [TurnFailed(status, reason)]
    assert transcriber.requested == []


class Client:
    """Begins a turn, and reads the bodies of what comes back."""

    def __init__(self, mode=Mode.INTERACTIVE, parameters=PARAMETERS, **detection):
        context = {
            "phraseDetection": {
                "language": "en-US",
                "enrichment": {"pronunciationAssessment": parameters},
                **detection,
            }
        }
        self.session = RecognitionSession(mode, {"format": ["simple"]})
        frame = f"Path:speech.context\r\nX-RequestId:{'a' * 32}\r\n\r\n{json.dumps(context)}"
        actions = list(self.session.text(frame))
        (self.request,) = [one.request for one in actions if isinstance(one, BeginTurn)]

    def phrases(self, event):
        """Return the bodies of `speech.phrase`."""
        frames = [one.frame for one in self.session.event(1, event) if isinstance(one, Send)]
        divided = [frame.partition("\r\n\r\n") for frame in frames]
        return [json.loads(body) for head, _, body in divided if "Path:speech.phrase" in head]


def test_the_phrase_is_nested_and_detailed_whatever_the_format():
    client = Client()
    assert not client.request.is_detailed
    (body,) = client.phrases(SAID)
    assert len(body.pop("Id")) == 32
    assert body == HELLO_RESULT


def test_an_utterance_is_one_phrase_even_of_two_speakers():
    client = Client(Mode.CONVERSATION, speakerDiarization={"mode": "Anonymous"})
    phrases = (replace(HELLO, speaker=2), replace(HELLO, offset_s=2.5, speaker=1))
    (body,) = client.phrases(SpeechEnded(0.75, 3.13, phrases, HELLO_ASSESSMENT))
    assert body["SpeakerId"] == "Guest-2"
    assert body["Duration"] == 31_300_000
    assert "PronunciationAssessment" in body["NBest"][0]


def test_speech_without_a_text_has_no_scores():
    silence = Dropped(0, 1.0, 0.5, DropReason.NO_MATCH)
    (body,) = Client().phrases(SpeechEnded(1.0, 0.5, (silence,)))
    assert (body["RecognitionStatus"], "NBest" in body) == ("NoMatch", False)
