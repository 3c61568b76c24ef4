"""Lexicons for verbalisation: signs, money, units, months and abbreviations by language.

The names are those of everyday speech; the lexical form consists of them. A language without a
lexicon keeps its words and loses its signs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from shared.text_forms.digit_names import POINT_NAMES, VERSION_POINTS
from shared.text_forms.pieces import split_words

Money = tuple[str, str, str, str]  # one, many, one hundredth, many hundredths; "" has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Lexicon of one language.

    decimal_mark, thousands_marks: of written numbers; a space among the thousands marks joins
    `1 000`. signs: names of signs between or before numbers. money: by currency sign.
    scales: words between an amount and its currency, `$5 million`. units: singular and plural, by
    abbreviation. abbreviations: lower case, without the last full stop. minutes_after: word
    between hour and minutes. before_clock: words after which `15.30` is a time. date_word: word
    between day, month and year.
    one_of: the word for "one" alone and before a currency. version_point: the full stop in
    `2.0.1`, where it is neither `dot` nor `point`.
    """

    decimal_mark: str = "."
    thousands_marks: str = ","
    point: str = ""
    signs: Mapping[str, str] = field(default_factory=dict)
    money: Mapping[str, Money] = field(default_factory=dict)
    scales: frozenset[str] = frozenset()
    units: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    months: tuple[str, ...] = ()
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    ordinal_endings: tuple[str, ...] = ()
    minutes_after: str = ""
    hour_words: frozenset[str] = frozenset()
    before_clock: frozenset[str] = frozenset()
    date_word: str = ""
    to: str = ""
    dot: str = ""
    slash: str = ""
    one_of: tuple[str, str] = ("", "")
    version_point: str = ""
    joined_thousands: bool = False


_LETTER_UNITS = ("km", "m", "cm", "mm", "kg", "g", "mg", "l", "ml", "km/h", "°C", "°F", "°", "%")


def _units(*names: str, **others: str) -> dict[str, tuple[str, str]]:
    """Read names of `_LETTER_UNITS` in order, as `one/many` or one name for both."""
    units: dict[str, tuple[str, str]] = {}
    for unit, name in [*zip(_LETTER_UNITS, names, strict=True), *others.items()]:
        one, _, many = name.partition("/")
        units[unit] = (one, many or one)
    return units


def _money(**names: str) -> dict[str, Money]:
    """Read `one/many/one hundredth/many hundredths` by name of the currency."""
    signs = {"dollar": "$", "euro": "€", "pound": "£", "yen": "¥", "rupee": "₹"}
    money: dict[str, Money] = {}
    for currency, forms in names.items():
        one, many, part, parts = (*forms.split("/"), "", "")[:4]
        money[signs[currency]] = (one, many, part, parts)
    return money


def _signs(names: str) -> dict[str, str]:
    """Read the names of plus, minus, times, divided by, equals, and, at, hash, number."""
    plus, minus, times, divided, equals, ampersand, at, hashtag, number = names.split(",")
    return {
        "+": plus,
        "-": minus,
        "\u2212": minus,
        "×": times,
        "÷": divided,
        "=": equals,
        "&": ampersand,
        "@": at,
        "#": hashtag,
        "\u2116": number,
    }


_ENGLISH = Lexicon(
    point="point",
    signs=_signs("plus,minus,times,divided by,equals,and,at,hashtag,number")
    | {"<": "less than", ">": "greater than", "²": "squared", "³": "cubed"},
    money=_money(
        dollar="dollar/dollars/cent/cents",
        euro="euro/euros/cent/cents",
        pound="pound/pounds/penny/pence",
        yen="yen/yen",
        rupee="rupee/rupees/paisa/paise",
    ),
    scales=frozenset(split_words("hundred thousand million billion trillion")),
    units=_units(
        "kilometer/kilometers", "meter/meters", "centimeter/centimeters",
        "millimeter/millimeters", "kilogram/kilograms", "gram/grams", "milligram/milligrams",
        "liter/liters", "milliliter/milliliters", "kilometer per hour/kilometers per hour",
        "degree celsius/degrees celsius", "degree fahrenheit/degrees fahrenheit",
        "degree/degrees", "percent",
        mph="mile per hour/miles per hour", kph="kilometer per hour/kilometers per hour",
        lb="pound/pounds", lbs="pounds", oz="ounce/ounces", ft="foot/feet", mi="mile/miles",
        kb="kilobyte/kilobytes", mb="megabyte/megabytes", gb="gigabyte/gigabytes",
        tb="terabyte/terabytes", hz="hertz", khz="kilohertz", mhz="megahertz", ghz="gigahertz",
        kw="kilowatt/kilowatts", kwh="kilowatt hour/kilowatt hours", mw="megawatt/megawatts",
        ms="millisecond/milliseconds",
        **{
            f"{unit}{sign}": f"{power} {name}/{power} {name}s"
            for unit, name in (("m", "meter"), ("km", "kilometer"), ("cm", "centimeter"))
            for sign, power in (("²", "square"), ("³", "cubic"))
        },
        hrs="hours", hr="hour/hours", mins="minutes",
        secs="seconds", sec="second/seconds",
    ),
    months=tuple(
        split_words("january february march april may june july august september october november "
        "december")
    ),
    abbreviations={
        "mr": "mister", "mrs": "missus", "ms": "ms", "dr": "doctor", "prof": "professor",
        "jr": "junior", "sr": "senior", "st": "saint", "mt": "mount", "ave": "avenue",
        "blvd": "boulevard", "rd": "road", "vs": "versus", "etc": "et cetera",
        "gen": "general", "col": "colonel", "capt": "captain", "lt": "lieutenant",
        "sgt": "sergeant", "sen": "senator", "gov": "governor", "rev": "reverend",
        "hon": "honorable", "dept": "department", "approx": "approximately", "jan": "january",
        "feb": "february", "apr": "april", "aug": "august", "sept": "september",
        "oct": "october", "nov": "november", "dec": "december", "a.m": "a m", "p.m": "p m",
        "ph.d": "p h d", "e.g": "e g", "i.e": "i e",
    },
    ordinal_endings=("st", "nd", "rd", "th"),
    to="to",
    dot="dot",
    slash="slash",
)  # fmt: skip

_SPANISH = Lexicon(
    decimal_mark=",",
    thousands_marks=". ",
    joined_thousands=True,
    point="coma",
    signs=_signs("más,menos,por,entre,igual a,y,arroba,almohadilla,número"),
    money=_money(
        dollar="dólar/dólares/centavo/centavos",
        euro="euro/euros/céntimo/céntimos",
        pound="libra/libras/penique/peniques",
        yen="yen/yenes",
    ),
    scales=frozenset(("mil", "millón", "millones", "billones")),
    units=_units(
        "kilómetro/kilómetros", "metro/metros", "centímetro/centímetros", "milímetro/milímetros",
        "kilogramo/kilogramos", "gramo/gramos", "miligramo/miligramos", "litro/litros",
        "mililitro/mililitros", "kilómetro por hora/kilómetros por hora",
        "grado celsius/grados celsius", "grado fahrenheit/grados fahrenheit", "grado/grados",
        "por ciento", h="hora/horas",
    ),
    months=tuple(
        split_words("enero febrero marzo abril mayo junio julio agosto septiembre octubre "
        "noviembre diciembre")
    ),
    abbreviations={
        "sr": "señor", "sra": "señora", "srta": "señorita", "dr": "doctor", "dra": "doctora",
        "ud": "usted", "uds": "ustedes", "etc": "etcétera", "prof": "profesor",
        "av": "avenida", "a.m": "a m", "p.m": "p m",
    },
    ordinal_endings=("º", "ª", ".º", ".ª", "o", "a"),
    before_clock=frozenset(("las",)),
    minutes_after="y",
    date_word="de",
    to="a",
    dot="punto",
    slash="barra",
    one_of=("uno", "un"),
)  # fmt: skip

_FRENCH = Lexicon(
    decimal_mark=",",
    thousands_marks=" .",
    joined_thousands=True,
    point="virgule",
    signs=_signs("plus,moins,fois,divisé par,égale,et,arobase,dièse,numéro"),
    money=_money(
        dollar="dollar/dollars/cent/cents",
        euro="euro/euros/centime/centimes",
        pound="livre/livres/penny/pence",
        yen="yen/yens",
    ),
    scales=frozenset(("mille", "million", "millions", "milliard", "milliards")),
    units=_units(
        "kilomètre/kilomètres", "mètre/mètres", "centimètre/centimètres",
        "millimètre/millimètres", "kilogramme/kilogrammes", "gramme/grammes",
        "milligramme/milligrammes", "litre/litres", "millilitre/millilitres",
        "kilomètre heure/kilomètres heure", "degré celsius/degrés celsius",
        "degré fahrenheit/degrés fahrenheit", "degré/degrés", "pour cent",
        h="heure/heures",
    ),
    months=tuple(
        split_words("janvier février mars avril mai juin juillet août septembre octobre novembre "
        "décembre")
    ),
    abbreviations={
        "m": "monsieur", "mm": "messieurs", "mme": "madame", "mmes": "mesdames",
        "mlle": "mademoiselle", "dr": "docteur", "pr": "professeur", "etc": "et cetera",
        "av": "avenue", "bd": "boulevard", "st": "saint", "ste": "sainte",
    },
    ordinal_endings=("er", "re", "ère", "e", "ème", "eme", "nd", "nde"),
    minutes_after="heures",
    hour_words=frozenset(("heure", "heures", "h")),
    to="à",
    dot="point",
    slash="barre oblique",
)  # fmt: skip

_GERMAN = Lexicon(
    decimal_mark=",",
    thousands_marks=". '",
    joined_thousands=True,
    point="komma",
    signs=_signs("plus,minus,mal,geteilt durch,gleich,und,at,hashtag,nummer"),
    money=_money(
        dollar="dollar/dollar/cent/cent",
        euro="euro/euro/cent/cent",
        pound="pfund/pfund/penny/pence",
        yen="yen/yen",
    ),
    scales=frozenset(("tausend", "million", "millionen", "milliarde", "milliarden")),
    units=_units(
        "kilometer", "meter", "zentimeter", "millimeter", "kilogramm", "gramm", "milligramm",
        "liter", "milliliter", "kilometer pro stunde", "grad celsius", "grad fahrenheit",
        "grad", "prozent",
    ),
    months=tuple(
        split_words("januar februar märz april mai juni juli august september oktober november "
        "dezember")
    ),
    abbreviations={
        "dr": "doktor", "prof": "professor", "hr": "herr", "fr": "frau", "nr": "nummer",
        "str": "straße", "bzw": "beziehungsweise", "usw": "und so weiter", "ca": "circa",
        "z.b": "zum beispiel", "d.h": "das heißt", "u.a": "unter anderem", "evtl": "eventuell",
        "inkl": "inklusive", "mio": "millionen", "mrd": "milliarden", "st": "sankt",
        "vgl": "vergleiche",
    },
    ordinal_endings=("te", "ten", "ter", "tes", "ste", "sten"),
    before_clock=frozenset(("um",)),
    minutes_after="uhr",
    hour_words=frozenset(("uhr",)),
    to="bis",
    dot="punkt",
    slash="schrägstrich",
    one_of=("eins", "ein"),
)  # fmt: skip

_ITALIAN = Lexicon(
    decimal_mark=",",
    thousands_marks=". ",
    joined_thousands=True,
    point="virgola",
    signs=_signs("più,meno,per,diviso,uguale,e,chiocciola,hashtag,numero"),
    money=_money(
        dollar="dollaro/dollari/centesimo/centesimi",
        euro="euro/euro/centesimo/centesimi",
        pound="sterlina/sterline/penny/pence",
        yen="yen/yen",
    ),
    scales=frozenset(("mila", "milione", "milioni", "miliardo", "miliardi")),
    units=_units(
        "chilometro/chilometri", "metro/metri", "centimetro/centimetri", "millimetro/millimetri",
        "chilogrammo/chilogrammi", "grammo/grammi", "milligrammo/milligrammi", "litro/litri",
        "millilitro/millilitri", "chilometro all'ora/chilometri all'ora",
        "grado celsius/gradi celsius", "grado fahrenheit/gradi fahrenheit", "grado/gradi",
        "per cento",
    ),
    months=tuple(
        split_words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
        "novembre dicembre")
    ),
    abbreviations={
        "sig": "signor", "sig.ra": "signora", "dott": "dottor", "dr": "dottor",
        "prof": "professor", "ing": "ingegner", "avv": "avvocato", "ecc": "eccetera",
    },
    ordinal_endings=("º", "ª", "°", "o", "a"),
    before_clock=frozenset(("alle", "dalle", "ore")),
    minutes_after="e",
    to="a",
    dot="punto",
    slash="barra",
    one_of=("uno", "un"),
)  # fmt: skip

_PORTUGUESE = Lexicon(
    decimal_mark=",",
    thousands_marks=". ",
    joined_thousands=True,
    point="vírgula",
    signs=_signs("mais,menos,vezes,dividido por,igual a,e,arroba,hashtag,número"),
    money=_money(
        dollar="dólar/dólares/centavo/centavos",
        euro="euro/euros/cêntimo/cêntimos",
        pound="libra/libras/penny/pence",
        yen="iene/ienes",
    )
    | {"R$": ("real", "reais", "centavo", "centavos")},
    scales=frozenset(("mil", "milhão", "milhões", "bilhão", "bilhões")),
    units=_units(
        "quilómetro/quilómetros", "metro/metros", "centímetro/centímetros",
        "milímetro/milímetros", "quilograma/quilogramas", "grama/gramas",
        "miligrama/miligramas", "litro/litros", "mililitro/mililitros",
        "quilómetro por hora/quilómetros por hora", "grau celsius/graus celsius",
        "grau fahrenheit/graus fahrenheit", "grau/graus", "por cento", h="hora/horas",
    ),
    months=tuple(
        split_words("janeiro fevereiro março abril maio junho julho agosto setembro outubro "
        "novembro dezembro")
    ),
    abbreviations={
        "sr": "senhor", "sra": "senhora", "dr": "doutor", "dra": "doutora",
        "prof": "professor", "etc": "etcétera", "av": "avenida",
    },
    ordinal_endings=("º", "ª", ".º", ".ª", "o", "a"),
    before_clock=frozenset(("às",)),
    minutes_after="e",
    date_word="de",
    to="a",
    dot="ponto",
    slash="barra",
)  # fmt: skip

_DUTCH = Lexicon(
    decimal_mark=",",
    thousands_marks=". ",
    joined_thousands=True,
    point="komma",
    signs=_signs("plus,min,keer,gedeeld door,is,en,apenstaartje,hashtag,nummer"),
    money=_money(
        dollar="dollar/dollar/cent/cent",
        euro="euro/euro/cent/cent",
        pound="pond/pond/penny/pence",
        yen="yen/yen",
    ),
    scales=frozenset(("duizend", "miljoen", "miljard")),
    units=_units(
        "kilometer", "meter", "centimeter", "millimeter", "kilogram", "gram", "milligram",
        "liter", "milliliter", "kilometer per uur", "graden celsius", "graden fahrenheit",
        "graden", "procent",
    ),
    months=tuple(
        split_words("januari februari maart april mei juni juli augustus september oktober "
        "november december")
    ),
    abbreviations={
        "dhr": "de heer", "mevr": "mevrouw", "dr": "dokter", "prof": "professor",
        "nr": "nummer", "enz": "enzovoort", "bijv": "bijvoorbeeld", "ca": "circa",
    },
    ordinal_endings=("e", "de", "ste"),
    before_clock=frozenset(("om",)),
    minutes_after="uur",
    hour_words=frozenset(("uur",)),
    to="tot",
    dot="punt",
    slash="schuine streep",
)  # fmt: skip

# Languages whose thousands are parted by spaces, and others with a decimal comma
_SPACED_THOUSANDS = frozenset(split_words("ru uk be pl cs sk sv no nn fi bg hu"))
_POINT_THOUSANDS = frozenset(split_words("da tr id ro el vi hr sr sl ca"))

_CLOCK_WORDS = {
    "sv": ("klockan", "kl"),
    "da": ("klokken", "kl"),
    "no": ("klokken", "klokka", "kl"),
    "nn": ("klokka", "kl"),
    "fi": ("kello", "klo"),
}


def _marks_of_numbers(language: str) -> Lexicon:
    """Return a lexicon of the marks in numbers only: other signs are not verbalised."""
    spaced = language in _SPACED_THOUSANDS
    comma = spaced or language in _POINT_THOUSANDS
    return Lexicon(
        decimal_mark="," if comma else ".",
        thousands_marks=" ." if spaced else "." if comma else ",",
        joined_thousands=spaced,
        before_clock=frozenset(_CLOCK_WORDS.get(language, ())),
        point=POINT_NAMES[language],
        version_point=VERSION_POINTS.get(language, ""),
    )


_LEXICONS = {
    **{language: _marks_of_numbers(language) for language in POINT_NAMES},
    "en": _ENGLISH,
    "es": _SPANISH,
    "fr": _FRENCH,
    "de": _GERMAN,
    "it": _ITALIAN,
    "pt": _PORTUGUESE,
    "nl": _DUTCH,
}
_NEUTRAL = Lexicon(point=_ENGLISH.point)


def find_lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language such as `en`, else one without names of signs."""
    return _LEXICONS.get(language, _NEUTRAL)


@cache
def number_pattern(language: str) -> str:
    """Return a regular expression of an unsigned written number with the marks of a language.

    A point or comma that cannot separate thousands is a decimal mark: Whisper writes `3.14` in
    German too.
    """
    lexicon = find_lexicon(language)
    thousands = re.escape(lexicon.thousands_marks)
    return rf"(?:\d{{1,3}}(?:[{thousands}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d*[.,]\d+|\d+)"
