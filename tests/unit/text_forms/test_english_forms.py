"""English: what was spoken, and how it is written. The tables are the specification."""

import pytest

from shared.text_forms import text_forms
from shared.text_forms.profanity import ProfanityMode


def forms(text, language="en"):
    return text_forms(text.split(), language, ProfanityMode.RAW)


LEXICAL = [
    # Plain words
    ("Hello, world!", "hello world"),
    ("Don't stop; it\u2019s late.", "don't stop it's late"),
    ("A well-known, state-of-the-art idea", "a well known state of the art idea"),
    ("NASA and the U.S. agree.", "nasa and the u s agree"),
    ("I got an XL t-shirt.", "i got an xl t shirt"),
    ("The dogs' bowls", "the dogs bowls"),
    ("Wait \u2014 what\u2026 no?", "wait what no"),
    # Cardinals
    ("42 people", "forty two people"),
    ("1,000 people", "one thousand people"),
    ("1,234,500", "one million two hundred thirty four thousand five hundred"),
    ("about 105 of them", "about one hundred five of them"),
    ("50000 people", "fifty thousand people"),
    ("3.14", "three point one four"),
    ("0.05", "zero point zero five"),
    (".5", "point five"),
    ("-5 degrees", "minus five degrees"),
    ("agent 007", "agent zero zero seven"),
    ("zip code 90210", "zip code nine zero two one zero"),
    # Ordinals and fractions
    ("the 3rd and 21st", "the third and twenty first"),
    ("her 100th birthday", "her one hundredth birthday"),
    ("1/2 cup", "one half cup"),
    ("3/4 of it", "three quarters of it"),
    ("2\u00bd hours", "two and a half hours"),
    ("in 45:30", "in forty five thirty"),
    ("$20-$30", "twenty to thirty dollars"),
    ("the U.K.'s plan", "the u k's plan"),
    ("https://example.com/a?b", "example dot com slash a b"),
    ("open 24/7", "open twenty four seven"),
    # Years and dates
    ("in 1999", "in nineteen ninety nine"),
    ("in 2005", "in two thousand five"),
    ("in 2020", "in twenty twenty"),
    ("in 1905", "in nineteen oh five"),
    ("in 1800", "in eighteen hundred"),
    ("the 1980s", "the nineteen eighties"),
    ("the \u201990s", "the nineties"),
    ("1990-1995", "nineteen ninety to nineteen ninety five"),
    ("June 5th, 2020", "june fifth twenty twenty"),
    ("June 5 is Friday", "june fifth is friday"),
    ("5 June 2020", "fifth june twenty twenty"),
    ("on 6/5/2020", "on june fifth twenty twenty"),
    ("on 2020-06-05", "on june fifth twenty twenty"),
    ("1999 km", "one thousand nine hundred ninety nine kilometers"),
    # Times
    ("at 5:30 p.m.", "at five thirty p m"),
    ("at 5:05", "at five oh five"),
    ("at 5:00 PM", "at five p m"),
    ("at 5:00", "at five o'clock"),
    ("at 17:05", "at seventeen oh five"),
    ("at 5pm", "at five p m"),
    ("I am here at 5 am", "i am here at five a m"),
    # Money and percent
    ("$5.50", "five dollars fifty cents"),
    ("$1", "one dollar"),
    ("$0.99", "ninety nine cents"),
    ("$1,500", "one thousand five hundred dollars"),
    ("$5 million", "five million dollars"),
    ("$2.5 billion.", "two point five billion dollars"),
    ("$5M", "five million dollars"),
    ("\u20ac250", "two hundred fifty euros"),
    ("\u00a33.50", "three pounds fifty pence"),
    ("\u00a5500", "five hundred yen"),
    ("US$20", "twenty dollars"),
    ("25%", "twenty five percent"),
    ("2.5% of", "two point five percent of"),
    ("$5-10", "five to ten dollars"),
    # Units, math, ranges
    ("5 km and 10kg", "five kilometers and ten kilograms"),
    ("1 km", "one kilometer"),
    ("60 mph", "sixty miles per hour"),
    ("20\u00b0C", "twenty degrees celsius"),
    ("20 \u00b0C", "twenty degrees celsius"),
    ("6 \u00d7 10 = 60", "six times ten equals sixty"),
    ("2 + 2 = 4", "two plus two equals four"),
    ("5 - 3", "five minus three"),
    ("10-15 people", "ten to fifteen people"),
    ("10\u201315 people", "ten to fifteen people"),
    # Digit strings
    ("call 555-1234", "call five five five one two three four"),
    ("1-800-456-8910", "one eight hundred four five six eight nine one zero"),
    ("(555) 123-4567", "five five five one two three four five six seven"),
    # Versions and network addresses
    ("Version 2.0.1 was released.", "version two point zero point one was released"),
    ("Python 3.11.4", "python three point eleven point four"),
    ("v2.0.1", "v two point zero point one"),
    ("2.0.1-beta", "two point zero point one beta"),
    ("section 4.2.1", "section four point two point one"),
    ("version 10.11.12", "version ten point eleven point twelve"),
    ("Chrome 120.0.6099", "chrome one hundred twenty point zero point six thousand ninety nine"),
    ("version 1.2.3.4.5", "version one point two point three point four point five"),
    ("iOS 17.1", "ios seventeen point one"),
    ("192.168.0.1", "one nine two dot one six eight dot zero dot one"),
    ("555.123.4567", "five five five one two three four five six seven"),
    # Digits of other kinds
    ("x\u00b2 + 3\u00b3", "x squared plus three cubed"),
    ("25 m\u00b2", "twenty five square meters"),
    ("\u2460 and \u2469", "one and ten"),
    ("CO\u2082", "co two"),
    ("\uff12\uff15", "twenty five"),
    # Abbreviations
    ("Mr. and Mrs. Jones", "mister and missus jones"),
    ("Dr. Smith on Elm Dr.", "doctor smith on elm drive"),
    ("St. Paul on Main St.", "saint paul on main street"),
    ("No. 5", "number five"),
    ("No. Five of us said no.", "no five of us said no"),
    ("cats vs. dogs, etc.", "cats versus dogs et cetera"),
    ("R&D & sales", "r and d and sales"),
    ("We're #1", "we're number one"),
    # Addresses and names
    ("example.com", "example dot com"),
    ("www.example.com/help", "w w w dot example dot com slash help"),
    ("info@example.com", "info at example dot com"),
    ("COVID-19", "covid nineteen"),
    ("an mp3 in C++", "an mp three in c plus plus"),
    ("Louis XIV", "louis xiv"),
    ("World War II", "world war ii"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "lexical"), LEXICAL)
def test_the_lexical_form_has_the_words_as_they_are_spoken(written, lexical):
    assert forms(written).lexical == lexical


DISPLAY = [
    # Azure's documentation
    ("Remind me at five.", "Remind me at 5."),
    ("That will cost nine hundred dollars.", "That will cost $900."),
    (
        "My phone number is one eight hundred, four five six, eight nine ten.",
        "My phone number is 1-800-456-8910.",
    ),
    ("The time is six forty five p m.", "The time is 6:45 PM."),
    ("I live on thirty five Lexington Avenue.", "I live on 35 Lexington Avenue."),
    ("The answer is six point five.", "The answer is 6.5."),
    ("Send it to support at help dot com.", "Send it to support@help.com."),
    ("I spend twenty dollars.", "I spend $20."),
    # Cardinals
    ("twenty-five people", "25 people"),
    ("two hundred and fifty people", "250 people"),
    ("a hundred and fifty people", "150 people"),
    ("two hundred fifty thousand people", "250,000 people"),
    ("two million people", "2 million people"),
    ("two point five million people", "2.5 million people"),
    ("one two three four five", "12345"),
    ("double five one two", "5512"),
    ("five five five, one two three four", "555-1234"),
    ("minus five degrees", "-5 degrees"),
    ("Turn to page five.", "Turn to page 5."),
    ("three point one four", "3.14"),
    ("five to ten minutes", "5 to 10 minutes"),
    ("on nine eleven", "on nine eleven"),
    ("a twenty second delay", "a twenty second delay"),
    # Percent and money
    ("Twenty five per cent said no.", "25% said no."),
    ("five percent,", "5%,"),
    ("25 percent", "25%"),
    ("a hundred percent", "a hundred percent"),
    ("two hundred and fifty dollars", "$250"),
    ("five dollars and fifty cents.", "$5.50."),
    ("5 dollars and 50 cents", "$5.50"),
    ("two thousand euros", "\u20ac2,000"),
    ("five million dollars", "$5 million"),
    ("fifty cents", "50 cents"),
    ("one dollar", "$1"),
    ("a five dollar bill", "a five dollar bill"),
    # Times, dates, years
    ("three thirty pm", "3:30 PM"),
    ("at three thirty", "at 3:30"),
    ("at three oh five", "at 3:05"),
    ("until five tomorrow", "until 5 tomorrow"),
    ("five a.m.", "5 a.m."),
    ("nineteen ninety nine", "1999"),
    ("in twenty twenty and twenty twenty-one", "in 2020 and 2021"),
    ("in two thousand five", "in 2005"),
    ("in nineteen oh five", "in 1905"),
    ("June fifth, twenty twenty", "June 5th, 2020"),
    ("the fifth of June", "the 5th of June"),
    ("May first", "May 1st"),
    ("the twenty first century", "the 21st century"),
    ("the twenty-first", "the 21st"),
    # Years and numbers that were recognised in two
    ("The year two thousand and eight was a bad one.", "The year 2008 was a bad one."),
    ("The year 2000 and 8 was a bad one.", "The year 2008 was a bad one."),
    ("in 2000 and 12, he left", "in 2012, he left"),
    ("two thousand and 8 people", "2008 people"),
    ("2000 and eight", "2008"),
    ("10,000 and 8 people", "10,008 people"),
    ("one hundred and 20 people", "120 people"),
    ("in 1900 and 5", "in 1905"),
    ("2000 and 8 dollars", "$2,008"),
    ("June 3rd 2000 and 8", "June 3rd 2008"),
    ("from two thousand and eight to two thousand and ten", "from 2008 to 2010"),
    ("between two thousand and eight and two thousand and ten", "between 2008 and 2010"),
    ("the nineteen eighties", "the 1980s"),
    ("the eighteen hundreds", "the 1800s"),
    ("the twenty twenties", "the 2020s"),
    # Times, however they were recognised
    ("at three thirty p m", "at 3:30 PM"),
    ("at 3.30 pm", "at 3:30 PM"),
    ("at 3 30 p m", "at 3:30 PM"),
    ("at 3:30 p m", "at 3:30 PM"),
    ("at 3.30 p.m. today", "at 3:30 p.m. today"),
    ("six forty five p m", "6:45 PM"),
    ("The time is 6.45pm.", "The time is 6:45 PM."),
    ("at 6:45pm and at 5pm", "at 6:45 PM and at 5 PM"),
    ("at 12.05 am", "at 12:05 AM"),
    ("at 03.30 pm", "at 3:30 PM"),
    ("nine thirty a m to five p m", "9:30 AM to 5 PM"),
    ("three thirty to four fifteen p m", "3:30 to 4:15 PM"),
    ("from 3.30 to 4.15 pm", "from 3:30 to 4:15 PM"),
    ("from three to four p m", "from 3 to 4 PM"),
    ("3.30-4.30 pm", "3:30-4:30 PM"),
    ("open 9-5.30pm", "open 9-5:30 PM"),
    ("at fifteen thirty", "at 15:30"),
    ("at twenty one thirty", "at 21:30"),
    # Versions and addresses of computers
    ("Version two point zero point one was released.", "Version 2.0.1 was released."),
    ("Version 2.0 point 1 was released.", "Version 2.0.1 was released."),
    ("version two dot one", "version 2.1"),
    ("version ten point fifteen point seven", "version 10.15.7"),
    ("three point eleven point four", "3.11.4"),
    ("Android 4 point 4 point 2", "Android 4.4.2"),
    ("section four point two point one", "section 4.2.1"),
    ("one ninety two dot one sixty eight dot zero dot one", "192.168.0.1"),
    ("one nine two point one six eight point zero point one", "192.168.0.1"),
    ("three point two million", "3.2 million"),
    # Rooms, flights, money
    ("flight six seventy two", "flight 672"),
    ("room twelve oh five", "room 1205"),
    ("five dollars fifty.", "$5.50."),
]

TWO_READINGS = [
    "between two thousand and eight thousand",
    "between 2000 and 8 people",
    "between 100 and 50",
    "He scored 100 and 50.",
    "1000, 2000 and 8",
    "2000 and 8 hundred",
    "three thirty second clips",
    "I have two and eight.",
    "one hundred and two hundred",
    "until half past three",
    "it was 3.30",
    "3.30 metres",
    "6.45 a day",
    "at one point two point guards",
    "two point zero point five ten",
    "two dot one",
    "five foot ten",
    "ten thousandths",
]


@pytest.mark.parametrize("spoken", TWO_READINGS)
def test_words_with_two_readings_are_displayed_as_they_were_recognised(spoken):
    assert forms(spoken).display == spoken


@pytest.mark.parametrize(
    ("recognised", "lexical"),
    [
        ("at 3.30 pm", "at three thirty p m"),
        ("at 3.30 p.m.", "at three thirty p m"),
        ("03.30 pm", "three thirty p m"),
        ("6.45PM", "six forty five p m"),
        ("at 6:45PM", "at six forty five p m"),
        ("6.45P.M.", "six forty five p m"),
        ("6.45pm", "six forty five p m"),
        ("at 12.05 am", "at twelve oh five a m"),
        ("3 30 p m", "three thirty p m"),
        ("from 3.30 to 4.15 pm", "from three thirty to four fifteen p m"),
        ("3.30-4.30 pm", "three thirty to four thirty p m"),
        ("open 9-5.30pm", "open nine to five thirty p m"),
        ("15:30-16:45", "fifteen thirty to sixteen forty five"),
        ("3.30-4.30", "three point three zero to four point three zero"),
        ("3.30 metres", "three point three zero metres"),
        ("2000 and 8", "two thousand and eight"),
        ("Version 2.0 point 1", "version two point zero point one"),
        ("the nineteen eighties", "the nineteen eighties"),
    ],
)
def test_the_lexical_form_of_a_rewrite_has_the_words_as_they_are_spoken(recognised, lexical):
    assert forms(recognised).lexical == lexical


def test_the_words_of_a_time_and_its_half_are_tokens_of_their_own():
    tokens = forms("at three thirty p m").tokens
    assert [(token.first, token.last, token.display) for token in tokens] == [
        (0, 1, "at"),
        (1, 3, "3:30"),
        (3, 5, "PM"),
    ]


@pytest.mark.parametrize(("spoken", "display"), DISPLAY)
def test_number_words_are_written_in_digits_where_azure_writes_digits(spoken, display):
    assert forms(spoken).display == display


ITN = [
    ("Dr. Smith paid $5.50 at 5:30 p.m.", "dr smith paid $5.50 at 5:30 pm"),
    ("June 5th, 2020; yes.", "june 5th 2020 yes"),
    ("A t-shirt, please!", "a t-shirt please"),
    ("It costs 1,000.50 dollars.", "it costs $1,000.50"),
    ("He said \u2014 \u201cno.\u201d", "he said no"),
    ("Visit example.com.", "visit example.com"),
    ("twenty-five, or 25", "25 or 25"),
    ("No. 5", "no 5"),
    ("Q&A & more", "q&a & more"),
    ("three thirty pm", "3:30 pm"),
]


@pytest.mark.parametrize(("written", "itn"), ITN)
def test_itn_is_lower_case_written_form_without_sentence_punctuation(written, itn):
    assert forms(written).itn == itn


def test_the_sentence_of_the_contract_has_its_four_forms():
    found = forms(
        "Dr. Smith paid $5.50 at 5:30 p.m. on June 5th, 2020; twenty five per cent said no."
    )
    assert found.lexical == (
        "doctor smith paid five dollars fifty cents at five thirty p m on june fifth "
        "twenty twenty twenty five percent said no"
    )
    assert found.itn == "dr smith paid $5.50 at 5:30 pm on june 5th 2020 25% said no"
    assert found.masked_itn == found.itn
    assert found.display == ("Dr. Smith paid $5.50 at 5:30 p.m. on June 5th, 2020; 25% said no.")


PROSE = [
    "One of them left early, and no one noticed.",
    "She has two sisters and three brothers.",
    "I have told you a hundred times.",
    "Thousands of people came to the square.",
    "It was one thing after another.",
    "At first, I thought the second door was locked.",
    "He came in first, she came second, and I was third.",
    "Two thirds of the class agreed.",
    "They walked two by two.",
    "For the third time this week, it rained.",
    "May I come in?",
    "March on, said the general, and they did.",
    "On the one hand, yes; on the other hand, no.",
    "We will be back in a second.",
    "There is more than one way to do it.",
    "Oh, I see what you mean.",
    "Five or six of us will go.",
    "He has a million ideas.",
    "One, two, three, go!",
    "I'd rather not, if it's all the same to you.",
    "Mrs. Dalloway said she would buy the flowers herself.",
    "\u201cCome here,\u201d he said, \u201cand sit down.\u201d",
    "We need to talk about this \u2014 today.",
    "The well-known author lives in St. Louis.",
    "No, that's not what I meant...",
    "A dot of paint fell on the floor.",
    "They are at one with nature.",
    "He gave me a double portion.",
    "Point taken, but let's move on.",
    "At one point a man came in.",
    "There is one point second to none.",
    "The first day of the rest of your life.",
    "It takes two to tango.",
    "What on earth? Nobody told me!",
    "You and I are one.",
    "Meet me at the corner of Fifth Avenue.",
]


@pytest.mark.parametrize("sentence", PROSE)
def test_ordinary_prose_is_displayed_as_it_was_recognised(sentence):
    assert forms(sentence).display == sentence


def test_the_region_decides_whether_the_day_comes_first():
    assert forms("on 6/5/2020", "en-GB").lexical == "on may sixth twenty twenty"
    assert forms("on 6/5/2020", "en-US").lexical == "on june fifth twenty twenty"


def test_a_token_knows_which_words_it_covers():
    tokens = forms("It took twenty five per cent more.").tokens
    assert [(token.first, token.last) for token in tokens] == [(0, 1), (1, 2), (2, 6), (6, 7)]
    assert tokens[2].lexical == ("twenty", "five", "percent")
    assert (tokens[2].itn, tokens[2].display) == ("25%", "25%")


def test_a_token_of_punctuation_has_neither_lexical_nor_itn():
    token = forms("Well \u2014 yes.").tokens[1]
    assert (token.lexical, token.itn, token.display) == ((), "", "\u2014")
