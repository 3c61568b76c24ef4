"""Names that clients write, and the voices they get."""

import re

import pytest

from shared.errors import UnknownVoice
from shared.models.kokoro_voices import KOKORO_VOICES
from shared.synthesis.voice_catalogue import (
    ALIASES,
    FEMALE,
    MALE,
    PIPER,
    Voice,
    espeak_voices,
    find_voice,
    kokoro_voice,
)
from shared.synthesis.voice_list import azure_voice_list

JOE = Voice(
    name="Joe", locale="en-US", gender=MALE, engine=PIPER, speaker="/joe", sample_rate=22_050
)
KOKORO = tuple(map(kokoro_voice, KOKORO_VOICES))
ALL = (*KOKORO, JOE, *espeak_voices())


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("en-US-HeartNeural", "af_heart"),
        ("en-us-heartneural", "af_heart"),
        ("en-US-JennyNeural", "af_heart"),
        ("Microsoft Server Speech Text to Speech Voice (en-GB, RyanNeural)", "bm_george"),
        ("fr-FR-DeniseNeural", "ff_siwis"),
        ("bm_fable", "bm_fable"),
        ("alloy", "af_alloy"),
        ("en-US-JoeNeural", "/joe"),
        ("en-US-SomebodyMultilingualNeural", "af_heart"),
        ("es-AR-TomasNeural", "ef_dora"),
        ("pt-PT-RaquelNeural", "pf_dora"),
        ("en-AU-NatashaNeural", "af_heart"),
        ("de-DE-KatjaNeural", "de"),
        ("de-DE-EspeakStandard", "de"),
        ("zh-CN-shandong-YunxiangNeural", "cmn"),
    ],
)
def test_a_name_leads_to_a_voice(name, speaker):
    assert find_voice(ALL, name).speaker == speaker


@pytest.mark.parametrize(
    ("name", "speaker"),
    [("en-US-JennyNeural", "/joe"), ("alloy", "/joe"), ("en-GB-RyanNeural", "/joe")],
)
def test_another_voice_stands_in_where_the_best_is_not_here(name, speaker):
    """With the Piper voice alone, every English name still speaks."""
    assert find_voice((JOE,), name).speaker == speaker


@pytest.mark.parametrize(
    ("locale", "gender", "speaker"),
    [
        ("it-IT", None, "if_sara"),
        ("it-IT", "male", "im_nicola"),
        ("en-GB", "male", "bm_fable"),
        ("fr-FR", "male", "ff_siwis"),
        ("es", "male", "em_alex"),
        ("pl-PL", "female", "pl"),
    ],
)
def test_without_a_name_locale_and_gender_choose(locale, gender, speaker):
    assert find_voice(ALL, None, locale, gender).speaker == speaker


@pytest.mark.parametrize("name", ["Hal", "klingon", "tlh-KX-WorfNeural", "en", ""])
def test_a_name_that_says_nothing_is_refused_unquoted(name):
    with pytest.raises(UnknownVoice) as refused:
        find_voice(ALL, name or None)
    assert not name or name not in str(refused.value).split()


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_keeps_the_language_of_its_name(alias):
    """A well-known name stands for a voice that exists, of its own language."""
    voice = find_voice(KOKORO, alias)
    assert voice.speaker == ALIASES[alias]
    if "-" in alias:
        assert voice.locale[:2].lower() == alias[:2]


def test_short_names_are_unique():
    names = [voice.short_name for voice in ALL]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]{2,3}-[A-Z]{2}-\w+(Neural|Standard)", name) for name in names)


def test_the_list_has_azures_form():
    """Numbers are strings; the full name holds the short one's parts."""
    heart, *_ = azure_voice_list(ALL)
    assert heart == {
        "Name": "Microsoft Server Speech Text to Speech Voice (en-US, HeartNeural)",
        "DisplayName": "Heart",
        "LocalName": "Heart",
        "ShortName": "en-US-HeartNeural",
        "Gender": FEMALE,
        "Locale": "en-US",
        "LocaleName": "English (United States)",
        "SampleRateHertz": "24000",
        "VoiceType": "Neural",
        "Status": "GA",
    }


@pytest.mark.parametrize("entry", azure_voice_list(ALL), ids=lambda entry: entry["ShortName"])
def test_every_voice_of_the_list_can_be_requested(entry):
    """By short name and by full name, and every locale has a name for people."""
    assert find_voice(ALL, entry["ShortName"]) == find_voice(ALL, entry["Name"])
    assert find_voice(ALL, entry["ShortName"]).locale == entry["Locale"]
    assert re.fullmatch(r"[A-Z]\w+( \w+)? \(.+\)", entry["LocaleName"])
