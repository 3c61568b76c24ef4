"""Both engines identify the same languages in a clip with code-switching."""

import numpy as np
import pytest

from shared.audio.channels import MonoMixer
from shared.audio.stream import RawPcm, open_audio
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber

FR, IT, ES = "fr-FR", "it-IT", "es-ES"


@pytest.fixture(scope="module")
def recognisers(model_folder):
    """The pipeline on each engine; both compute in float32."""
    return [
        LocalTranscriber(Settings(engine=engine, compute_type="float32", model_folder=model_folder))
        for engine in ("openai-whisper", "ctranslate2")
    ]


@pytest.fixture(scope="module")
def joined(speech_data):
    """Some clips one after the other, mono at 16 kHz."""

    def join(*names):
        blocks = []
        for name in names:
            with open_audio((speech_data / "multilingual" / name).read_bytes()) as stream:
                blocks += [MonoMixer().mix(block) for block in stream]
        return np.concatenate(blocks).tobytes()

    return join


@pytest.mark.parametrize(
    ("clips", "expected"),
    [
        (("cheetah_test_it_norm.wav", "cheetah_test_es_norm.wav"), [IT, ES]),
        (("cheetah_test_fr_norm.wav", "cheetah_test_it_norm.wav"), [FR, IT]),
    ],
)
def test_the_language_changes_at_the_same_place(recognisers, joined, clips, expected):
    """The clips are one utterance to voice activity: the segment is cut where they meet."""
    samples = joined(*clips)
    options = RecognitionOptions(
        locales=("en-US", *reversed(expected)), language_per_phrase=True, word_timestamps=True
    )
    identified = []
    for transcriber in recognisers:
        with open_audio(samples, raw=RawPcm(n_channels=1)) as stream:
            results = transcriber.recognise(stream, options)
            identified.append([result for result in results if isinstance(result, Phrase)])
    original, default = identified
    assert [phrase.locale for phrase in original] == expected
    assert [phrase.locale for phrase in default] == expected
    for phrase, other in zip(original, default, strict=True):
        assert phrase.best.lexical == other.best.lexical
        assert phrase.offset_s == pytest.approx(other.offset_s, abs=0.05)
