"""Calibration with the real model, on a sentence that it reads alike at every context."""

from dataclasses import replace

from shared.settings import Settings
from shared.transcription.calibration import differences, read_audio
from shared.transcription.local_transcriber import LocalTranscriber


def test_a_clear_sentence_is_the_same_at_a_margin(model_folder, spoken_clip, tmp_path):
    path = tmp_path / "sentence.wav"
    path.write_bytes(spoken_clip.wav)
    settings = Settings(model_folder=model_folder, threads=1)
    full, short = (
        read_audio(LocalTranscriber(replace(settings, context=context)), path, [spoken_clip.locale])
        for context in ("full", "8")
    )
    assert " ".join(sum(full.words, ())) == spoken_clip.text.lower().rstrip(".")
    assert full.text == spoken_clip.text
    assert differences([full], [short]).share == 0.0
    assert (full.cost.n_segments, full.cost.n_retries) == (1, 0)
