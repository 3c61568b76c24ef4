"""Names of phonemes in the alphabets of a result."""

from shared.assessment import PhonemeAlphabet

_IPA = dict(
    zip(
        "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW "
        "V W Y Z ZH".split(),
        "ɑ æ ʌ ɔ aʊ aɪ b tʃ d ð ɛ ɝ eɪ f ɡ h ɪ i dʒ k l m n ŋ oʊ ɔɪ p ɹ s ʃ t θ ʊ u v w j z "
        "ʒ".split(),
        strict=True,
    )
)


def phoneme_name(phoneme: str, alphabet: PhonemeAlphabet) -> str:
    """Name a phoneme of the CMU dictionary (`OW1`): `ow`, or `oʊ`; empty for an empty one."""
    if not phoneme:
        return ""
    is_ipa = alphabet is PhonemeAlphabet.IPA
    if phoneme == "AH0":
        return "ə" if is_ipa else "ax"
    plain = phoneme.rstrip("012")
    if plain == "HH":
        return "h"
    return _IPA.get(plain, "") if is_ipa else plain.lower()


def syllable_name(phonemes: tuple[str, ...], alphabet: PhonemeAlphabet) -> str:
    """Name a syllable, the names of its phonemes without spaces: `low`, or `loʊ`."""
    return "".join(phoneme_name(phoneme, alphabet) for phoneme in phonemes)
