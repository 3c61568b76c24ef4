"""Phrases in English too: Whisper's translate task in the pipeline, around a scripted engine."""

from shared.audio.segmenter import SegmentationOptions
from shared.recognition.engines.engine import Task
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase, Translation

APART = (0, SegmentationOptions().join_gap_s + 1)
SPANISH = RecognitionOptions(locales=("es-ES",), to_english=True)
UNSURE = -3.0
SENTENCES = ["", ("Soy uno.", "I am one."), ("Somos dos.", "We are two.")]


def spoken(level, _n_positions, request):
    words, meaning = SENTENCES[level]
    return hypothesis_of(meaning if request.task is Task.TRANSLATE else words)


def phrases(results):
    return [result for result in results if isinstance(result, Phrase)]


def test_each_phrase_has_its_words_and_their_translation(scripted, utterances):
    said = utterances((1, 2), APART, (2, 2), APART)
    first, second = phrases(scripted(spoken, SPANISH).of(said))
    assert (first.best.display, first.translations) == (
        "Soy uno.", (Translation("en", "I am one."),),
    )  # fmt: skip
    assert second.translations == (Translation("en", "We are two."),)
    assert first.locale == "es-ES"


def test_the_audio_is_encoded_once_for_both(scripted, utterances):
    recognition = scripted(spoken, SPANISH)
    list(recognition.of(utterances((1, 2), APART)))
    assert len(recognition.engine.contexts) == 1


def test_a_translation_of_several_utterances_goes_on_behind_the_first(scripted, utterances):
    """The decoder may stop at the end of a speaker, and only of transcripts the rest is found."""
    recognition = scripted(lambda *_: hypothesis_of(" ".join(map(str, range(40)))), SPANISH)
    list(recognition.of(utterances((1, 6), (0, 0.6), (2, 6))))
    requests = [request for batch in recognition.engine.batches for request in batch]
    assert {(request.task, request.timestamps) for request in requests} == {
        (Task.TRANSCRIBE, False),
        (Task.TRANSLATE, True),
    }


def test_english_speech_is_not_decoded_twice(scripted, utterances):
    options = RecognitionOptions(locales=("en-US",), to_english=True)
    recognition = scripted(spoken, options)
    (phrase,) = phrases(recognition.of(utterances((1, 2), APART)))
    assert phrase.translations == ()
    assert [request.task for batch in recognition.engine.batches for request in batch] == [
        Task.TRANSCRIBE
    ]


def test_nothing_is_translated_unless_requested(scripted, utterances):
    options = RecognitionOptions(locales=("es-ES",))
    (phrase,) = phrases(scripted(spoken, options).of(utterances((1, 2), APART)))
    assert phrase.translations == ()


def test_a_segment_stays_whole_with_its_word_times(scripted, utterances):
    """A translation has no times to be split at."""
    options = RecognitionOptions(locales=("es-ES",), to_english=True, word_timestamps=True)
    said = utterances((1, 1), (0, 0.6), (1, 1), APART)
    (phrase,) = phrases(scripted(spoken, options).of(said))
    assert phrase.translations
    assert len(phrase.words) == 2


def test_an_unlikely_translation_is_not_read_again(scripted, utterances):
    def unsure(_level, _n_positions, request):
        is_meaning = request.task is Task.TRANSLATE
        return hypothesis_of("One." if is_meaning else "Uno.", UNSURE if is_meaning else -0.1)

    recognition = scripted(unsure, SPANISH)
    (phrase,) = phrases(recognition.of(utterances((1, 2), APART)))
    assert phrase.translations == (Translation("en", "One."),)
    assert recognition.cost.n_retries == 0


def test_a_translation_that_only_loops_is_empty(scripted, utterances):
    def looping(_level, _n_positions, request):
        is_meaning = request.task is Task.TRANSLATE
        return hypothesis_of(" ".join(["Thanks."] * 30) if is_meaning else "Soy uno.")

    (phrase,) = phrases(scripted(looping, SPANISH).of(utterances((1, 2), APART)))
    assert phrase.best.display == "Soy uno."
    assert phrase.translations == (Translation("en", ""),)


def test_phrase_lists_bind_the_words_alone(scripted, utterances):
    options = RecognitionOptions(locales=("es-ES",), to_english=True, phrases=("Soy",))
    recognition = scripted(spoken, options)
    list(recognition.of(utterances((1, 2), APART)))
    hinted = [request for batch in recognition.engine.batches for request in batch if request.hint]
    assert [request.task for request in hinted] == [Task.TRANSCRIBE]
