"""Same weights, same words: openai-whisper itself, the engine on it, and the default engine.

Bounds are some ten times what was measured, so that another processor's rounding passes.
"""

import threading
from dataclasses import replace

import numpy as np
import pytest
import whisper

from shared.audio.stream import open_audio
from shared.recognition.engines.context_length import positions_of
from shared.recognition.engines.log_mel import MAX_POSITIONS
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber


def test_the_engine_decodes_the_words_of_openai_whisper_itself(original, readings, clips):
    """Token for token: a converted checkpoint, its own spectrogram, encoder and decoding."""
    options = whisper.DecodingOptions(language="en", without_timestamps=True, fp16=False)
    for clip in clips:
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(clip.samples))
        expected = whisper.decode(original, mel, options)
        found = readings["openai-whisper"][clip.name].hypothesis
        assert found.tokens == tuple(expected.tokens), clip.name
        assert found.average_log_probability == pytest.approx(expected.avg_logprob, abs=1e-4)
        assert found.no_speech_probability == pytest.approx(expected.no_speech_prob, abs=1e-4)


@pytest.mark.parametrize("compute_type", ["float32", "int8"])
def test_the_default_engine_reads_the_same_words(
    readings, clips, different_words, list_difference, compute_type
):
    """Of 172 words float32 has all, int8 all but two; what differs is listed."""
    n_words = n_different = 0
    for clip in clips:
        expected = readings["openai-whisper"][clip.name].hypothesis
        found = readings[compute_type][clip.name].hypothesis
        n, words = different_words(expected.text, found.text)
        n_words += len(expected.text.split())
        n_different += n
        if n:
            list_difference(f"{compute_type:8} {clip.name}: {words}")
        elif expected.text != found.text:
            list_difference(f"{compute_type:8} {clip.name}: same words, other case or punctuation")
    list_difference(f"{compute_type:8} {n_different} of {n_words} words in {len(clips)} clips")
    assert n_different <= {"float32": 0, "int8": 0.03 * n_words}[compute_type]


def test_the_engines_are_as_sure(readings, clips):
    for clip in clips:
        expected = readings["openai-whisper"][clip.name].hypothesis
        found = readings["float32"][clip.name].hypothesis
        assert found.tokens == expected.tokens, clip.name
        assert found.contents == expected.contents
        for measure in ("average_log_probability", "no_speech_probability"):
            assert getattr(found, measure) == pytest.approx(getattr(expected, measure), abs=1e-4)


@pytest.mark.parametrize("timestamps", [False, True])
def test_the_engines_read_the_same_at_a_short_context(engines, clips, timestamps):
    """With time tokens to read on behind a pause, and without."""
    for clip in clips[:6]:
        n_positions = positions_of(clip.duration_s + 3.0)
        assert n_positions < MAX_POSITIONS
        tokens = []
        for name in ("openai-whisper", "float32"):
            (segment,) = engines[name].encode([clip.samples], n_positions)
            request = replace(clip.request, timestamps=timestamps)
            (hypothesis,) = engines[name].decode([segment], [request])
            tokens.append(hypothesis.tokens)
        assert tokens[0] == tokens[1], clip.name


@pytest.mark.parametrize("compute_type", ["float32", "int8"])
def test_tokens_are_timed_alike(engines, readings, clips, compute_type):
    """Of 211 tokens all are the same in float32; int8 moves 29, by 4 ms in the mean."""
    apart_s = []
    for clip in clips:
        hypothesis = readings["openai-whisper"][clip.name].hypothesis
        expected, found = (
            engine.align([segment], "en", [hypothesis], [clip.duration_s])[0]
            for name in ("openai-whisper", compute_type)
            for engine, segment in [(engines[name], readings[name][clip.name].segment)]
        )
        assert len(expected) == len(found) == len(hypothesis.tokens)
        for one, other in zip(expected, found, strict=True):
            apart_s += [abs(one.start_s - other.start_s), abs(one.end_s - other.end_s)]
            if compute_type == "float32":
                assert other.probability == pytest.approx(one.probability, abs=1e-3)
    # A position is 20 ms: in float32 no border may move further.
    assert max(apart_s) <= {"float32": 0.021, "int8": 0.5}[compute_type]
    assert np.mean(apart_s) <= {"float32": 0.001, "int8": 0.02}[compute_type]


def test_languages_are_as_probable(engines, readings, clips):
    for clip in clips:
        expected, found = (
            engines[name].identify_language([readings[name][clip.name].segment])[0]
            for name in ("openai-whisper", "float32")
        )
        assert found == pytest.approx(expected, abs=1e-4), clip.name


def test_the_engines_know_the_same_languages(engines):
    assert engines["openai-whisper"].languages == engines["int8"].languages


def test_a_text_that_is_given_is_cut_into_the_same_tokens_and_scored_alike(
    engines, readings, clips
):
    """A phrase list binds through this."""
    for clip in clips:
        expected, found = (
            engines[name].score(readings[name][clip.name].segment, "en", [clip.text])[0]
            for name in ("openai-whisper", "float32")
        )
        assert found.tokens == expected.tokens, clip.name
        assert found.average_log_probability == pytest.approx(
            expected.average_log_probability, abs=1e-3
        )


def test_a_special_token_in_a_hint_is_text_like_any_other(engines, readings, clips):
    engine, clip = engines["openai-whisper"], clips[0]
    request = replace(clip.request, hint="<|endoftext|> <|notimestamps|>")
    (hypothesis,) = engine.decode([readings["openai-whisper"][clip.name].segment], [request])
    assert "country" in hypothesis.text


def test_concurrent_threads_get_the_results_of_single_ones(engines, readings, clips):
    """openai-whisper keeps the cache of its decoder in hooks on the model, which all share."""
    engine = engines["openai-whisper"]
    short = [clip for clip in clips if clip.duration_s < 6][:3]
    found = {}

    def read(clip):
        (segment,) = engine.encode([clip.samples], MAX_POSITIONS)
        (hypothesis,) = engine.decode([segment], [clip.request])
        engine.align([segment], "en", [hypothesis], [clip.duration_s])
        found[clip.name] = hypothesis.tokens

    threads = [threading.Thread(target=read, args=(clip,)) for clip in short]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(200)
    assert found == {
        clip.name: readings["openai-whisper"][clip.name].hypothesis.tokens for clip in short
    }


def test_a_user_chooses_the_engine_by_its_setting(model_folder, spoken_clip):
    """From the environment to words with times."""
    settings = Settings.from_environment(
        {"SOTTO_ENGINE": "openai-whisper", "SOTTO_MODEL_FOLDER": str(model_folder)}
    )
    options = RecognitionOptions(locales=("en-US",), word_timestamps=True)
    with open_audio(spoken_clip.wav) as stream:
        results = list(LocalTranscriber(settings).recognise(stream, options))
    (phrase,) = [result for result in results if isinstance(result, Phrase)]
    assert phrase.best.display == spoken_clip.text
    assert [word.text for word in phrase.words] == spoken_clip.text.lower().rstrip(".").split()
