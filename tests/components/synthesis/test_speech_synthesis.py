"""Voices that are fetched while a process runs."""

from shared.settings import Settings
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.voice_catalogue import ESPEAK, PIPER


def test_a_voice_that_is_fetched_while_the_server_runs_is_found(voice_models, tmp_path):
    """The voices that were there before speak until then."""
    joe = "en_US-joe-medium"
    synthesis = SpeechSynthesis(Settings(voices=("espeak-ng", joe), model_folder=tmp_path))
    assert {voice.engine for voice in synthesis.voices()} == {ESPEAK}
    (tmp_path / joe).symlink_to(voice_models / joe)
    assert [voice.name for voice in synthesis.voices() if voice.engine == PIPER] == ["Joe"]
    assert synthesis.voices() is synthesis.voices()  # looked up once more, not every time
