"""Names of phonemes in results of pronunciation assessment, in the alphabets SAPI and IPA.

AH without stress is the schwa. Results have no marks of stress. Source: Azure's page on phonetic
alphabets of SSML, English (`en-US`), which the results of its service follow: ER is one name there
too, `er`, where SSML writes `er r`.
"""

from shared.assessment import PhonemeAlphabet

_SAPI = {"AH0": "ax", "HH": "h"}
_IPA = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AH0": "ə", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "EH": "ɛ",
    "ER": "ɝ", "ER0": "ɚ", "EY": "eɪ", "IH": "ɪ", "IY": "i", "OW": "oʊ", "OY": "ɔɪ", "UH": "ʊ",
    "UW": "u", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð", "F": "f", "G": "g", "HH": "h", "JH": "dʒ",
    "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip


def phoneme_name(phoneme: str, alphabet: PhonemeAlphabet) -> str:
    """Return the name of an ARPAbet phoneme, `AH0`; an empty phoneme has an empty name.

    Raises
    ------
    KeyError: no phoneme of ARPAbet.
    """
    if not phoneme:
        return ""
    plain = phoneme.rstrip("012")
    ipa = _IPA[phoneme if phoneme in _IPA else plain]
    if alphabet is PhonemeAlphabet.IPA:
        return ipa
    return _SAPI.get(phoneme) or _SAPI.get(plain) or plain.lower()


def syllable_name(phonemes: tuple[str, ...], alphabet: PhonemeAlphabet) -> str:
    """Return the name of a syllable, the names of its phonemes without spaces: `loʊ`, `low`."""
    return "".join(phoneme_name(phoneme, alphabet) for phoneme in phonemes)
