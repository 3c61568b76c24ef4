"""The session of a Speech SDK: what a client must receive, lest it waits for ever."""

import json
import struct
from dataclasses import replace

import pytest

from functions.api.realtime.actions import (
    BeginTurn,
    Close,
    EndAudio,
    EndTurn,
    Send,
    TakeAudio,
    TranslationVoice,
    TurnFailed,
    refuse,
)
from functions.api.realtime.session import RecognitionSession
from functions.api.realtime.turn_request import Mode
from shared.streaming_events import (
    PartialPhrase,
    SilenceTimeout,
    SpeechEnded,
    SpeechStarted,
)
from shared.transcript import (
    Alternative,
    Dropped,
    DropReason,
    Phrase,
    RecognitionCost,
    Translation,
    Word,
)

NATIVE_ID = "9a3c61f2b4d84c0f8d9e0a1b2c3d4e5f"
JAVASCRIPT_ID = NATIVE_ID.upper()
ENGLISH = {"phraseDetection": {"language": "en-US"}}


def phrase(text, offset_s=1.0, duration_s=1.5, *, locale="en-US", speaker=None, translations=()):
    forms = Alternative(0.9, text.lower(), text.lower(), text.lower(), text)
    return Phrase(
        0, locale, offset_s, duration_s, (forms,), speaker=speaker, translations=translations
    )


def spoken(*phrases):
    end_s = phrases[-1].offset_s + phrases[-1].duration_s
    return SpeechEnded(phrases[0].offset_s, end_s - phrases[0].offset_s, phrases)


class Client:
    """Sends frames as the native client does, and reads the frames that it would receive."""

    def __init__(self, mode=Mode.CONVERSATION, query=None, request_id=NATIVE_ID):
        self.session = RecognitionSession(mode, query or {})
        self.request_id = request_id
        self.others = []  # actions beside frames

    def receive(self, actions):
        """Paths and bodies of the frames among the actions."""
        frames = []
        for action in actions:
            if isinstance(action, Send) and isinstance(action.frame, str):
                head, _, body = action.frame.partition("\r\n\r\n")
                headers = dict(line.split(":", 1) for line in head.split("\r\n"))
                assert headers["X-RequestId"] == self.request_id
                frames.append((headers["Path"], json.loads(body)))
            elif isinstance(action, Send):
                frames.append(("binary", action.frame))
            else:
                self.others.append(action)
        return frames

    def begin(self, context=ENGLISH):
        """Send `speech.context`."""
        body = context if isinstance(context, str) else json.dumps(context)
        return self.receive(
            self.session.text(f"Path:speech.context\r\nX-RequestId:{self.request_id}\r\n\r\n{body}")
        )

    def audio(self, payload, request_id=None, content_type=""):
        """Send a frame of audio."""
        head = f"Path:audio\r\nX-RequestId:{request_id or self.request_id}\r\n".encode()
        if content_type:
            head += f"Content-Type:{content_type}\r\n".encode()
        return self.receive(self.session.binary(struct.pack(">H", len(head)) + head + payload))

    def event(self, event, number=1):
        """Pass an event of the work of a turn."""
        return self.receive(self.session.event(number, event))


def paths(frames):
    return [path for path, _ in frames]


def test_a_turn_starts_at_once_and_before_any_audio():
    client = Client()
    ((path, body),) = client.begin()
    assert path == "turn.start"
    assert len(body["context"]["serviceTag"]) == 32
    (begun,) = client.others
    assert isinstance(begun, BeginTurn)
    assert begun.request.locales == ("en-US",)


def test_a_request_id_comes_back_letter_by_letter():
    client = Client(request_id=JAVASCRIPT_ID)
    (frame,) = [action.frame for action in client.session.text(
        f"Path: speech.context\r\nX-RequestId: {JAVASCRIPT_ID}\r\n\r\n{json.dumps(ENGLISH)}"
    ) if isinstance(action, Send)]  # fmt: skip
    assert f"X-RequestId:{JAVASCRIPT_ID}\r\n" in frame


def test_a_turn_of_one_phrase_ends_after_it_without_the_end_of_the_audio():
    client = Client(Mode.INTERACTIVE)
    client.begin()
    client.event(SpeechStarted(1.0))
    frames = client.event(spoken(phrase("Call home.")))
    assert paths(frames) == ["speech.phrase", "speech.endDetected", "turn.end"]
    assert frames[0][1]["DisplayText"] == "Call home."
    assert (frames[0][1]["Offset"], frames[0][1]["Duration"]) == (10_000_000, 15_000_000)
    assert client.others[-1] == EndTurn()


def test_late_audio_and_late_events_of_an_ended_turn_count_for_nothing():
    client = Client(Mode.INTERACTIVE)
    client.begin()
    client.event(spoken(phrase("Call home.")))
    n_actions = len(client.others)
    assert client.audio(b"\0\0") == []
    assert client.event(spoken(phrase("Never shown."))) == []
    assert len(client.others) == n_actions


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (RecognitionCost(audio_s=3.0), "InitialSilenceTimeout"),
        (SilenceTimeout(0.0, 5.0, is_noise=False), "InitialSilenceTimeout"),
        (SilenceTimeout(0.0, 5.0, is_noise=True), "BabbleTimeout"),
        (SpeechEnded(1.0, 1.0, (Dropped(0, 1.0, 1.0, DropReason.NO_MATCH),)), "NoMatch"),
        (TurnFailed("BadRequest", "No such locale."), "BadRequest"),
    ],
)
def test_a_turn_of_one_phrase_never_ends_without_a_phrase(last, status):
    client = Client(Mode.INTERACTIVE)
    client.begin()
    frames = client.event(last)
    assert frames[0][0] == "speech.phrase"
    assert frames[0][1]["RecognitionStatus"] == status
    assert frames[-1] == ("turn.end", {})


def test_a_sound_that_is_no_speech_does_not_end_a_turn_of_one_phrase():
    client = Client(Mode.INTERACTIVE)
    client.begin()
    door = SpeechEnded(1.0, 0.4, (Dropped(0, 1.0, 0.4, DropReason.NOISE),))
    assert client.event(door) == []
    assert paths(client.event(spoken(phrase("Call home."))))[-1] == "turn.end"


def test_a_continuous_turn_acknowledges_all_audio_before_its_end():
    client = Client()
    client.begin()
    assert paths(client.event(spoken(phrase("One.")))) == ["speech.phrase"]
    assert paths(client.event(spoken(phrase("Two.", 4.0)))) == ["speech.phrase"]
    frames = client.event(RecognitionCost(audio_s=7.25))
    assert frames[-2:] == [
        ("speech.phrase", {"RecognitionStatus": "EndOfDictation", "Offset": 72_500_000,
                           "Duration": 0}),
        ("turn.end", {}),
    ]  # fmt: skip


def test_speech_is_announced_once_in_a_turn():
    client = Client()
    client.begin()
    assert client.event(SpeechStarted(0.5)) == [("speech.startDetected", {"Offset": 5_000_000})]
    assert client.event(SpeechStarted(4.5)) == []


def test_a_hypothesis_has_text_and_extent():
    client = Client()
    client.begin()
    ((path, body),) = client.event(PartialPhrase(1.0, 0.5, "call", "en-US"))
    assert path == "speech.hypothesis"
    assert (body["Text"], body["Offset"], body["Duration"]) == ("call", 10_000_000, 5_000_000)
    assert "PrimaryLanguage" not in body


def test_detailed_words_have_their_confidence_and_their_shown_form():
    client = Client()
    client.begin(ENGLISH | {"phraseOutput": {"format": "Detailed"}})
    said = replace(
        phrase("Call home."),
        words=(Word("call", 1.0, 0.5, 0.91), Word("home", 1.5, 1.0, 0.82)),
        display_words=(Word("Call", 1.0, 0.5, 0.91), Word("home.", 1.5, 1.0, 0.82)),
    )
    ((_, body),) = client.event(spoken(said))
    best = body["NBest"][0]
    assert best["Words"][1] == {
        "Word": "home", "Offset": 15_000_000, "Duration": 10_000_000, "Confidence": 0.82,
    }  # fmt: skip
    assert [word["DisplayText"] for word in best["DisplayWords"]] == ["Call", "home."]


def test_speech_in_two_languages_between_two_pauses_is_two_results():
    client = Client()
    client.begin({"languageId": {"languages": ["en-US", "de-DE"], "mode": "DetectContinuous"}})
    frames = client.event(
        spoken(phrase("Good morning."), phrase("Guten Tag.", 3.0, locale="de-DE"))
    )
    assert [body["PrimaryLanguage"]["Language"] for _, body in frames] == ["en-US", "de-DE"]


@pytest.mark.parametrize(
    ("probability", "confidence"), [(0.95, "High"), (0.7, "Medium"), (0.2, "Low"), (None, "High")]
)
def test_the_confidence_of_a_language_is_that_among_the_candidates(probability, confidence):
    client = Client()
    client.begin({"languageId": {"languages": ["en-US", "de-DE"]}})
    said = replace(phrase("Good morning."), language_probability=probability)
    ((_, body),) = client.event(spoken(said))
    assert body["PrimaryLanguage"] == {"Language": "en-US", "Confidence": confidence}


def test_a_client_that_asks_for_the_language_gets_no_text():
    client = Client()
    client.begin(
        {"phraseDetection": {"mode": "None"}, "languageId": {"languages": ["en-US", "de-DE"]}}
    )
    assert client.event(PartialPhrase(1.0, 0.5, "guten", "de-DE")) == []
    ((_, body),) = client.event(spoken(phrase("Guten Tag.", locale="de-DE")))
    assert body["PrimaryLanguage"]["Language"] == "de-DE"
    assert "DisplayText" not in body


def test_speakers_are_guests_and_unknown_while_undecided():
    client = Client()
    client.begin(
        {"phraseDetection": {"language": "en-US", "speakerDiarization": {"mode": "Anonymous"}}}
    )
    ((_, partial),) = client.event(PartialPhrase(1.0, 0.5, "call", "en-US"))
    frames = client.event(spoken(phrase("One.", speaker=2), phrase("Two.", 3.0, speaker=1)))
    assert partial["SpeakerId"] == "Unknown"
    assert [body["SpeakerId"] for _, body in frames] == ["Guest-2", "Guest-1"]


TO_SPANISH = ENGLISH | {"translation": {"targetLanguages": ["es", "ca"]}}


def test_translations_are_siblings_of_the_phrase_in_the_spelling_of_the_request():
    client = Client()
    client.begin(TO_SPANISH)
    translations = (Translation("es", "Llama a casa."), Translation("ca", "Truca a casa."))
    ((path, body),) = client.event(spoken(phrase("Call home.", translations=translations)))
    assert path == "translation.response"
    assert body["SpeechPhrase"]["DisplayText"] == "Call home."
    assert body["TranslationStatus"] == "Success"
    assert body["Translations"] == [
        {"Language": "es", "Text": "Llama a casa."},
        {"Language": "ca", "Text": "Truca a casa."},
    ]


def test_a_failed_translation_leaves_the_words_and_the_turn():
    client = Client()
    client.begin(TO_SPANISH)
    ((_, body),) = client.event(spoken(phrase("Call home.")))
    assert body["SpeechPhrase"]["DisplayText"] == "Call home."
    assert body["TranslationStatus"] == "Error"
    assert "Translations" not in body
    assert client.session.has_turn


def test_a_partial_translation_always_succeeds():
    client = Client()
    client.begin(TO_SPANISH)
    ((path, body),) = client.event(PartialPhrase(1.0, 0.5, "call", "en-US"))
    assert path == "translation.response"
    assert body["SpeechHypothesis"]["Text"] == "call"
    assert body["TranslationStatus"] == "Success"


def test_a_turn_of_one_phrase_waits_for_its_voices():
    client = Client(Mode.INTERACTIVE)
    client.begin(TO_SPANISH | {"synthesis": {"defaultVoices": {"es": "es-ES-ElviraNeural"},
                                             "synthesizedLanguages": ["es"]}})  # fmt: skip
    translations = (Translation("es", "Llama."), Translation("ca", "Truca."))
    frames = client.event(spoken(phrase("Call.", translations=translations)))
    assert "turn.end" not in paths(frames)
    frames = client.event(TranslationVoice(b"RIFF"))
    assert paths(frames) == ["binary", "translation.synthesis.end", "turn.end"]
    assert frames[0][1].endswith(b"RIFF")
    assert frames[1][1] == {"SynthesisStatus": "Success"}


def test_a_failed_synthesis_is_said():
    client = Client()
    client.begin(TO_SPANISH | {"synthesis": {"defaultVoices": {"es": "x"}}})
    ((path, body),) = client.event(TranslationVoice(None))
    assert (path, body["SynthesisStatus"]) == ("translation.synthesis.end", "Error")


def test_audio_goes_to_the_turn_until_its_empty_frame():
    client = Client()
    client.begin()
    client.audio(b"RIFF", content_type="audio/x-wav")
    client.audio(b"\1\2")
    client.audio(b"\3\4", request_id=NATIVE_ID[::-1])
    client.audio(b"")
    client.audio(b"")  # JavaScript sends two
    client.audio(b"\5\6")
    assert client.others[1:] == [
        TakeAudio(b"RIFF"), TakeAudio(b"\1\2"), EndAudio(),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["telemetry", "speech.config", "speech.event", "agent.config", "ack", "never.seen"]
)
def test_other_messages_have_no_answer(path):
    client = Client()
    client.begin()
    frame = f"Path:{path}\r\nX-RequestId:{NATIVE_ID}\r\n\r\n{{}}"
    assert list(client.session.text(frame)) == []
    head = f"Path:{path}\r\nX-RequestId:{NATIVE_ID}\r\n".encode()
    assert list(client.session.binary(struct.pack(">H", len(head)) + head)) == []


def test_a_restarted_turn_has_its_own_events():
    client = Client()
    client.begin()
    client.request_id = JAVASCRIPT_ID
    assert paths(client.begin()) == ["turn.start"]
    assert client.others[1:2] == [EndTurn()]
    assert client.event(spoken(phrase("Of the first turn.")), number=1) == []
    assert paths(client.event(spoken(phrase("Of the second.")), number=2)) == ["speech.phrase"]


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ("[1]", "no JSON object"),
        ({"phraseDetection": {}}, "names no language"),
        (ENGLISH | {"translation": {"targetLanguages": ["de"] * 11}}, "more than 10"),
        ({"phraseDetection": {"language": "en-US", "enrichment": {
            "pronunciationAssessment": {"granularity": "Letter"}}}}, "Phoneme or Word or FullText"),
    ],
)  # fmt: skip
def test_a_turn_that_cannot_be_served_says_why_and_ends(context, message):
    client = Client(Mode.INTERACTIVE)
    frames = client.begin(context)
    assert paths(frames) == ["turn.start", "speech.phrase", "turn.end"]
    assert frames[1][1]["RecognitionStatus"] == "BadRequest"
    assert message in frames[1][1]["Message"]
    assert not any(isinstance(action, BeginTurn) for action in client.others)


@pytest.mark.parametrize("frame", ["no headers at all", b"", b"\xff\xffPath:audio", b"\0\3abc"])
def test_garbage_closes_the_connection_as_a_bad_request(frame):
    client = Client()
    client.begin()
    take = client.session.text if isinstance(frame, str) else client.session.binary
    ended, closed = take(frame)
    assert ended == EndTurn()
    assert isinstance(closed, Close)
    assert closed.code == 1007
    assert closed.reason


def test_a_stopping_server_finishes_the_turn_then_goes_away():
    client = Client()
    client.begin()
    client.receive(client.session.stop())
    assert client.others[-1] == EndAudio()
    frames = client.event(spoken(phrase("Last words.")))
    assert frames[0][1]["DisplayText"] == "Last words."
    assert paths(client.event(RecognitionCost(audio_s=3.0)))[-1] == "turn.end"
    assert isinstance(client.others[-1], Close)
    assert client.others[-1].code == 1001


def test_a_stopping_server_closes_a_connection_without_a_turn():
    client = Client()
    client.receive(client.session.stop())
    assert client.others == [Close(1001, "The server stops.")]


def test_a_reason_is_cut_to_what_a_close_frame_holds():
    (closed,) = refuse("ä" * 100, has_turn=False)
    assert 100 < len(closed.reason.encode()) <= 123
