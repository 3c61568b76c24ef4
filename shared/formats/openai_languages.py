"""Languages in OpenAI's audio API: `english` in verbose JSON, ISO 639-1 elsewhere.

The names are those of Whisper's tokenizer:
https://github.com/openai/whisper/blob/main/whisper/tokenizer.py
"""

from shared.language.locales import language_of

_NAMES = dict(
    entry.split(":")
    for entry in (
        "af:afrikaans am:amharic ar:arabic as:assamese az:azerbaijani ba:bashkir be:belarusian "
        "bg:bulgarian bn:bengali bo:tibetan br:breton bs:bosnian ca:catalan cs:czech cy:welsh "
        "da:danish de:german el:greek en:english es:spanish et:estonian eu:basque fa:persian "
        "fi:finnish fo:faroese fr:french gl:galician gu:gujarati ha:hausa haw:hawaiian he:hebrew "
        "hi:hindi hr:croatian ht:haitian_creole hu:hungarian hy:armenian id:indonesian "
        "is:icelandic it:italian ja:japanese jw:javanese ka:georgian kk:kazakh km:khmer kn:kannada "
        "ko:korean la:latin lb:luxembourgish ln:lingala lo:lao lt:lithuanian lv:latvian "
        "mg:malagasy mi:maori mk:macedonian ml:malayalam mn:mongolian mr:marathi ms:malay "
        "mt:maltese my:myanmar ne:nepali nl:dutch nn:nynorsk no:norwegian oc:occitan pa:punjabi "
        "pl:polish ps:pashto pt:portuguese ro:romanian ru:russian sa:sanskrit sd:sindhi si:sinhala "
        "sk:slovak sl:slovenian sn:shona so:somali sq:albanian sr:serbian su:sundanese sv:swedish "
        "sw:swahili ta:tamil te:telugu tg:tajik th:thai tk:turkmen tl:tagalog tr:turkish tt:tatar "
        "uk:ukrainian ur:urdu uz:uzbek vi:vietnamese yi:yiddish yo:yoruba yue:cantonese zh:chinese"
    ).split()
)


def language_name(locale: str) -> str:
    """Return the English name of a canonical locale's language: `pt-BR` -> `portuguese`."""
    return _NAMES[language_of(locale)].replace("_", " ")


def language_code(locale: str) -> str:
    """Return the ISO 639-1 code of a canonical locale's language: `pt-BR` -> `pt`.

    Languages without one have three letters: `haw`, `yue`. Whisper's `jw` is ISO's `jv`.
    """
    language = language_of(locale)
    return "jv" if language == "jw" else language
