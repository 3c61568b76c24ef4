"""Voices that are fetched beside a process that speaks."""

from shared.settings import Settings
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.voice_catalogue import ESPEAK, PIPER


def test_a_voice_that_is_fetched_while_the_server_runs_is_found(voice_models, tmp_path):
    """A model that lay there before is spoken with until then."""
    joe = "en_US-joe-medium"
    speaker = SpeechSynthesis(Settings(voices=("espeak-ng", joe), model_folder=tmp_path))
    assert {voice.engine for voice in speaker.voices()} == {ESPEAK}
    (tmp_path / joe).symlink_to(voice_models / joe)
    assert [voice.name for voice in speaker.voices() if voice.engine == PIPER] == ["Joe"]
    assert speaker.voices() is speaker.voices()  # looked up once more, not every time
