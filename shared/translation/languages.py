"""Language codes of translators: `en`, `pt-pt`, `zh-Hans`; mostly languages, not locales.

Names and codes as in Azure AI Translator's language support page, ISO 639-3 codes for Apertium,
FLORES-200 codes for NLLB.
"""

from dataclasses import dataclass

from shared.errors import UnknownLanguage


@dataclass(frozen=True, slots=True)
class Language:
    """One language of text.

    code: Translator's. iso639_3: three letters. flores: language and script, `spa_Latn`.
    """

    code: str
    name: str
    native_name: str
    iso639_3: str
    flores: str

    @property
    def is_right_to_left(self) -> bool:
        """Whether its script runs from right to left."""
        return self.flores.rpartition("_")[2] in {"Arab", "Hebr"}


# code | name | native name | ISO 639-3 | FLORES-200 (a language alone is as ISO 639-3, in Latin)
_TABLE = """
af|Afrikaans|Afrikaans|afr|
am|Amharic|አማርኛ|amh|amh_Ethi
ar|Arabic|العربية|ara|arb_Arab
as|Assamese|অসমীয়া|asm|asm_Beng
ast|Asturian|asturianu|ast|
az|Azerbaijani|Azərbaycan|aze|azj_Latn
ba|Bashkir|башҡортса|bak|bak_Cyrl
be|Belarusian|беларуская|bel|bel_Cyrl
bg|Bulgarian|български|bul|bul_Cyrl
bn|Bangla|বাংলা|ben|ben_Beng
bo|Tibetan|བོད་སྐད་|bod|bod_Tibt
br|Breton|brezhoneg|bre|
bs|Bosnian|bosanski|bos|
ca|Catalan|català|cat|
cs|Czech|čeština|ces|
cy|Welsh|Cymraeg|cym|
da|Danish|dansk|dan|
de|German|Deutsch|deu|
el|Greek|Ελληνικά|ell|ell_Grek
en|English|English|eng|
eo|Esperanto|Esperanto|epo|
es|Spanish|español|spa|
et|Estonian|eesti|est|
eu|Basque|euskara|eus|
fa|Persian|فارسی|fas|pes_Arab
fi|Finnish|suomi|fin|
fil|Filipino|Filipino|tgl|
fo|Faroese|føroyskt|fao|
fr|French|français|fra|
fr-ca|French (Canada)|français (Canada)|fra|
ga|Irish|Gaeilge|gle|
gl|Galician|galego|glg|
gu|Gujarati|ગુજરાતી|guj|guj_Gujr
ha|Hausa|Hausa|hau|
he|Hebrew|עברית|heb|heb_Hebr
hi|Hindi|हिन्दी|hin|hin_Deva
hr|Croatian|hrvatski|hrv|
ht|Haitian Creole|Kreyòl ayisyen|hat|
hu|Hungarian|magyar|hun|
hy|Armenian|հայերեն|hye|hye_Armn
id|Indonesian|Indonesia|ind|
is|Icelandic|íslenska|isl|
it|Italian|italiano|ita|
ja|Japanese|日本語|jpn|jpn_Jpan
jv|Javanese|Jawa|jav|
ka|Georgian|ქართული|kat|kat_Geor
kk|Kazakh|қазақ тілі|kaz|kaz_Cyrl
km|Khmer|ខ្មែរ|khm|khm_Khmr
kn|Kannada|ಕನ್ನಡ|kan|kan_Knda
ko|Korean|한국어|kor|kor_Hang
lb|Luxembourgish|Lëtzebuergesch|ltz|
ln|Lingala|lingála|lin|
lo|Lao|ລາວ|lao|lao_Laoo
lt|Lithuanian|lietuvių|lit|
lv|Latvian|latviešu|lav|lvs_Latn
mg|Malagasy|Malagasy|mlg|plt_Latn
mi|Maori|te reo Māori|mri|
mk|Macedonian|македонски|mkd|mkd_Cyrl
ml|Malayalam|മലയാളം|mal|mal_Mlym
mn-Cyrl|Mongolian (Cyrillic)|монгол|mon|khk_Cyrl
mr|Marathi|मराठी|mar|mar_Deva
ms|Malay|Melayu|msa|zsm_Latn
mt|Maltese|Malti|mlt|
my|Burmese|မြန်မာ|mya|mya_Mymr
nb|Norwegian|norsk bokmål|nob|
ne|Nepali|नेपाली|nep|npi_Deva
nl|Dutch|Nederlands|nld|
nn|Norwegian Nynorsk|norsk nynorsk|nno|
oc|Occitan|occitan|oci|
pa|Punjabi|ਪੰਜਾਬੀ|pan|pan_Guru
pl|Polish|polski|pol|
ps|Pashto|پښتو|pus|pbt_Arab
pt|Portuguese (Brazil)|português (Brasil)|por|
pt-pt|Portuguese (Portugal)|português (Portugal)|por|
ro|Romanian|română|ron|
ru|Russian|русский|rus|rus_Cyrl
sa|Sanskrit|संस्कृतम्|san|san_Deva
sc|Sardinian|sardu|srd|
sd|Sindhi|سنڌي|snd|snd_Arab
si|Sinhala|සිංහල|sin|sin_Sinh
sk|Slovak|slovenčina|slk|
sl|Slovenian|slovenščina|slv|
sn|Shona|chiShona|sna|
so|Somali|Soomaali|som|
sq|Albanian|shqip|sqi|als_Latn
sr-Cyrl|Serbian (Cyrillic)|српски|srp|srp_Cyrl
sr-Latn|Serbian (Latin)|srpski|srp|srp_Latn
su|Sundanese|Basa Sunda|sun|
sv|Swedish|svenska|swe|
sw|Swahili|Kiswahili|swa|swh_Latn
ta|Tamil|தமிழ்|tam|tam_Taml
te|Telugu|తెలుగు|tel|tel_Telu
tg|Tajik|тоҷикӣ|tgk|tgk_Cyrl
th|Thai|ไทย|tha|tha_Thai
tk|Turkmen|türkmen dili|tuk|
tr|Turkish|Türkçe|tur|
tt|Tatar|татар|tat|tat_Cyrl
uk|Ukrainian|українська|ukr|ukr_Cyrl
ur|Urdu|اردو|urd|urd_Arab
uz|Uzbek|o‘zbek|uzb|uzn_Latn
vi|Vietnamese|Tiếng Việt|vie|
yi|Yiddish|ייִדיש|yid|ydd_Hebr
yo|Yoruba|Yorùbá|yor|
yue|Cantonese (Traditional)|粵語 (繁體)|yue|yue_Hant
zh-Hans|Chinese Simplified|中文 (简体)|zho|zho_Hans
zh-Hant|Chinese Traditional|中文 (繁體)|zho|zho_Hant
"""


def _language(row: str) -> Language:
    code, name, native_name, iso639_3, flores = row.split("|")
    return Language(code, name, native_name, iso639_3, flores or f"{iso639_3}_Latn")


_LANGUAGES = {
    language.code.lower(): language for language in map(_language, _TABLE.strip().splitlines())
}

# Other codes: of locales, Whisper, Amazon and common use.
_ALIASES = {
    "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-chs": "zh-Hans",
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-cht": "zh-Hant",
    "wuu": "zh-Hans", "cmn": "zh-Hans", "no": "nb", "tl": "fil", "jw": "jv", "iw": "he",
    "in": "id", "sr": "sr-Cyrl", "mn": "mn-Cyrl", "pt-br": "pt",
}  # fmt: skip


def find_language(text: str) -> Language:
    """Find the language of a code or a locale; case-insensitive, `_` counts as `-`.

    A locale that is not in the table selects its language: `de-AT` selects `de`.

    Raises
    ------
    UnknownLanguage: the table does not have it. The message quotes at most 20 characters.
    """
    wanted = text.strip().lower().replace("_", "-")
    language, _, rest = wanted.partition("-")
    for code in (wanted, f"{language}-{rest.partition('-')[0]}", language):
        found = _LANGUAGES.get(_ALIASES.get(code, code).lower())
        if found is not None:
            return found
    raise UnknownLanguage(f"The language {text.strip()[:20]} is not supported.")


def language_code(text: str) -> str:
    """Return the canonical code of a language: `PT_br` -> `pt`, `zh-CN` -> `zh-Hans`.

    Raises
    ------
    UnknownLanguage: see `find_language`.
    """
    return find_language(text).code


def all_languages() -> tuple[Language, ...]:
    """Return every language of the table, by code."""
    return tuple(_LANGUAGES.values())
