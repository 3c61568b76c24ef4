"""Contract of every engine, on a real clip, on every processor.

Products of 8-bit numbers, and the order of sums, differ between instruction sets. So texts are
compared where the speech is clear, and probabilities and times with a margin.

A further engine needs a fixture and a name in `ENGINES`.
"""

from dataclasses import replace
from difflib import SequenceMatcher
from importlib.util import find_spec

import numpy as np
import pytest
from device_model import DeviceModel

from shared.audio.channels import MonoMixer, float32_from_int16
from shared.audio.stream import open_audio
from shared.errors import EngineUnavailable
from shared.language.locales import default_locale
from shared.recognition.alignment import group_words
from shared.recognition.engines.context_length import positions_of
from shared.recognition.engines.ctranslate2_engine import CTranslate2Engine
from shared.recognition.engines.engine import DecodingRequest, Task
from shared.recognition.engines.openai_whisper_engine import OpenAIWhisperEngine
from shared.recognition.engines.plausibility import is_complete, token_limit
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.settings import Settings

ENGINES = ["ctranslate2", "ctranslate2_on_a_device", "scripted"]
if find_spec("whisper"):  # in the environment of `make parity`
    ENGINES.append("openai_whisper")
FULL = 1_500
LOG_PROBABILITY_MARGIN = 0.05


@pytest.fixture(scope="module")
def ctranslate2_engine(model_folder):
    return CTranslate2Engine.load(model_folder / "base", Settings())


@pytest.fixture(scope="module")
def ctranslate2_on_a_device_engine(ctranslate2_engine):
    """The same weights, in arrays that refuse NumPy: what runs here runs on a GPU's arrays."""
    model = DeviceModel(ctranslate2_engine._model)
    return CTranslate2Engine(model, ctranslate2_engine._tokenizer, ctranslate2_engine.context)


@pytest.fixture(scope="module")
def openai_whisper_engine(model_folder):
    return OpenAIWhisperEngine(model_folder / "base", Settings())


@pytest.fixture(scope="module")
def scripted_engine(spoken_clip):
    """Decodes the sentence of the clip, in proportion to the audio, and identifies English."""

    def read(segment, _request):
        words = spoken_clip.text.split()
        n_recognised = round(len(words) * min(1.0, len(segment.features) / 16_000 / 2.5))
        return hypothesis_of(" ".join(words[:n_recognised]))

    def rate(_segment, text):
        return SequenceMatcher(None, text, spoken_clip.text).ratio() - 1.1

    return ScriptedEngine(read, lambda _segment: {"en": 0.9, "de": 0.1}, rate)


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture
def clip_s(spoken_samples):
    return len(spoken_samples) / 16_000


@pytest.fixture
def shortest(clip_s):
    """Shortest context that the pipeline gives the clip, in positions."""
    return positions_of(clip_s + 3.0)


def lexical(text):
    return text.lower().rstrip(".")


def request_for(seconds, language="en"):
    return DecodingRequest(language, token_limit(seconds, language))


def read(engine, samples, n_positions):
    (segment,) = engine.encode([samples], n_positions)
    (hypothesis,) = engine.decode([segment], [request_for(len(samples) / 16_000)])
    return segment, hypothesis


def test_a_segment_knows_its_context(engine, spoken_samples, shortest):
    (segment,) = engine.encode([spoken_samples], shortest)
    assert segment.n_positions == shortest < FULL


def test_all_positions_of_a_segment_read_like_it(engine, spoken_samples, shortest):
    segment, hypothesis = read(engine, spoken_samples, shortest)
    gathered = engine.gather_positions(segment, np.arange(shortest))
    assert gathered.n_positions == shortest
    (again,) = engine.decode([gathered], [request_for(3.0)])
    assert again.text == hypothesis.text
    assert again.average_log_probability == pytest.approx(
        hypothesis.average_log_probability, abs=LOG_PROBABILITY_MARGIN
    )


def test_the_first_positions_with_two_seconds_of_silence_read_like_all(
    engine, spoken_samples, clip_s
):
    segment, hypothesis = read(engine, spoken_samples, positions_of(clip_s + 5.0))
    first = engine.first_positions(segment, positions_of(clip_s + 2.0))
    assert first.n_positions == positions_of(clip_s + 2.0) < segment.n_positions
    (again,) = engine.decode([first], [request_for(clip_s)])
    assert again.text == hypothesis.text


def test_first_positions_of_several_contexts_share_a_batch(engine, spoken_samples, clip_s):
    n_positions = positions_of(clip_s + 2.0)
    segments = [engine.encode([spoken_samples], n_positions + more)[0] for more in (0, 50, 150)]
    first = [engine.first_positions(segment, n_positions) for segment in segments]
    texts = {one.text for one in engine.decode(first, [request_for(clip_s)] * 3)}
    assert len(texts) == 1


def test_gathered_positions_decode_to_their_words(
    engine, spoken_samples, spoken_clip, clip_s, shortest
):
    """Half of a clip of ten words, with the silence behind the clip."""
    (segment,) = engine.encode([spoken_samples], shortest)
    half, end = round(clip_s / 2 * 50), round(clip_s * 50)
    gathered = engine.gather_positions(
        segment, np.concatenate((np.arange(half), np.arange(end, shortest)))
    )
    assert gathered.n_positions == half + shortest - end
    (hypothesis,) = engine.decode([gathered], [request_for(clip_s / 2)])
    said, recognised = lexical(spoken_clip.text).split(), lexical(hypothesis.text).split()
    assert said[:3] == recognised[:3]
    assert len(recognised) <= 7


def test_gathered_segments_of_one_length_share_a_batch(engine, spoken_samples, clip_s, shortest):
    """Also where their segments have different contexts; the clip and 1 s of silence."""
    n_positions = round(clip_s * 50) + 50
    segments = [engine.encode([spoken_samples], context)[0] for context in (shortest, FULL)]
    gathered = [engine.gather_positions(segment, np.arange(n_positions)) for segment in segments]
    for recognised in engine.identify_language(gathered):
        assert max(recognised, key=recognised.__getitem__) == "en"


def test_positions_turned_round_twice_are_as_they_were(engine, spoken_samples, shortest):
    """They keep the order they are given in, and the segment keeps its own."""
    segment, before = read(engine, spoken_samples, shortest)
    backwards = np.arange(shortest)[::-1]
    turned_twice = engine.gather_positions(engine.gather_positions(segment, backwards), backwards)
    twice, once_more = engine.decode([turned_twice, segment], [request_for(3.0)] * 2)
    assert twice.text == once_more.text == before.text


@pytest.mark.parametrize("context", ["shortest", "full"])
def test_the_sentence_is_read_at_any_context(
    engine, spoken_samples, spoken_clip, shortest, context
):
    _, hypothesis = read(engine, spoken_samples, shortest if context == "shortest" else FULL)
    assert lexical(hypothesis.text) == lexical(spoken_clip.text)
    assert is_complete(hypothesis, len(spoken_samples) / 16_000, "en")
    assert hypothesis.no_speech_probability < 0.5


def test_every_token_has_its_bytes(engine, spoken_samples, shortest):
    _, hypothesis = read(engine, spoken_samples, shortest)
    assert len(hypothesis.tokens) == len(hypothesis.contents) > 0
    assert b"".join(hypothesis.contents).decode().strip() == hypothesis.text


def test_decoding_stops_at_the_limit_and_reports_it(engine, spoken_samples, shortest):
    (segment,) = engine.encode([spoken_samples], shortest)
    (cut,) = engine.decode([segment], [DecodingRequest("en", max_tokens=4)])
    assert cut.hit_token_limit
    assert len(cut.tokens) == 4


def test_a_hint_is_not_part_of_the_text(engine, spoken_samples, spoken_clip, shortest):
    (segment,) = engine.encode([spoken_samples], shortest)
    hinted = DecodingRequest("en", token_limit(3.0, "en"), hint="Garden, house.")
    (hypothesis,) = engine.decode([segment], [hinted])
    assert lexical(hypothesis.text) == lexical(spoken_clip.text)


def test_a_text_goes_on_behind_its_prefix(engine, spoken_samples, shortest):
    (segment,) = engine.encode([spoken_samples], shortest)
    (whole,) = engine.decode([segment], [request_for(3.0)])
    for n_tokens in (3, len(whole.tokens)):
        request = replace(request_for(3.0), prefix=whole.tokens[:n_tokens])
        (rest,) = engine.decode([segment], [request])
        assert rest.tokens == whole.tokens[n_tokens:]


def test_segments_decoded_together_read_as_they_do_alone(engine, spoken_samples, shortest):
    """Of one context, but each with its own audio; a padded neighbour changes nothing."""
    whole, half = spoken_samples, spoken_samples[: len(spoken_samples) // 2]
    alone = [read(engine, samples, shortest)[1] for samples in (whole, half)]
    segments = engine.encode([whole, half], shortest)
    together = engine.decode(segments, [request_for(3.0), request_for(1.5)])
    assert together[0].text == alone[0].text
    assert together[0].average_log_probability == pytest.approx(
        alone[0].average_log_probability, abs=LOG_PROBABILITY_MARGIN
    )
    # The half ends within a word, so that what is read of it is near a threshold.
    for half_read in (together[1], alone[1]):
        assert {"children", "playing"} <= set(lexical(half_read.text).split())


def test_requests_with_and_without_time_tokens_and_hints_share_a_batch(
    engine, spoken_samples, spoken_clip, shortest
):
    """Each is answered in its place."""
    requests = [
        replace(request_for(3.0), timestamps=True),
        request_for(3.0),
        replace(request_for(3.0), hint="Shopping list."),
        replace(request_for(3.0), timestamps=True, hint="Shopping list."),
    ]
    segments = engine.encode([spoken_samples] * len(requests), shortest)
    read_texts = [lexical(hypothesis.text) for hypothesis in engine.decode(segments, requests)]
    assert read_texts == [lexical(spoken_clip.text)] * len(requests)


def test_a_beam_reads_the_sentence_beside_greedy_search(
    engine, spoken_samples, spoken_clip, shortest
):
    """It may be less probable: openai-whisper's beam prefers it without the full stop."""
    (segment,) = engine.encode([spoken_samples], shortest)
    wide = replace(request_for(3.0), beam_size=5)
    greedy, wider, again = engine.decode([segment] * 3, [request_for(3.0), wide, request_for(3.0)])
    assert lexical(wider.text) == lexical(spoken_clip.text)
    assert again.text == greedy.text


@pytest.mark.parametrize("name", [name for name in ENGINES if name != "scripted"])
def test_spanish_is_written_in_either_language_from_one_encoding(request, name, speech_data):
    """Tasks share a batch, and each is answered in its place."""
    engine = request.getfixturevalue(f"{name}_engine")
    with open_audio((speech_data / "multilingual/cheetah_test_es_norm.wav").read_bytes()) as stream:
        blocks = [float32_from_int16(MonoMixer().mix(block)) for block in stream]
    (segment,) = engine.encode([np.concatenate(blocks)], positions_of(6.1))
    spanish = request_for(3.1, "es")
    english = replace(spanish, task=Task.TRANSLATE)
    recognised, meant = engine.decode([segment, segment], [spanish, english])
    assert recognised.text.startswith("Mi número favorito")
    assert meant.text.startswith("My favorite number")


def test_reading_twice_gives_the_same(engine, spoken_samples, shortest):
    once, again = (read(engine, spoken_samples, shortest)[1] for _ in range(2))
    assert again.tokens == once.tokens
    assert again.average_log_probability == pytest.approx(
        once.average_log_probability, abs=LOG_PROBABILITY_MARGIN
    )


def test_the_language_is_identified(engine, spoken_samples, shortest):
    (segment,) = engine.encode([spoken_samples], shortest)
    first, second = engine.identify_language([segment, segment])
    assert max(first, key=first.__getitem__) == "en"
    assert first["en"] > 0.5
    assert sum(first.values()) == pytest.approx(1.0, abs=1e-2)
    assert second["en"] == pytest.approx(first["en"], abs=0.02)
    assert first.keys() <= engine.languages


def test_token_times_go_forward_within_the_segment(engine, spoken_samples, clip_s, shortest):
    segment, hypothesis = read(engine, spoken_samples, shortest)
    (tokens,) = engine.align([segment], "en", [hypothesis], [clip_s])
    assert len(tokens) == len(hypothesis.tokens)
    starts_s = [token.start_s for token in tokens]
    assert starts_s == sorted(starts_s)
    for token in tokens:
        assert 0 <= token.start_s <= token.end_s <= clip_s
        assert 0 <= token.probability <= 1


def test_words_spread_over_the_clip(engine, spoken_samples, clip_s, shortest):
    """Ten words in three seconds: the middle one is in the middle second."""
    segment, hypothesis = read(engine, spoken_samples, shortest)
    (tokens,) = engine.align([segment], "en", [hypothesis], [clip_s])
    groups = group_words(hypothesis.contents, "en")
    (middle,) = [group for group in groups if group.text == "in"]
    assert clip_s / 3 < tokens[middle.first].start_s < 2 * clip_s / 3


def test_segments_aligned_together_have_the_times_they_have_alone(
    engine, spoken_samples, clip_s, shortest
):
    segment, hypothesis = read(engine, spoken_samples, shortest)
    half = spoken_samples[: len(spoken_samples) // 2]
    other, other_hypothesis = read(engine, half, shortest)
    (alone,) = engine.align([segment], "en", [hypothesis], [clip_s])
    together, _ = engine.align(
        [segment, other], "en", [hypothesis, other_hypothesis], [clip_s, clip_s / 2]
    )
    moved_s = [abs(one.start_s - other.start_s) for one, other in zip(alone, together, strict=True)]
    assert np.median(moved_s) <= 0.041
    assert max(moved_s) <= 0.2


def test_a_text_that_was_said_scores_higher_than_one_that_was_not(
    engine, spoken_samples, spoken_clip, shortest
):
    (segment,) = engine.encode([spoken_samples], shortest)
    other = spoken_clip.text.replace("garden", "kitchen")
    said, not_said = engine.score(segment, "en", [spoken_clip.text, other])
    assert said.text == spoken_clip.text
    assert not_said.text == other
    assert said.average_log_probability > not_said.average_log_probability + 0.02


def test_every_language_of_the_engine_has_a_locale(engine):
    assert all(default_locale(language) for language in engine.languages)


def test_silence_encodes_like_anything_else(engine, shortest):
    (segment,) = engine.encode([np.zeros(0, np.float32)], shortest)
    assert segment.n_positions == shortest


def test_another_device_encodes_a_batch_at_once_and_the_processor_one_by_one(
    ctranslate2_on_a_device_engine, spoken_samples, shortest
):
    model = ctranslate2_on_a_device_engine._model
    model.batch_sizes.clear()
    segments = ctranslate2_on_a_device_engine.encode([spoken_samples, spoken_samples], shortest)
    assert model.batch_sizes == [2]
    assert [segment.n_positions for segment in segments] == [shortest, shortest]


def test_a_multilingual_model_knows_its_languages(ctranslate2_engine):
    """Whisper base has 99; Cantonese came with large-v3."""
    assert len(ctranslate2_engine.languages) == 99
    assert {"en", "de", "ja", "haw"} <= ctranslate2_engine.languages
    assert "yue" not in ctranslate2_engine.languages


def test_a_folder_without_a_model_is_no_engine(tmp_path):
    with pytest.raises(EngineUnavailable, match="int8 on cpu"):
        CTranslate2Engine.load(tmp_path, Settings())
