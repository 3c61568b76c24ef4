"""Kokoro: IPA in its own spelling."""

import pytest

from shared.synthesis.kokoro import to_kokoro_phonemes


@pytest.mark.parametrize(
    ("kind", "ipa", "sounds"),
    [
        ("a", "t^ʃˈɜːt^ʃ", "ʧˈɜɹʧ"),
        ("a", "bˈɛɾɚ", "bˈɛTəɹ"),
        ("a", "wˈa^ɪt na^ʊ", "wˈIt nW"),
        ("b", "ɡˌə^ʊ", "ɡˌQ"),
        ("b", "kˈɑː", "kˈɑː"),
        ("e", "t^ʃˈiko", "ʧˈiko"),
        ("i", "pˈit^sːa", "pˈiʦːa"),
        ("f", "ma- sˈœʁ", "ma- sˈœʁ"),
    ],
)
def test_the_letters_of_one_sound_become_one_symbol(kind, ipa, sounds):
    assert to_kokoro_phonemes(ipa, kind) == sounds
