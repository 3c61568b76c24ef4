"""Speech in none of the locales that are named: an error, or the fallback."""

import pytest
from scripted_speech import APART, SENTENCES, sentences

from shared.audio.stream import RawPcm, open_audio
from shared.errors import LanguageNotIdentified
from shared.recognition.engines.log_mel import MAX_POSITIONS
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase

NAMED = ("en-US", "es-MX")
JAPANESE = {"ja": 0.99, "en": 0.006, "es": 0.004}


def japanese(_level):
    return JAPANESE


def locales(results):
    return [result.locale for result in results if isinstance(result, Phrase)]


def test_speech_in_none_of_several_locales_is_an_error(scripted, utterances):
    """Nothing is read for nothing but one trial, and the message quotes none of it."""
    recognition = scripted(sentences, RecognitionOptions(locales=NAMED), identify=japanese)
    with pytest.raises(LanguageNotIdentified, match="none of the candidate locales"):
        list(recognition.of(utterances((1, 2))))
    assert len(recognition.engine.batches) == 1


def test_the_fallback_locale_takes_such_speech(scripted, utterances):
    options = RecognitionOptions(locales=NAMED, fallback_locale="es-MX")
    recognition = scripted(sentences, options, identify=japanese)
    assert locales(recognition.of(utterances((1, 2)))) == ["es-MX"]


def test_the_fallback_locale_is_not_used_for_speech_in_a_candidate(scripted, utterances):
    options = RecognitionOptions(locales=NAMED, fallback_locale="es-MX")
    recognition = scripted(
        sentences, options, identify=lambda _level: {"ja": 0.9, "en": 0.08, "es": 0.02}
    )
    assert locales(recognition.of(utterances((1, 2)))) == ["en-US"]


def test_the_posteriors_at_the_full_context_count(scripted, utterances):
    """A real Spanish clip sounds like Hindi at its own context."""
    recognition = scripted(sentences, RecognitionOptions(locales=NAMED), identify=japanese)
    engine = recognition.engine
    engine.identify_language = lambda segments: [
        {"es": 1.0} if segment.n_positions == MAX_POSITIONS else {"hi": 0.99, "es": 0.01}
        for segment in segments
    ]
    assert locales(recognition.of(utterances((1, 2)))) == ["es-MX"]


def test_a_short_stretch_in_another_language_refuses_nothing(scripted, utterances):
    """The shortest segments are encoded first, but all of them count."""
    options = RecognitionOptions(locales=NAMED)
    recognition = scripted(
        sentences, options, identify=lambda level: JAPANESE if level == 1 else {"en": 1.0}
    )
    said = utterances((1, 1), APART, (2, 9), APART)
    assert locales(recognition.of(said)) == ["en-US", "en-US"]


def test_noise_is_dropped_and_no_error(scripted, utterances):
    """No speech is no language."""

    def noise(level, _n_positions, _request):
        return hypothesis_of(SENTENCES[level], -1.5, no_speech_probability=0.9)

    recognition = scripted(noise, RecognitionOptions(locales=NAMED), identify=japanese)
    assert locales(recognition.of(utterances((1, 2)))) == []


@pytest.mark.parametrize(
    "options",
    [
        RecognitionOptions(),
        RecognitionOptions(locales=("en-US",)),
        RecognitionOptions(locales=NAMED, language_per_phrase=True),
    ],
    ids=["any language", "one locale", "by phrase"],
)
def test_only_one_of_several_locales_may_be_out_of_set(scripted, utterances, options):
    recognition = scripted(sentences, options, identify=japanese)
    assert len(locales(recognition.of(utterances((1, 2))))) == 1


def test_an_identified_language_says_whether_it_is_in_set(scripted, utterances):
    for recognised, is_in_set in ((JAPANESE, False), ({"ja": 0.9, "en": 0.1}, True)):
        recognition = scripted(
            sentences,
            RecognitionOptions(locales=NAMED),
            identify=lambda _level, recognised=recognised: recognised,
        )
        samples = utterances((1, 2)).tobytes()
        with open_audio(samples, raw=RawPcm(n_channels=1)) as stream:
            identified = recognition.identify_language(stream)
        assert (identified.locale, identified.is_in_set) == ("en-US", is_in_set)
