"""Four times the text takes about four times the time, whatever a client writes.

Each work is tried as a whole: patterns can be linear and what is done around them not.
"""

import pytest
from growth import grows_too_fast
from starlette.datastructures import QueryParams

from functions.api.translator.answers import TranslatedText, version_3_answer
from functions.api.translator.request import read_translation
from shared.errors import MalformedSsml
from shared.synthesis import sentences as spoken_sentences
from shared.synthesis.ssml import Passage, read_ssml
from shared.translation.dynamic_dictionary import translate_plain_text
from shared.translation.markup import translate_html
from shared.translation.sentences import split_sentences

FEW, MANY = 12_000, 48_000

TEXTS = [
    ".", "...... ", "Mr. ", "Mr", "Mr.", ". ", '."', ")", "\n", " \n", "\n ", "a。", "。", "」",
    "? a", "?! A", "a, ", ",", "a", "\u3000",
]  # fmt: skip
MARKUP = [
    "<", "<a", "<a ", "<!--", "<!-", "-->", "<pre>", "<script>", "<a translate=no ", "</a",
    "<a translate=no>", "<b><a translate=no></b>", "<pre></pre", "<a title='", "<a title=\"'>",
    '<a ">"', "<a b=", "<script></script>", "<!", "<pre><!--</pre>-->", "&#1", "&amp", "&",
    "<a a=\"b' >", "<i class=notranslate><i>",
]  # fmt: skip
ENTRIES = [
    "<mstrans:dictionary ", "<mstrans:dictionary>", "<mstrans:dictionary translation='x'>",
    "</mstrans:dictionary>", '<mstrans:dictionary a="', "<mstrans:dictionary a=\"' ", "< ", "</ ",
    "<mstrans:dictionary translation=x>a</mstrans:dictionary>", "<mstrans:dictionary a='\" b='>",
]  # fmt: skip


def repeated(unit, length, end="x"):
    return unit * (length // len(unit)) + end


def read(document):
    """Script of a document, or its refusal."""
    try:
        script = read_ssml(document)
    except MalformedSsml:
        return
    for part in script:
        if isinstance(part, Passage):
            list(spoken_sentences.split_sentences(part.spans))


def ssml(inside):
    return f"<speak><voice name='x'>{inside}</voice></speak>".encode()


def assert_linear(work, unit, wrap=lambda text: text):
    few, many = (wrap(repeated(unit, length)) for length in (FEW, MANY))
    assert not grows_too_fast(lambda: work(few), lambda: work(many))


@pytest.mark.parametrize("unit", TEXTS, ids=repr)
def test_sentences_to_be_spoken(unit):
    assert_linear(read, unit, ssml)


@pytest.mark.parametrize("unit", TEXTS, ids=repr)
def test_sentences_to_be_translated(unit):
    assert_linear(split_sentences, unit)


@pytest.mark.parametrize("unit", MARKUP, ids=repr)
def test_markup_to_be_translated(unit):
    assert_linear(lambda text: translate_html([text], list), unit)


@pytest.mark.parametrize("unit", ENTRIES, ids=repr)
def test_entries_of_a_dictionary(unit):
    assert_linear(lambda text: translate_plain_text([text], list), unit)
    assert_linear(lambda text: translate_html([text], list), unit)


@pytest.mark.parametrize(
    "element",
    [
        "<prosody rate='{}'>a</prosody>",
        "<prosody pitch='{}'>a</prosody>",
        "<prosody volume='{}'>a</prosody>",
        "<break time='{}'/>",
        "<sub alias='{}'>a</sub>",
        "<phoneme ph='{}'>a</phoneme>",
        "<lang xml:lang='{}'>a</lang>",
        "<say-as interpret-as='ordinal'>{}</say-as>",
        "<say-as interpret-as='characters'>{}</say-as>",
        "<say-as interpret-as='telephone'>{}</say-as>",
    ],
)
@pytest.mark.parametrize("unit", ["1", ".", "1 ", " ", "(a,"])
def test_attributes_and_what_is_said_as_something(element, unit):
    assert_linear(read, unit, lambda text: ssml(element.format(text)))


@pytest.mark.parametrize("unit", ["<b/>", "<p>a.</p>", "<s>a", "<break/>", "&amp;", "<!---->"])
def test_elements(unit):
    assert_linear(read, unit, ssml)


@pytest.mark.parametrize("unit", [".", "Mr. ", "a. ", "\n"])
def test_lengths_of_sentences(unit):
    def answer(text):
        query = QueryParams("from=en&to=en&includeSentenceLength=true")
        asked = read_translation("3.0", query, f'[{{"Text": "{text}"}}]'.encode())
        return version_3_answer(asked, [TranslatedText(None, (asked.texts[0].text,))])

    assert_linear(answer, unit.replace("\n", "\\n"))
