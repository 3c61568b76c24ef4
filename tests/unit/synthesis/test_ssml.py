"""SSML as a script: voices, styles, pauses, pronunciations, refusals."""

import pytest

from shared.errors import MalformedSsml
from shared.synthesis.ssml import Passage, VoiceStyle, read_ssml
from shared.synthesis.synthesizer import Span

JENNY = "en-US-JennyNeural"


def spoken(inside, voice=JENNY):
    """Script of the content of one voice element."""
    speak = f"<speak xml:lang='en-US'><voice name='{voice}'>{inside}</voice></speak>"
    return read_ssml(speak.encode())


def texts(script):
    return [
        "".join(span.text for span in part.spans) if isinstance(part, Passage) else part.duration_s
        for part in script
    ]


def test_the_documents_own_example_is_one_passage():
    """Namespaces and gender are there, and mean nothing more than the name."""
    script = read_ssml(
        b"<?xml version='1.0' encoding='utf-8'?><speak version='1.0' xml:lang='en-US' "
        b"xmlns='http://www.w3.org/2001/10/synthesis' xmlns:mstts='http://www.w3.org/2001/mstts'>"
        b"<voice xml:lang='en-US' xml:gender='Female' name='en-US-JennyNeural'>"
        b"Hi &amp; bye.</voice></speak>"
    )
    style = VoiceStyle(voice=JENNY, voice_locale="en-US", gender="female")
    assert script == (Passage((Span("Hi & bye."),), style),)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("One <break time='200ms'/> two", ["One ", 0.2, " two"]),
        ("One<break strength='weak'/>two<break/>three", ["One", 0.5, "two", 0.75, "three"]),
        ("<p>First</p><p>Second</p>", ["First", 0.5, "Second", 0.5]),
        ("<s>First</s><s>Second</s>", ["First", "Second"]),
        ("A <emphasis>strong</emphasis> word", ["A strong word"]),
        ("<mstts:express-as style='chat'>So</mstts:express-as> what", ["So what"]),
        ("<unheard-of>kept</unheard-of><bookmark mark='x'/>", ["kept"]),
        ("<audio src='http://10.0.0.1/x.wav'>instead</audio>", ["instead"]),
        ("the <sub alias='World Wide Web'>W3</sub>", ["the World Wide Web"]),
        ("<say-as interpret-as='characters'>ab1</say-as>", ["a, b, 1"]),
        ("<say-as interpret-as='telephone'>555-12</say-as>", ["5 5 5, 1 2"]),
        ("the <say-as interpret-as='ordinal'>22</say-as>", ["the 22nd"]),
        ("the <say-as interpret-as='ordinal'>11</say-as>", ["the 11th"]),
        ("<say-as interpret-as='date' format='mdy'>5/6</say-as>", ["5/6"]),
        ("  \n ", []),
    ],
)
def test_elements_become_text_and_pauses(inside, expected):
    assert texts(spoken(inside)) == expected


def test_an_ordinal_is_written_as_the_language_of_the_voice_wants():
    """`3rd` would be read letter by letter in Spanish."""
    ordinal = "<say-as interpret-as='ordinal'>3</say-as>"
    assert texts(spoken(ordinal, "es-ES-ElviraNeural")) == ["3º"]
    assert texts(spoken(ordinal, "de-DE-KatjaNeural")) == ["3"]


def test_a_phoneme_stays_with_its_word():
    (passage,) = spoken("a <phoneme alphabet='ipa' ph='təˈmeɪtoʊ'>tomato</phoneme> soup")
    assert passage.spans == (Span("a "), Span("tomato", "təˈmeɪtoʊ"), Span(" soup"))


def test_a_phoneme_of_another_alphabet_is_read_as_text():
    (passage,) = spoken("<phoneme alphabet='sapi' ph='t ah'>tomato</phoneme>")
    assert passage.spans == (Span("tomato"),)


def test_prosody_adds_up_and_ends_with_its_element():
    """Half as fast again, and half of that; 6 dB down."""
    outer, inner, after = spoken(
        "<prosody rate='1.5' volume='-6dB'>a"
        "<prosody rate='-50%' pitch='+12st'>b</prosody></prosody>c"
    )
    assert (outer.style.speed, outer.style.gain_db) == (1.5, -6.0)
    assert (inner.style.speed, inner.style.pitch, inner.style.gain_db) == (0.75, 1.5, -6.0)
    assert (after.style.speed, after.style.gain_db) == (1.0, 0.0)


def test_nested_prosody_stays_within_the_range_of_a_voice():
    """60 times one and a half would be a rate of 10^15 Hz."""
    louder = "<prosody rate='3' pitch='+12st' volume='+20dB'>"
    (passage,) = spoken(louder * 60 + "a" + "</prosody>" * 60)
    style = passage.style
    assert (style.speed, style.pitch, style.gain_db) == (3.0, 1.5, 20.0)


@pytest.mark.parametrize(
    ("element", "refused"),
    [
        ("<prosody rate='{}'>a</prosody>", "rate has more than 100"),
        ("<break time='{}'/>", "time has more than 100"),
        ("<sub alias='{}'>a</sub>", "alias has more than 1000"),
        ("<phoneme ph='{}'>a</phoneme>", "ph has more than 1000"),
    ],
)
def test_an_attribute_that_is_too_long_is_refused(element, refused):
    with pytest.raises(MalformedSsml, match=refused):
        spoken(element.format("1" * 1_001))


def test_attributes_that_are_not_read_may_be_long():
    assert texts(spoken(f"<bookmark mark='{'m' * 2_000}'/>a")) == ["a"]


def test_an_ordinal_of_thousands_of_digits_is_said_as_it_is_written():
    number = "3" * 5_000
    (said,) = texts(spoken(f"<say-as interpret-as='ordinal'>{number}</say-as>"))
    assert said == f"{number}rd"


def test_lang_changes_the_language_and_not_the_voice():
    _, french, _ = spoken("I say <lang xml:lang='fr-FR'>bonjour</lang> to you")
    assert (french.style.voice, french.style.language) == (JENNY, "fr-FR")


def test_several_voices_speak_in_turn():
    script = read_ssml(
        b"<speak xml:lang='en-US'><voice name='a'>One</voice><voice name='b'>Two</voice></speak>"
    )
    assert [part.style.voice for part in script] == ["a", "b"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"Hello",
        b"<speak><voice name='x'>Hello</speak>",
        b"<speak xml:lang='en-US'>No voice</speak>",
        b"<voice name='x'>No speak</voice>",
        b"<speak><voice name='x'>&nbsp;</voice></speak>",
        b"<speak><voice name='x'>\xff</voice></speak>",
        b"<?xml version='1.0' encoding='klingon'?><speak><voice name='x'>a</voice></speak>",
        b"<speak>" + b"<voice name='x'>a</voice>" * 51 + b"</speak>",
        b"<speak><voice name='x'>" + b"<p>" * 100 + b"</p>" * 100 + b"</voice></speak>",
    ],
    ids=range(10),
)
def test_a_document_that_is_no_ssml_is_refused(document):
    with pytest.raises(MalformedSsml):
        read_ssml(document)


@pytest.mark.parametrize(
    "declared",
    [
        b"<!DOCTYPE speak>",
        b"<!DOCTYPE speak [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
        b"<!DOCTYPE speak [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        b"<!DOCTYPE speak SYSTEM 'http://10.0.0.1/speak.dtd'>",
        b"<!DOCTYPE speak [<!ENTITY % p SYSTEM 'http://10.0.0.1/p'> %p;]>",
    ],
)
def test_a_document_type_is_refused_before_anything_of_it_is_read(declared):
    """No entity is expanded, no file and no address is read."""
    with pytest.raises(MalformedSsml, match="document type"):
        read_ssml(declared + b"<speak><voice name='x'>&x;&b;</voice></speak>")


def test_a_refusal_tells_the_place_and_not_the_text():
    with pytest.raises(MalformedSsml) as refused:
        read_ssml(b"<speak><voice name='x'>Zanzibar</speak>")
    assert str(refused.value) == "The SSML is not well-formed XML (line 1, column 33)."
    assert refused.value.__context__ is None
