"""Other languages: numbers, percent, money, dates; and grace where nothing is known."""

import pytest

from shared.text_forms import text_forms
from shared.text_forms.profanity import ProfanityMode


def forms(text, language):
    return text_forms(text.split(), language, ProfanityMode.RAW)


LEXICAL = [
    # Spanish
    ("es", "Tengo 21 años.", "tengo veintiuno años"),
    ("es", "El 25 % votó.", "el veinticinco por ciento votó"),
    ("es", "Cuesta 3,50 €.", "cuesta tres euros cincuenta céntimos"),
    ("es", "el 5 de junio de 2020", "el cinco de junio de dos mil veinte"),
    ("es", "1.000 personas", "mil personas"),
    ("es", "1 euro", "un euro"),
    ("es", "1 €", "un euro"),
    ("es", "5 millones y $5 millones", "cinco millones y cinco millones de dólares"),
    ("es", "el Sr. López", "el señor lópez"),
    ("es", "a las 17:30", "a las diecisiete y treinta"),
    ("es", "\u00bfQué? \u00a1No!", "qué no"),
    # French
    ("fr", "J'ai 21 ans.", "j'ai vingt et un ans"),
    ("fr", "25 % des gens", "vingt cinq pour cent des gens"),
    ("fr", "le 1er mai 2020", "le premier mai deux mille vingt"),
    ("fr", "à 17h30", "à dix sept heures trente"),
    ("fr", "1 000 euros", "mille euros"),
    ("fr", "5 km", "cinq kilomètres"),
    ("fr", "M. Dupont et Mme Durand", "monsieur dupont et mme durand"),
    ("fr", "3,14", "trois virgule un quatre"),
    ("fr", "peut-être aujourd\u2019hui", "peut être aujourd'hui"),
    # German
    ("de", "21 Leute", "einundzwanzig leute"),
    ("de", "25 % sagten nein.", "fünfundzwanzig prozent sagten nein"),
    ("de", "am 5. Juni 2020", "am fünften juni zweitausendzwanzig"),
    ("de", "seit 1999", "seit neunzehnhundertneunundneunzig"),
    ("de", "um 17:30 Uhr", "um siebzehn uhr dreißig"),
    ("de", "um 17.30 Uhr", "um siebzehn uhr dreißig"),
    ("de", "1.000 Euro", "eintausend euro"),
    ("de", "3,50 €", "drei euro fünfzig cent"),
    ("de", "Dr. Müller, z.B. Straße", "doktor müller zum beispiel straße"),
    ("de", "5,5 km", "fünf komma fünf kilometer"),
    # Italian
    ("it", "21 persone", "ventuno persone"),
    ("it", "il 25%", "il venticinque per cento"),
    ("it", "250 €", "duecentocinquanta euro"),
    ("it", "il 5 giugno 2020", "il cinque giugno duemilaventi"),
    ("it", "3,14", "tre virgola uno quattro"),
    ("it", "alle 17:30", "alle diciassette e trenta"),
    ("it", "1.000 persone", "mille persone"),
    ("it", "L'uomo, c'è.", "l'uomo c'è"),
    # Portuguese
    ("pt", "21 pessoas", "vinte e um pessoas"),
    ("pt", "25% votaram", "vinte e cinco por cento votaram"),
    ("pt", "250 €", "duzentos e cinquenta euros"),
    ("pt", "o 5 de junho de 2020", "o cinco de junho de dois mil e vinte"),
    ("pt", "3,14", "três vírgula um quatro"),
    ("pt", "R$5", "cinco reais"),
    ("pt-PT", "às 17:30", "às dezassete e trinta"),
    ("pt-BR", "às 17:30", "às dezessete e trinta"),
    ("fr-CH", "90 francs", "nonante francs"),
    ("fr-FR", "90 francs", "quatre vingt dix francs"),
    ("pt", "A Sra. Silva", "a senhora silva"),
    # Dutch
    ("nl", "25% zei nee", "vijfentwintig procent zei nee"),
    ("nl", "om 17:30 uur", "om zeventien uur dertig"),
    # Languages whose signs have no names here
    ("sv", "Det kostar 25 kronor.", "det kostar tjugofem kronor"),
    ("ru", "25 человек пришли.", "двадцать пять человек пришли"),
    ("pl", "Mam 21 lat!", "mam dwadzieścia jeden lat"),
    ("hi", "यह ठीक है।", "यह ठीक है"),
    ("tr", "IŞIK İyi", "ışık iyi"),
    ("sv", "3,14 procent", "tre komma ett fyra procent"),
    ("ru", "3,14", "три запятая один четыре"),
    # Times with a full stop
    ("es", "a las 3.30 p.m.", "a las tres y treinta p m"),
    ("es", "a las 15.30 horas", "a las quince y treinta horas"),
    ("it", "alle 15.30", "alle quindici e trenta"),
    ("fr", "de 15h à 16 h 30", "de quinze heures à seize heures trente"),
    ("fr", "15h30-16h45", "quinze heures trente à seize heures quarante cinq"),
    ("pt", "às 15h", "às quinze horas"),
    ("pt", "às 15.30", "às quinze e trinta"),
    ("de", "um 15.30 Uhr", "um fünfzehn uhr dreißig"),
    ("sv", "klockan 15.30", "klockan femton trettio"),
    ("es", "3.30 euros", "tres coma tres cero euros"),
    # Grammars of CLDR, and digit by digit without a grammar
    ("sw", "Watu 25 walikuja.", "watu ishirini na tano walikuja"),
    ("hi", "25 लोग और २५", "पच्चीस लोग और पच्चीस"),
    ("af", "25 mense", "vyf en twintig mense"),
    ("el", "25 άτομα", "είκοσι πέντε άτομα"),
    ("nb-NO", "25 personer", "tjuefem personer"),
    ("fil-PH", "2 tao", "dalawá tao"),
    ("eu", "25 pertsona", "bi bost pertsona"),
    ("ur", "25 لوگ", "دو پانچ لوگ"),
    # Versions and network addresses: the name of the full stop, not of the decimal comma
    ("es", "La versión 2.0.1 salió.", "la versión dos punto cero punto uno salió"),
    ("fr", "La version 2.0.1", "la version deux point zéro point un"),
    ("de", "Version 10.11.12", "version zehn punkt elf punkt zwölf"),
    ("it", "versione 3.11.4", "versione tre punto undici punto quattro"),
    ("pt", "versão 2.0.1", "versão dois ponto zero ponto um"),
    ("nl", "versie 2.0.12", "versie twee punt nul punt twaalf"),
    ("sv", "version 2.0.1", "version två punkt noll punkt ett"),
    ("ru", "версия 2.0.1", "версия два точка ноль точка один"),
    ("zh", "2.0.1", "二点零点一"),
    ("es", "192.168.0.1", "uno nueve dos punto uno seis ocho punto cero punto uno"),
]


@pytest.mark.parametrize(("language", "written", "lexical"), LEXICAL)
def test_the_lexical_form_is_spelled_in_the_language(language, written, lexical):
    assert forms(written, language).lexical == lexical


DISPLAY = [
    ("es", "Veinticinco por ciento votó.", "25% votó."),
    ("es", "ciento cincuenta y dos personas", "152 personas"),
    ("es", "Mil gracias, un momento.", "Mil gracias, un momento."),
    ("fr", "Vingt-cinq pour cent des gens", "25% des gens"),
    ("fr", "deux cent cinquante euros", "250 \u20ac"),
    ("fr", "Un homme et une femme.", "Un homme et une femme."),
    ("fr", "Merci mille fois.", "Merci mille fois."),
    ("de", "Fünfundzwanzig Prozent sagten nein.", "25% sagten nein."),
    ("de", "zweihundertfünfzig Euro,", "250 \u20ac,"),
    ("de", "drei Komma fünf", "3,5"),
    ("de", "Tausend Dank, ein Mann und acht Frauen.", "Tausend Dank, ein Mann und acht Frauen."),
    ("de", "im Jahr neunzehnhundertneunundneunzig", "im Jahr 1999"),
    ("it", "Venticinque per cento", "25%"),
    ("it", "duecentocinquanta euro", "250 \u20ac"),
    ("it", "Loro sono sei.", "Loro sono sei."),
    ("pt", "Vinte e cinco por cento", "25%"),
    ("pt", "duzentos e cinquenta euros", "250 \u20ac"),
    ("pt", "Uma pessoa e um gato.", "Uma pessoa e um gato."),
    ("nl", "Vijfentwintig procent", "25%"),
    ("nl", "tweehonderdvijftig euro", "\u20ac 250"),
    ("sv", "Tjugofem procent", "Tjugofem procent"),
    ("es", "treinta personas y quinientos coches", "30 personas y 500 coches"),
    ("fr", "trente-deux personnes", "32 personnes"),
    ("pt", "trinta e duas pessoas", "32 pessoas"),
    ("pt", "duzentos e cinco", "205"),
    ("it", "dieci persone", "10 persone"),
    # Years, and one number that was recognised in two
    ("es", "en dos mil ocho", "en 2008"),
    ("es", "en 2000 y 8", "en 2008"),
    ("fr", "en deux mille huit", "en 2008"),
    ("de", "im Jahr zweitausendacht", "im Jahr 2008"),
    ("de", "im Jahr 2000 und 8", "im Jahr 2008"),
    ("it", "nel duemilaotto", "nel 2008"),
    ("pt", "em dois mil e oito", "em 2008"),
    ("pt", "em 2000 e 8", "em 2008"),
    ("nl", "in 2000 en 8", "in 2008"),
    ("es", "entre dos mil y ocho mil", "entre 2000 y 8000"),
    ("fr", "entre deux mille et huit mille", "entre 2000 et 8000"),
    ("pt", "entre dois mil e oito mil", "entre 2000 e 8000"),
    ("pt", "entre 2000 e 8 pessoas", "entre 2000 e 8 pessoas"),
    ("de", "2000 und 8 Prozent", "2000 und 8%"),
    # Times
    ("es", "a las tres y treinta", "a las 3:30"),
    ("es", "a las quince cuarenta y cinco", "a las 15:45"),
    ("fr", "à quinze heures trente", "à 15h30"),
    ("fr", "pendant quinze heures trente minutes", "pendant 15 heures 30 minutes"),
    ("de", "um fünfzehn Uhr dreißig", "um 15:30 Uhr"),
    ("it", "alle quindici e trenta", "alle 15:30"),
    ("pt", "às quinze e trinta", "às 15:30"),
    ("nl", "om vijftien uur dertig", "om 15:30 uur"),
    ("it", "alle 15.30", "alle 15.30"),
    # Versions
    ("es", "la versión dos punto cero punto uno", "la versión 2.0.1"),
    ("fr", "la version trois point onze point quatre", "la version 3.11.4"),
    ("de", "Version zwei Punkt null Punkt eins", "Version 2.0.1"),
    ("it", "la versione due punto zero punto uno", "la versione 2.0.1"),
    ("pt", "a versão dois ponto zero ponto um", "a versão 2.0.1"),
    ("nl", "versie twee punt nul punt drie", "versie 2.0.3"),
    ("sv", "version två punkt noll punkt ett", "version 2.0.1"),
    ("ru", "версия два точка ноль точка один", "версия 2.0.1"),
    ("de", "Punkt eins und Punkt zwei", "Punkt eins und Punkt zwei"),
]


@pytest.mark.parametrize(("language", "spoken", "display"), DISPLAY)
def test_number_words_become_digits_from_ten_on(language, spoken, display):
    assert forms(spoken, language).display == display


@pytest.mark.parametrize(
    ("language", "words", "display", "lexical"),
    [
        ("ja", "今 年 は 2 0 2 0 年 です 。", "今年は2020年です。", "今年は二千二十年です"),
        ("zh", "今天 是 25 号 。", "今天是25号。", "今天是二十五号"),
        ("th", "สวัสดี ครับ", "สวัสดีครับ", "สวัสดีครับ"),
        ("ja", "iPhone 15 を Open AI で", "iPhone 15をOpen AIで", "iphone十五をopen aiで"),
    ],
)
def test_languages_without_spaces_are_joined_without_spaces(language, words, display, lexical):
    found = text_forms(words.split(), language, ProfanityMode.RAW)
    assert (found.display, found.lexical) == (display, lexical)


def test_korean_keeps_its_spaces():
    assert forms("오늘은 25일 입니다.", "ko").display == "오늘은 25일 입니다."
