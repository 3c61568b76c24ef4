"""Language of decoding: identified once for an audio, or for each phrase."""

import numpy as np
import pytest
from scripted_speech import APART, SENTENCES, sentences

from shared.audio.stream import RawPcm, open_audio
from shared.errors import UnsupportedLocale
from shared.recognition.engines.log_mel import MAX_POSITIONS
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase


def test_one_candidate_locale_needs_no_identification(scripted, utterances):
    recognition = scripted(sentences, RecognitionOptions(locales=("en-GB",)))
    (phrase, _) = recognition.of(utterances((1, 2), (0, 1)))
    assert phrase.locale == "en-GB"
    assert recognition.engine.n_identified == 0


def test_the_language_is_settled_among_the_candidates(scripted, utterances):
    options = RecognitionOptions(locales=("en-US", "es-MX"))
    recognised = {"fr": 0.8, "es": 0.15, "en": 0.05}
    recognition = scripted(sentences, options, identify=lambda _level: recognised)
    (phrase,) = recognition.of(utterances((1, 2)))
    assert phrase.locale == "es-MX"
    assert recognition.engine.batches[0][0].language == "es"


def test_without_candidates_the_most_probable_language_is_used(scripted, utterances):
    options = RecognitionOptions()
    recognised = {"ja": 0.8, "en": 0.2}
    recognition = scripted(sentences, options, identify=lambda _level: recognised)
    (phrase,) = recognition.of(utterances((1, 2)))
    assert phrase.locale == "ja-JP"


DOUBTFUL = {"es": 0.4, "fr": 0.3, "de": 0.2, "en": 0.1}


def test_a_language_in_doubt_is_the_one_that_reads_well(scripted, utterances):
    """No language is clearly ahead; in the wrong one the text is a guess."""

    def script(level, _n_positions, request):
        return hypothesis_of(SENTENCES[level], -0.1 if request.language == "fr" else -1.5)

    recognition = scripted(script, RecognitionOptions(), identify=lambda _level: DOUBTFUL)
    (phrase,) = recognition.of(utterances((1, 2)))
    assert phrase.locale == "fr-FR"
    assert len(recognition.engine.contexts) == 1


def test_a_language_still_in_doubt_is_identified_at_the_full_context(scripted, utterances):
    """All languages are equally probable: the context may be too short."""
    recognition = scripted(sentences, RecognitionOptions(), identify=lambda _level: DOUBTFUL)
    list(recognition.of(utterances((1, 2))))
    assert MAX_POSITIONS in recognition.engine.contexts


def test_the_language_is_settled_once_and_kept(scripted, utterances):
    """The second speaker sounds Spanish; the audio stays English."""
    options = RecognitionOptions(locales=("en-US", "es-ES"), batch_segments=1)
    recognition = scripted(
        sentences, options, identify=lambda level: {"en": 1.0} if level == 1 else {"es": 1.0}
    )
    said = utterances((1, 2), APART, (2, 2), APART)
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [phrase.locale for phrase in phrases] == ["en-US", "en-US"]
    assert recognition.engine.n_identified == 1


def test_the_channels_of_an_audio_share_the_language(scripted, utterances):
    options = RecognitionOptions(locales=("en-US", "es-ES"), channels=(0, 1))
    recognition = scripted(sentences, options, identify=lambda _level: {"es": 1.0})
    said = utterances((1, 2), (0, 1))
    locales = {r.locale for r in recognition.of(said, said) if isinstance(r, Phrase)}
    assert locales == {"es-ES"}


def test_a_candidate_beyond_the_model_is_refused_before_any_work(scripted):
    with pytest.raises(UnsupportedLocale):
        scripted(sentences, RecognitionOptions(locales=("en-US", "sv-SE")))


BOTH = RecognitionOptions(locales=("en-US", "es-MX"), language_per_phrase=True)


def speaks(*spanish, otherwise="en"):
    """A listener that is sure: Spanish at these levels, else the other language."""
    return lambda level: (
        {"es": 0.99, "en": 0.01} if level in spanish else {otherwise: 0.99, "es": 0.01}
    )


def locales(results):
    return [result.locale for result in results if isinstance(result, Phrase)]


def test_each_phrase_has_the_locale_it_is_spoken_in(scripted, utterances):
    said = utterances((1, 2), APART, (2, 2), APART, (3, 2), APART)
    recognition = scripted(sentences, BOTH, identify=speaks(2))
    assert locales(recognition.of(said)) == ["en-US", "es-MX", "en-US"]
    languages = [request.language for batch in recognition.engine.batches for request in batch]
    assert sorted(languages) == ["en", "en", "es"]


def test_languages_follow_each_other_in_time_whatever_the_length_of_segments(scripted, utterances):
    """The middle one is unclear and the shortest: it is read first, but stays with the others."""
    said = utterances((1, 9), APART, (2, 1), APART, (3, 5), APART)
    unclear = lambda level: {"es": 0.7, "en": 0.3} if level == 2 else {"en": 1.0}  # noqa: E731
    recognition = scripted(sentences, BOTH, identify=unclear)
    assert locales(recognition.of(said)) == ["en-US", "en-US", "en-US"]


def test_a_segment_is_cut_where_its_language_changes(scripted, utterances):
    """A pause of 0.6 s does not part segments."""
    said = utterances((0, 1), (1, 2), (0, 0.6), (2, 2), (0, 1))
    recognition = scripted(sentences, BOTH, identify=speaks(2))
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [(p.locale, p.best.display) for p in phrases] == [
        ("en-US", "I am one."),
        ("es-MX", "We are two."),
    ]
    assert phrases[1].offset_s == pytest.approx(3.6, abs=0.05)


def spoken_at(level, segment):
    """How much of a segment is spoken at a level of scripted audio, 0 to 1."""
    levels = np.rint(np.abs(segment.features) * 32_768 / 1_000)
    return float((levels == level).sum() / max(1, (levels > 0).sum()))


def test_a_segment_is_cut_within_an_utterance_too(scripted, utterances):
    """Two speakers without a pause between them: the change is found to half a second."""
    said = utterances((0, 1), (1, 8), (2, 8), (0, 1))
    recognition = scripted(sentences, BOTH)
    recognition.engine.identify_language = lambda segments: [
        {"es": spoken_at(2, segment), "en": spoken_at(1, segment)} for segment in segments
    ]
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [p.locale for p in phrases] == ["en-US", "es-MX"]
    assert phrases[1].offset_s == pytest.approx(9.0, abs=0.5)


def test_one_language_costs_no_second_encoding(scripted, utterances):
    said = utterances((1, 2), (0, 0.6), (2, 4), APART, (3, 8), APART)
    recognition = scripted(sentences, BOTH, identify=speaks())
    assert set(locales(recognition.of(said))) == {"en-US"}
    assert len(recognition.engine.contexts) == recognition.cost.n_segments == 2


def test_a_change_that_the_parts_by_themselves_deny_is_none(scripted, utterances):
    """Among others it sounds Spanish; alone, with all its context, English."""
    said = utterances((1, 2), (0, 0.6), (2, 2))
    recognition = scripted(sentences, BOTH, identify=lambda _level: {"en": 1.0})
    engine = recognition.engine
    engine.identify_language = lambda segments: [
        {"es": 1.0} if len(segments) > 1 and place == 1 else {"en": 1.0}
        for place, _ in enumerate(segments)
    ]
    assert set(locales(recognition.of(said))) == {"en-US"}


def test_channels_have_languages_of_their_own(scripted, utterances):
    options = RecognitionOptions(
        locales=("en-US", "es-MX"), channels=(0, 1), language_per_phrase=True
    )
    recognition = scripted(sentences, options, identify=speaks(2))
    left, right = utterances((1, 2), (0, 1)), utterances((2, 2), (0, 1))
    found = {r.channel: r.locale for r in recognition.of(left, right) if isinstance(r, Phrase)}
    assert found == {0: "en-US", 1: "es-MX"}


def test_words_of_each_language_are_timed_in_it(scripted, utterances):
    options = RecognitionOptions(
        locales=("en-US", "es-MX"), word_timestamps=True, language_per_phrase=True
    )
    recognition = scripted(sentences, options, identify=speaks(2))
    said = utterances((1, 2), APART, (2, 2), APART)
    phrases = [r for r in recognition.of(said) if isinstance(r, Phrase)]
    assert [p.locale for p in phrases] == ["en-US", "es-MX"]
    assert all(p.words for p in phrases)


def test_one_candidate_per_phrase_needs_no_identification(scripted, utterances):
    options = RecognitionOptions(locales=("en-GB",), language_per_phrase=True)
    recognition = scripted(sentences, options)
    assert locales(recognition.of(utterances((1, 2)))) == ["en-GB"]
    assert recognition.engine.n_identified == 0


def stream_of(samples):
    return open_audio(samples.tobytes(), raw=RawPcm(n_channels=1))


def test_silence_has_no_language(scripted, utterances):
    recognition = scripted(sentences, BOTH)
    assert locales(recognition.of(utterances((0, 5)))) == []
    with stream_of(utterances((0, 5))) as stream:
        assert recognition.identify_language(stream) is None
    assert recognition.engine.n_identified == 0


def test_the_language_of_an_audio_comes_with_its_probability(scripted, utterances):
    options = RecognitionOptions(locales=("en-US", "es-MX", "fr-FR"))
    recognised = {"ja": 0.5, "es": 0.4, "en": 0.1}
    recognition = scripted(sentences, options, identify=lambda _level: recognised)
    with stream_of(utterances((1, 2), APART, (2, 2))) as stream:
        identified = recognition.identify_language(stream)
    assert identified.locale == "es-MX"
    assert identified.probability == pytest.approx(0.8, abs=0.01)
    assert [locale for locale, _ in identified.alternatives] == ["es-MX", "en-US", "fr-FR"]
    assert recognition.engine.batches == []
