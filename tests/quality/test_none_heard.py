"""Real speech in none of the locales that are named, and hard speech in one of them."""

import pytest

from shared.audio.stream import open_audio
from shared.errors import LanguageNotIdentified
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase

pytestmark = pytest.mark.speech

RUSSIAN = "multilingual/ru.wav"
HINDI_AT_FIRST = "multilingual/cheetah_test_es.wav"
ACCENTED = "l2_english/096130014.flac"  # by a speaker of Mandarin; the least that a right set has
ES, IT, EN = "es-ES", "it-IT", "en-US"

BESIDE = [  # a clip and four languages that its own is taken for
    ("multilingual/cheetah_test_pt.wav", ("es-ES", "it-IT", "ca-ES", "gl-ES")),
    ("multilingual/cheetah_test_de.wav", ("nl-NL", "sv-SE", "en-US", "da-DK")),
    ("multilingual/cheetah_test_fr.wav", ("es-ES", "it-IT", "ca-ES", "pt-BR")),
    ("multilingual/common_voice_ja_24511055.mp3", ("zh-CN", "ko-KR", "en-US", "vi-VN")),
    (RUSSIAN, ("uk-UA", "pl-PL", "cs-CZ", "bg-BG")),
]


@pytest.fixture(scope="module")
def identify(transcriber, speech_data):
    """The language of a clip, among locales."""

    def among(name, locales):
        with open_audio((speech_data / name).read_bytes()) as stream:
            return transcriber.identify_language(stream, locales)

    return among


@pytest.fixture(scope="module")
def locales_of(transcriber, speech_data):
    """Locales of the phrases of a clip."""

    def recognise(name, **options):
        with open_audio((speech_data / name).read_bytes()) as stream:
            results = transcriber.recognise(stream, RecognitionOptions(**options))
            return {result.locale for result in results if isinstance(result, Phrase)}

    return recognise


@pytest.mark.parametrize(("clip", "locales"), BESIDE, ids=lambda value: str(value)[:40])
def test_a_clip_is_refused_among_languages_that_it_is_taken_for(identify, clip, locales):
    assert not identify(clip, locales).is_in_set


def test_russian_among_spanish_and_italian_is_an_error(locales_of):
    with pytest.raises(LanguageNotIdentified):
        locales_of(RUSSIAN, locales=(ES, IT))


def test_russian_among_spanish_and_italian_is_the_fallback(locales_of):
    assert locales_of(RUSSIAN, locales=(ES, IT), fallback_locale=IT) == {IT}


@pytest.mark.parametrize("other", [EN, IT, "zh-CN"])
def test_a_clip_that_sounds_like_hindi_at_first_is_spanish(identify, other):
    identified = identify(HINDI_AT_FIRST, (other, ES))
    assert (identified.locale, identified.is_in_set) == (ES, True)


@pytest.mark.parametrize("other", [ES, "fr-FR"])
def test_the_strongest_accent_is_not_refused(identify, other):
    identified = identify(ACCENTED, (other, EN))
    assert (identified.locale, identified.is_in_set) == (EN, True)


def test_without_names_every_language_is_heard(identify):
    assert identify(RUSSIAN, ()).is_in_set
