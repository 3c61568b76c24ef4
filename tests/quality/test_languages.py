"""Which language is spoken, and when, with the base model as int8; all clips in `make bench`."""

from itertools import groupby

import numpy as np
import pytest

from shared.audio.channels import mix_to_mono
from shared.audio.stream import RawPcm, open_audio
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase

pytestmark = pytest.mark.speech

SAMPLE_RATE = 16_000
ES, PT, IT, CA = "es-ES", "pt-BR", "it-IT", "ca-ES"
DE, NL, SV, EN = "de-DE", "nl-NL", "sv-SE", "en-US"
JA, ZH, KO, FR = "ja-JP", "zh-CN", "ko-KR", "fr-FR"
RU, UK, PL, CS = "ru-RU", "uk-UA", "pl-PL", "cs-CZ"

CLIPS = [
    ("multilingual/cheetah_test_es_norm.wav", ES, (PT, IT, CA, ES)),
    ("multilingual/cheetah_test_it.wav", IT, (ES, PT, CA, IT)),
    ("multilingual/cheetah_test_pt.wav", PT, (ES, IT, CA, PT)),
    ("multilingual/cheetah_test_de.wav", DE, (NL, SV, EN, DE)),
    ("multilingual/se10x016-08071999-1334_u0016003.wav", SV, (DE, NL, EN, SV)),
    ("multilingual/chinese.flac", ZH, (JA, KO, EN, ZH)),
    ("multilingual/common_voice_ja_24511055.mp3", JA, (ZH, KO, EN, JA)),
    ("multilingual/ru.wav", RU, (UK, PL, CS, RU)),
]
SILENT = "multilingual/se10x016-08071999-1334_u0016001.wav"


@pytest.fixture(scope="module")
def samples(speech_data):
    """Int16 samples of a clip, mono at 16 kHz."""

    def decode(name):
        with open_audio((speech_data / name).read_bytes()) as stream:
            return np.concatenate([mix_to_mono(block) for block in stream])

    return decode


@pytest.fixture(scope="module")
def identify(transcriber):
    """The language of samples, among locales."""

    def among(heard, locales):
        with open_audio(heard.tobytes(), raw=RawPcm(n_channels=1)) as stream:
            return transcriber.identify_language(stream, locales)

    return among


@pytest.fixture(scope="module")
def phrases(transcriber):
    """Phrases of samples, each in its locale."""

    def tell_apart(heard, locales):
        options = RecognitionOptions(
            locales=locales, language_per_phrase=True, word_timestamps=True
        )
        with open_audio(heard.tobytes(), raw=RawPcm(n_channels=1)) as stream:
            results = transcriber.recognise(stream, options)
            return [result for result in results if isinstance(result, Phrase)]

    return tell_apart


def in_order(phrases):
    return [locale for locale, _ in groupby(phrase.locale for phrase in phrases)]


@pytest.mark.parametrize("case", CLIPS, ids=lambda case: case[0])
def test_a_clip_is_known_among_confusable_languages(samples, identify, phrases, case):
    """The truth is the last candidate: it does not win as the fallback."""
    clip, locale, candidates = case
    heard = samples(clip)
    assert identify(heard, candidates).locale == locale
    assert in_order(phrases(heard, candidates)) == [locale]


def test_most_clips_are_known_from_their_first_second_and_a_half(samples, identify):
    """Of these eight, the Italian clip is Spanish to the base model."""
    n_samples = round(1.5 * SAMPLE_RATE)
    found = [identify(samples(clip)[:n_samples], among).locale for clip, _, among in CLIPS]
    n_right = sum(one == locale for one, (_, locale, _) in zip(found, CLIPS, strict=True))
    assert n_right >= len(CLIPS) - 1


def test_silence_has_no_language(samples, identify, phrases):
    heard = samples(SILENT)
    assert identify(heard, (SV, DE)) is None
    assert phrases(heard, (SV, DE)) == []


@pytest.mark.parametrize("other", [ES, FR, ZH])
@pytest.mark.parametrize(
    "clip",
    [
        "l2_english/001450098.flac",  # a child of 7, first language Mandarin
        "l2_english/024020328.flac",
        "l2_english/013360001.flac",
    ],
)
def test_english_of_learners_and_children_is_english(samples, identify, clip, other):
    assert identify(samples(clip), (other, EN)).locale == EN


def test_languages_in_turn_are_told_apart(samples, phrases):
    heard = phrases(samples("codeswitch/en-us_zh-cn.flac"), (EN, ZH))
    assert in_order(heard) == [EN, ZH, EN, ZH, EN, ZH]
    assert "library" in heard[4].best.lexical


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("multilingual/cheetah_test_it_norm.wav", "multilingual/cheetah_test_es_norm.wav"),
        ("multilingual/cheetah_test_fr_norm.wav", "multilingual/cheetah_test_it_norm.wav"),
        ("multilingual/cheetah_test_fr.wav", "multilingual/ru.wav"),
    ],
)
def test_two_joined_clips_change_the_language_where_they_meet(samples, phrases, first, second):
    """The first two are one utterance to voice activity: there is no pause at the join."""
    before, after = samples(first), samples(second)
    codes = {"it_norm": IT, "es_norm": ES, "fr_norm": FR, "test_fr": FR, "ru": RU}
    locales = [
        next(locale for code, locale in codes.items() if code in name) for name in (first, second)
    ]
    heard = phrases(np.concatenate((before, after)), (EN, *reversed(locales)))
    assert in_order(heard) == locales
    change_s = len(before) / SAMPLE_RATE
    changed_s = next(phrase.offset_s for phrase in heard if phrase.locale == locales[1])
    assert changed_s == pytest.approx(change_s, abs=1.0)
