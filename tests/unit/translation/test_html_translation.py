"""Tags stay, text between them is translated."""

import pytest

from shared.translation.markup import translate_html

CASES = [
    ("Hello", "HELLO"),
    ("<p>Hello <b>you</b></p>", "<p>HELLO <b>YOU</b></p>"),
    ('<a href="https://hello.example">Hello</a> again',
     '<a href="https://hello.example">HELLO</a> AGAIN'),
    ("Salt &amp; pepper &lt; 5", "SALT &amp; PEPPER &lt; 5"),
    ("<script>hello()</script>Hello<!-- you -->", "<script>hello()</script>HELLO<!-- you -->"),
    ('Drink <span class="notranslate">Hello <b>Cola</b></span>',
     'DRINK <span class="notranslate">Hello <b>Cola</b></span>'),
    ("Use <i translate=no>hello</i><br/>now", "USE <i translate=no>hello</i><br/>NOW"),
    ('<a title="a > b">Hello</a>', '<a title="a > b">HELLO</a>'),
    ("<p class='big notranslate'>Hello</p>you", "<p class='big notranslate'>Hello</p>YOU"),
    ("<div translate=no>a<div>b</div>c</div>d", "<div translate=no>a<div>b</div>c</div>D"),
    ("<br class=notranslate>Hello", "<br class=notranslate>HELLO"),
    ("<i translate=no>Hello", "<i translate=no>HELLO"),
    ("<i translate=no><i translate=no>a</i>b", "<i translate=no><i translate=no>a</i>B"),
    ("<script>if (a<b) '</p>'</script>a", "<script>if (a<b) '</p>'</script>A"),
    ("Don't <b>go</b> \"now", "DON'T <b>GO</b> \"NOW"),
    ('<p title="it>Hello</p>', '<p title="it>HELLO</p>'),
    ("Hello <b", "HELLO &lt;B"),
    ("Hello <!-- you", "HELLO <!-- you"),
    ("a &#" + "1" * 5_000 + "; b", "A \ufffd B"),
    ("2 < 3 and 4 > 1", "2 &lt; 3 AND 4 &gt; 1"),
    ("", ""),
]  # fmt: skip


def shout(texts):
    return [text.strip().upper() for text in texts]


@pytest.mark.parametrize(("source", "translation"), CASES)
def test_tags_stay_and_text_is_translated(source, translation):
    assert translate_html([source], shout) == [translation]


def test_all_texts_go_in_one_call():
    calls = []

    def translate(texts):
        calls.append(list(texts))
        return shout(texts)

    assert translate_html(["<b>One</b>", "Two"], translate) == ["<b>ONE</b>", "TWO"]
    assert calls == [["", "One", "", "Two"]]
