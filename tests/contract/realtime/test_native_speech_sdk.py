"""The native Speech SDK, unmodified, over WebSocket: every recogniser that it has.

https://learn.microsoft.com/python/api/azure-cognitiveservices-speech
"""

import itertools
import json
import time
import wave

import numpy as np
import pytest

from shared.audio.encode import AudioEncoder
from shared.synthesis.output_formats import find_output_format
from tests.contract.realtime.conftest import (
    LIMIT_S,
    listen_to,
    recognise_all,
    sdk,
)

WORDS = "children are playing in the garden"


def from_file(path):
    return sdk.audio.AudioConfig(filename=str(path))


def from_stream(pcm, stream_format=None, *, ends=True):
    """Audio that the app pushes."""
    stream = sdk.audio.PushAudioInputStream(stream_format) if stream_format else (
        sdk.audio.PushAudioInputStream()
    )  # fmt: skip
    for first in range(0, len(pcm), 3200):
        stream.write(pcm[first : first + 3200])
    if ends:
        stream.close()
    return sdk.audio.AudioConfig(stream=stream)


def test_one_phrase_comes_back_with_its_place(config, twice):
    result = sdk.SpeechRecognizer(config(), from_file(twice)).recognize_once()
    assert result.reason == sdk.ResultReason.RecognizedSpeech
    assert WORDS in result.text
    assert result.offset / 1e7 == pytest.approx(1.5, abs=0.3)
    assert 2 < result.duration / 1e7 < 4


def test_a_second_phrase_of_the_same_recogniser_follows_the_first(config, twice):
    recogniser = sdk.SpeechRecognizer(config(), from_file(twice))
    first, second = recogniser.recognize_once(), recogniser.recognize_once()
    assert WORDS in first.text
    assert WORDS in second.text
    assert second.offset >= first.offset + first.duration


def test_continuous_recognition_gives_each_phrase_once_and_in_order(config, twice):
    heard = recognise_all(sdk.SpeechRecognizer(config(), from_file(twice)))
    assert len(heard.texts()) == 2
    assert all(WORDS in text for text in heard.texts())
    places = [place for kind, text, place in heard.events if kind == "recognized" and text]
    assert places[0][0] + places[0][1] <= places[1][0]
    assert heard.events[-1][:2] == ("canceled", "EndOfStream")


def test_hypotheses_grow_before_the_phrase(config, sentence):
    """The audio is pushed as it is spoken."""
    stream = sdk.audio.PushAudioInputStream()
    recogniser = sdk.SpeechRecognizer(config(), sdk.audio.AudioConfig(stream=stream))
    heard = listen_to(recogniser)
    recogniser.start_continuous_recognition_async().get()
    for first in range(0, len(sentence), 3200):
        stream.write(sentence[first : first + 3200])
        time.sleep(0.1)
    stream.close()
    assert heard.stopped.wait(LIMIT_S)
    recogniser.stop_continuous_recognition_async().get()
    shown = heard.texts("recognizing")
    assert shown
    for before, after in itertools.pairwise(shown):
        assert after.startswith(before)


def test_dictation_is_served(config, twice):
    dictation = config()
    dictation.enable_dictation()
    heard = recognise_all(sdk.SpeechRecognizer(dictation, from_file(twice)))
    assert len(heard.texts()) == 2


class Reader(sdk.audio.PullAudioInputStreamCallback):
    """Gives the samples of an audio when the client asks for them."""

    def __init__(self, pcm):
        super().__init__()
        self._rest = pcm

    def read(self, buffer):
        """Fill the buffer."""
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self):
        """Do nothing."""


def test_a_pull_stream_is_recognised(config, sentence):
    stream = sdk.audio.PullAudioInputStream(Reader(sentence))
    heard = recognise_all(sdk.SpeechRecognizer(config(), sdk.audio.AudioConfig(stream=stream)))
    assert WORDS in heard.texts()[0]


@pytest.mark.parametrize("law", ["ALAW", "MULAW"])
def test_telephone_codings_are_recognised(config, sentence, law):
    samples = np.frombuffer(sentence, np.int16)[::2].copy()
    encoder = AudioEncoder(find_output_format(f"raw-8khz-8bit-mono-{law.lower()}").encoding)
    coded = encoder.encode(samples) + encoder.finish()
    stream_format = sdk.audio.AudioStreamFormat(
        samples_per_second=8_000, bits_per_sample=8, channels=1,
        wave_stream_format=getattr(sdk.AudioStreamWaveFormat, law),
    )  # fmt: skip
    result = sdk.SpeechRecognizer(config(), from_stream(coded, stream_format)).recognize_once()
    assert "playing in the garden" in result.text


def test_detailed_results_have_word_times_and_four_forms(config, sentence):
    detailed = config()
    detailed.output_format = sdk.OutputFormat.Detailed
    detailed.request_word_level_timestamps()
    result = sdk.SpeechRecognizer(detailed, from_stream(sentence)).recognize_once()
    best = json.loads(result.json)["NBest"][0]
    assert set(best) >= {"Confidence", "Lexical", "ITN", "MaskedITN", "Display", "Words"}
    words = [word["Word"] for word in best["Words"]]
    assert words[:3] == ["the", "children", "are"]
    times = [word["Offset"] for word in best["Words"]]
    assert times == sorted(times)


def test_the_language_is_detected_among_candidates(config, sentence):
    languages = sdk.languageconfig.AutoDetectSourceLanguageConfig(languages=["de-DE", "en-US"])
    result = sdk.SpeechRecognizer(
        config(language=""), auto_detect_source_language_config=languages,
        audio_config=from_stream(sentence),
    ).recognize_once()  # fmt: skip
    assert WORDS in result.text
    assert sdk.AutoDetectSourceLanguageResult(result).language == "en-US"


def test_the_language_alone_is_found(config, sentence):
    languages = sdk.languageconfig.AutoDetectSourceLanguageConfig(languages=["de-DE", "en-US"])
    result = sdk.SourceLanguageRecognizer(
        speech_config=config(language=""), auto_detect_source_language_config=languages,
        audio_config=from_stream(sentence),
    ).recognize_once()  # fmt: skip
    assert result.reason == sdk.ResultReason.RecognizedSpeech
    assert sdk.AutoDetectSourceLanguageResult(result).language == "en-US"


def test_a_conversation_has_guests(config, twice):
    transcriber = sdk.transcription.ConversationTranscriber(config(), from_file(twice))
    heard = listen_to(transcriber, ("transcribed",))
    speakers = []
    transcriber.transcribed.connect(lambda event: speakers.append(event.result.speaker_id))
    transcriber.start_transcribing_async().get()
    assert heard.stopped.wait(LIMIT_S)
    transcriber.stop_transcribing_async().get()
    assert [WORDS in text for text in heard.texts("transcribed")] == [True, True]
    assert speakers[:2] == ["Guest-1", "Guest-1"]


@pytest.mark.usefixtures("apertium")
def test_speech_is_translated_and_spoken(config, sentence):
    translation = config(sdk.translation.SpeechTranslationConfig)
    translation.add_target_language("es")
    translation.voice_name = "es-ES-ElviraNeural"
    recogniser = sdk.translation.TranslationRecognizer(
        translation_config=translation, audio_config=from_stream(sentence)
    )
    spoken = []
    recogniser.synthesizing.connect(lambda event: spoken.append(event.result))
    result = recogniser.recognize_once()
    assert result.reason == sdk.ResultReason.TranslatedSpeech
    assert WORDS in result.text
    assert "jardín" in result.translations["es"]
    reasons = [one.reason for one in spoken]
    assert reasons == [
        sdk.ResultReason.SynthesizingAudio, sdk.ResultReason.SynthesizingAudioCompleted,
    ]  # fmt: skip
    assert spoken[0].audio[:4] == b"RIFF"


def test_a_text_is_spoken(config):
    synthesizer = sdk.SpeechSynthesizer(config(), None)
    result = synthesizer.speak_text("Hello. How are you today?")
    assert result.reason == sdk.ResultReason.SynthesizingAudioCompleted
    assert result.audio_data[:4] == b"RIFF"
    assert 1 < result.audio_duration.total_seconds() < 10
    again = synthesizer.speak_text("And once more.")
    assert again.reason == sdk.ResultReason.SynthesizingAudioCompleted


def test_a_text_that_cannot_be_spoken_says_why(config):
    result = sdk.SpeechSynthesizer(config(), None).speak_ssml("<speak><nope")
    assert result.reason == sdk.ResultReason.Canceled
    assert "well-formed" in result.cancellation_details.error_details


def test_a_stop_in_the_middle_keeps_what_was_said(config, sentence):
    stream = sdk.audio.PushAudioInputStream()
    recogniser = sdk.SpeechRecognizer(config(), sdk.audio.AudioConfig(stream=stream))
    heard = listen_to(recogniser)
    recogniser.start_continuous_recognition_async().get()
    stream.write(sentence)  # and no more: a microphone that is silent
    deadline = time.monotonic() + LIMIT_S
    while not heard.texts("recognizing") and time.monotonic() < deadline:
        time.sleep(0.05)
    recogniser.stop_continuous_recognition_async().get()
    # A turn without an end is an error of the SDK, ten seconds later.
    assert "Error" not in [reason for kind, reason, _ in heard.events if kind == "canceled"]
    assert "garden" in heard.texts()[-1]
    stream.close()


def test_two_recognisers_of_one_process_do_not_mix(config, twice):
    first = sdk.SpeechRecognizer(config(), from_file(twice))
    second = sdk.SpeechRecognizer(config(), from_file(twice))
    heard = [listen_to(one) for one in (first, second)]
    for one in (first, second):
        one.start_continuous_recognition_async().get()
    for one in heard:
        assert one.stopped.wait(LIMIT_S)
        assert len(one.texts()) == 2
    for one in (first, second):
        one.stop_continuous_recognition_async().get()


def test_a_phrase_list_is_accepted(config, sentence):
    recogniser = sdk.SpeechRecognizer(config(), from_stream(sentence))
    sdk.PhraseListGrammar.from_recognizer(recogniser).addPhrase("Contoso")
    assert WORDS in recogniser.recognize_once().text


def test_silence_ends_a_turn_of_one_phrase(config):
    result = sdk.SpeechRecognizer(config(), from_stream(bytes(32_000 * 8))).recognize_once()
    assert result.reason == sdk.ResultReason.NoMatch
    assert result.no_match_details.reason == sdk.NoMatchReason.InitialSilenceTimeout


def test_a_wrong_key_is_an_authentication_failure(config, sentence):
    result = sdk.SpeechRecognizer(config(key="wrong"), from_stream(sentence)).recognize_once()
    assert result.cancellation_details.code == sdk.CancellationErrorCode.AuthenticationFailure


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: None, "xx-YY"),
        (lambda recogniser: sdk.PronunciationAssessmentConfig(
            json_string='{"granularity":"Letter"}').apply_to(recogniser),
         "Granularity of pronunciation assessment must be Phoneme or Word or FullText"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_served_says_why(config, sentence, change, message):
    recogniser = sdk.SpeechRecognizer(config(language="xx-YY"), from_stream(sentence))
    change(recogniser)
    details = recogniser.recognize_once().cancellation_details
    assert details.code == sdk.CancellationErrorCode.BadRequest
    assert message in details.error_details


def test_a_file_of_another_rate_is_recognised(config, spoken_clip, tmp_path):
    path = tmp_path / "t.wav"
    path.write_bytes(spoken_clip.wav)
    with wave.open(str(path)) as reader:
        assert reader.getframerate() == 22_050
    assert WORDS in sdk.SpeechRecognizer(config(), from_file(path)).recognize_once().text
