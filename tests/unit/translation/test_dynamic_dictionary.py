"""A translation that the client gives stands in the text, word for word.

https://learn.microsoft.com/azure/ai-services/translator/dynamic-dictionary
"""

import pytest

from shared.translation.dynamic_dictionary import (
    find_entries,
    mask,
    replace_with_content,
    translate_plain_text,
)
from shared.translation.markup import translate_html

NAME = '<mstrans:dictionary translation="wordomatic">word or phrase</mstrans:dictionary>'


def shout(texts):
    return [text.strip().upper() for text in texts]


BOTH = [
    (f"The word {NAME} is a dictionary entry.", "THE WORD wordomatic IS A DICTIONARY ENTRY."),
    (NAME, "wordomatic"),
    (f"{NAME} and {NAME}.", "wordomatic AND wordomatic."),
    (f"{NAME}{NAME}", "wordomaticwordomatic"),
    (f"One. Two {NAME}. Three.", "ONE. TWO wordomatic. THREE."),
    (f"({NAME})", "(wordomatic)"),
    ("a <MsTrans:Dictionary TRANSLATION='x y'>b</MSTRANS:DICTIONARY> c", "A x y C"),
    ('a < mstrans:dictionary translation ="x">b</mstrans:dictionary> c', "A x C"),
    ("a <mstrans:dictionary\n translation = x >b</mstrans:dictionary > c", "A x C"),
    ('a <mstrans:dictionary translation="x"></mstrans:dictionary> c', "A x C"),
    ('a <mstrans:dictionary translation="x"/> c', "A x C"),
    ('a <mstrans:dictionary id="1" translation="x > y">b</mstrans:dictionary> c', None),
    ('a <mstrans:dictionary translation="\'x\'">b</mstrans:dictionary> c', "A 'x' C"),
    ('a <mstrans:dictionary translation="&quot;x&quot;">b</mstrans:dictionary> c', 'A "x" C'),
    ('a <mstrans:dictionary translation="x"><b>b</b> and <i>c</i></mstrans:dictionary>', "A x"),
    (f'a <mstrans:dictionary translation="x">b {NAME} c</mstrans:dictionary> d', "A x D"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "translation"), BOTH)
def test_the_given_translation_stands_in_plain_text(source, translation):
    assert translate_plain_text([source], shout) == [translation or "A x > y C"]


@pytest.mark.parametrize(("source", "translation"), BOTH)
def test_the_given_translation_stands_in_html(source, translation):
    assert translate_html([source], shout) == [translation or "A x &gt; y C"]


def test_html_stays_html():
    given = '<mstrans:dictionary translation="Salz &amp; <Pfeffer>">salt</mstrans:dictionary>'
    assert translate_html([f"<p>Eat <b>{given}</b> &amp; go</p>"], shout) == [
        "<p>EAT <b>Salz &amp; &lt;Pfeffer&gt;</b> &amp; GO</p>"
    ]
    assert translate_plain_text([f"Eat {given} & go"], shout) == ["EAT Salz & <Pfeffer> & GO"]


@pytest.mark.parametrize(
    "kept", [f"<i translate=no>a {NAME}</i>", f"<!-- {NAME} -->", f"<pre>{NAME}</pre>"]
)
def test_elements_stay_where_html_is_not_translated(kept):
    assert translate_html([f"Go {kept} now"], shout) == [f"GO {kept} NOW"]


MALFORMED = [
    'a <mstrans:dictionary translation="x">b c',
    "a b</mstrans:dictionary> c",
    "a <mstrans:dictionary>b</mstrans:dictionary> c",
    'a <mstrans:dictionary translation="">b</mstrans:dictionary> c',
    'a <mstrans:dictionary translation="x>b</mstrans:dictionary> c',
    'a <mstrans:dictionaryx translation="x">b</mstrans:dictionary> c',
    "a <mstrans:dictionary",
    'a <b translation="x">b</b> c',
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_element_is_text(text):
    assert find_entries(text) == []
    assert translate_plain_text([text], shout) == [text.upper()]


def test_an_element_within_one_without_an_end_counts():
    assert translate_plain_text([f"<mstrans:dictionary translation='y'>a {NAME}"], shout) == [
        "<MSTRANS:DICTIONARY TRANSLATION='Y'>A wordomatic"
    ]


@pytest.mark.parametrize("translate", [translate_plain_text, translate_html])
@pytest.mark.parametrize(
    ("source", "written", "translation"),
    [
        # Chinese joins words, German parts them.
        (f"打开{NAME}菜单", {"打开": "Öffne", "菜单": "Menü"}, "Öffne wordomatic Menü"),
        (f"打开{NAME}。", {"打开": "Öffne", "。": "."}, "Öffne wordomatic."),
        (
            'Open the <mstrans:dictionary translation="文件">file</mstrans:dictionary> menu',
            {"Open the ": "打开", " menu": "菜单"},
            "打开文件菜单",
        ),
        (f"Open {NAME} now", {"Open ": "打开", " now": "现在"}, "打开 wordomatic 现在"),
        (f"開く{NAME}を", {"開く": "열다", "を": "를"}, "열다 wordomatic 를"),
        (f"un{NAME}able", {"un": "un", "able": "able"}, "unwordomaticable"),
    ],
)
def test_spaces_are_those_of_the_language(translate, source, written, translation):
    assert translate([source], lambda texts: [written.get(text, "") for text in texts]) == [
        translation
    ]


def test_all_texts_go_in_one_call_and_the_given_translation_in_none():
    calls = []

    def translate(texts):
        calls.append(list(texts))
        return shout(texts)

    assert translate_plain_text([f"One {NAME}.", "  Two  "], translate) == [
        "ONE wordomatic.",
        "TWO",
    ]
    assert calls == [["One ", ".", "  Two  "]]


def test_detection_reads_the_content_and_sentences_end_outside_of_the_elements():
    given = '<mstrans:dictionary translation="St. Mary Inc.">Ann. Bob</mstrans:dictionary>'
    assert replace_with_content(f"Ask {given}. Go.") == "Ask Ann. Bob. Go."
    masked = mask(f"Ask {given}. Go.")
    assert len(masked) == len(f"Ask {given}. Go.")
    assert masked.count(".") == 2
