"""Translator's routes on a scripted chain: both versions of the contract, and their errors."""

import json

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.errors import TranslationUnavailable
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.languages import all_languages
from shared.translation.translator import ScriptedTranslator

KEY = "k"
LATER = "2026-06-06"
PAIRS = {("en", "es"), ("en", "de"), ("es", "en"), ("en", "pt-pt")}


def detect(texts, _likely):
    """Spanish where there is an upside-down mark, sure of it; else English, unsure."""
    return [
        DetectedLanguage("es", 0.99) if "¿" in text else DetectedLanguage("en", 0.4)
        for text in texts
    ]


def client_of(translator, queue_limit=100):
    app = create_app(
        Settings(keys=(KEY,), queue_limit=queue_limit),
        ScriptedTranscriber(),
        translators=TranslatorChain([translator], detect),
    )
    client = TestClient(app)
    client.headers["Ocp-Apim-Subscription-Key"] = KEY
    return client


@pytest.fixture
def translator():
    return ScriptedTranslator(PAIRS)


@pytest.fixture
def client(translator):
    return client_of(translator)


def version_3(client, body, path="/translate", **query):
    return client.post(path, params={"api-version": "3.0"} | query, json=body)


def later(client, **given):
    body = {
        "inputs": [{"text": "Hello", "language": "en", "targets": [{"language": "es"}]} | given]
    }
    return client.post("/translate", params={"api-version": LATER}, json=body)


def error_of(answer):
    """Status and the six digits."""
    assert answer.json().keys() == {"error"}
    return answer.status_code, answer.json()["error"]["code"]


def test_version_3_answers_an_array_in_the_order_of_texts_and_targets(client):
    answer = version_3(
        client, [{"Text": "Hello"}, {"Text": "You"}], **{"from": "en"}, to=["de", "es"]
    )
    assert answer.json() == [
        {"translations": [{"text": "de: Hello", "to": "de"}, {"text": "es: Hello", "to": "es"}]},
        {"translations": [{"text": "de: You", "to": "de"}, {"text": "es: You", "to": "es"}]},
    ]


def test_later_versions_answer_an_object(client):
    assert later(client).json() == {
        "value": [
            {"translations": [{"language": "es", "text": "es: Hello", "sourceCharacters": 5}]}
        ]
    }


def test_the_language_is_detected_where_none_is_given(client):
    (answer,) = version_3(client, [{"Text": "¿Qué?"}], to="en").json()
    assert answer == {
        "detectedLanguage": {"language": "es", "score": 0.99},
        "translations": [{"text": "en: ¿Qué?", "to": "en"}],
    }
    (later_one,) = later(client, text="¿Qué?", language=None, targets=[{"language": "en"}]).json()[
        "value"
    ]
    assert later_one["detectedLanguage"] == {"language": "es", "score": 0.99}


def test_a_suggested_language_counts_where_detection_is_unsure(client):
    (answer,) = version_3(client, [{"Text": "Si"}], to="en", suggestedFrom="es").json()
    assert answer["detectedLanguage"]["language"] == "es"


def test_texts_of_one_pair_are_translated_together(client, translator):
    version_3(client, [{"Text": "Hello"}, {"Text": "¿Qué?"}, {"Text": "You"}], to="es")
    assert translator.requests == [(("Hello", "You"), "en", "es")]


@pytest.mark.parametrize("asked", ["PT-PT", "pt-pt", "pt-PT"])
def test_a_target_comes_back_as_it_was_written(client, asked):
    (answer,) = version_3(client, [{"Text": "Hello"}], **{"from": "EN"}, to=asked).json()
    assert answer["translations"][0]["to"] == asked


@pytest.mark.parametrize(
    "query", [{"to": "de,es"}, {"To": ["de", "es"]}, {"to": ["de,", "es"], "API-VERSION": "3.0"}]
)
def test_names_of_parameters_and_lists_are_written_in_several_ways(client, query):
    answer = client.post("/translate", params={"api-version": "3.0"} | query, json=[{"text": "Hi"}])
    assert [one["to"] for one in answer.json()[0]["translations"]] == ["de", "es"]


def test_tags_are_kept_where_the_text_is_html(client):
    (answer,) = version_3(
        client, [{"Text": "<b>Hello</b>"}], **{"from": "en"}, to="es", textType="html"
    ).json()
    assert answer["translations"][0]["text"] == "<b>es: Hello</b>"
    (later_one,) = later(client, text="<b>Hello</b>", textType="Html").json()["value"]
    assert later_one["translations"][0]["text"] == "<b>es: Hello</b>"


def test_lengths_of_sentences_are_in_the_answer_on_request(client):
    (answer,) = version_3(
        client, [{"Text": "Hi. You!"}], **{"from": "en"}, to="es", includeSentenceLength="true"
    ).json()
    assert answer["translations"][0]["sentLen"] == {"srcSentLen": [4, 4], "transSentLen": [8, 4]}


def test_headers_are_those_that_clients_read(client):
    answer = version_3(client, [{"Text": "Hello"}], to=["de", "es"])
    assert answer.headers["x-metered-usage"] == "5"
    assert answer.headers["x-mt-system"]
    assert answer.headers["x-requestid"] == answer.headers["apim-request-id"]


@pytest.mark.parametrize(
    "path",
    ["/translator/text/v3.0/translate", "/translate/", "/Translator/text/v2026-06-06/translate"],
)
def test_the_paths_of_custom_domains_lead_here(client, path):
    assert version_3(client, [{"Text": "Hello"}], path, to="es").status_code == 200


def test_languages_are_detected(client):
    answer = version_3(client, [{"Text": "¿Qué?"}, {"Text": "What?"}], "/detect")
    assert answer.json() == [
        {"language": "es", "score": 0.99, "isTranslationSupported": True,
         "isTransliterationSupported": False},
        {"language": "en", "score": 0.4, "isTranslationSupported": True,
         "isTransliterationSupported": False},
    ]  # fmt: skip


def test_sentences_are_found_with_the_white_space_behind_them(client, translator):
    texts = [{"text": "How are you? I am fine. What did you do today?"}, {"text": "¿Qué?"}]
    lengths = [{"sentLen": [13, 11, 22]}, {"sentLen": [5]}]
    answer = version_3(client, texts, "/breaksentence", language="en", script="Latn")
    assert (answer.status_code, answer.json()) == (200, lengths)
    detected = [{"language": "en", "score": 0.4}, {"language": "es", "score": 0.99}]
    answer = version_3(client, texts, "/translator/text/v3.0/breaksentence")
    assert answer.json() == [
        {"detectedLanguage": language, **sentences}
        for language, sentences in zip(detected, lengths, strict=True)
    ]
    refused = version_3(client, texts, "/breaksentence", language="xx")
    assert error_of(refused) == (400, 400003)
    assert error_of(version_3(client, [], "/breaksentence")) == (400, 400005)
    assert translator.requests == []


@pytest.mark.parametrize("path", ["/Detect", "/Breaksentence", "/translator/text/V3.0/DETECT"])
def test_paths_ignore_case_as_the_first_definition_wrote_them(client, path):
    assert version_3(client, [{"Text": "Hello"}], path).status_code == 200


def test_languages_are_listed_without_a_key(client):
    del client.headers["Ocp-Apim-Subscription-Key"]
    answer = client.get("/languages", params={"api-version": "3.0"})
    assert answer.json() == {
        "translation": {
            "de": {"name": "German", "nativeName": "Deutsch", "dir": "ltr"},
            "en": {"name": "English", "nativeName": "English", "dir": "ltr"},
            "es": {"name": "Spanish", "nativeName": "español", "dir": "ltr"},
            "pt-pt": {"name": "Portuguese (Portugal)", "nativeName": "português (Portugal)",
                      "dir": "ltr"},
        },
        "transliteration": {},
        "dictionary": {},
    }  # fmt: skip
    again = client.get(
        "/languages",
        params={"api-version": "3.0"},
        headers={"If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304


def test_later_versions_list_models_and_one_scope(client):
    answer = client.get("/languages", params={"api-version": LATER, "scope": "translation"}).json()
    assert answer.keys() == {"translation", "models"}
    assert answer["translation"]["de"]["models"] == answer["models"] == ["general"]


def test_an_unknown_scope_has_its_own_code(client):
    answer = client.get("/languages", params={"api-version": "3.0", "scope": "translation,x"})
    assert error_of(answer) == (400, 400001)
    assert answer.headers["x-requestid"] == answer.headers["apim-request-id"]


def test_a_target_that_is_requested_twice_is_answered_once(client):
    answer = version_3(client, [{"Text": "Hello"}], **{"from": "en"}, to=["es,de", "ES", "es"])
    assert [one["to"] for one in answer.json()[0]["translations"]] == ["es", "de"]
    (later_one,) = later(client, targets=[{"language": "es"}] * 2_000).json()["value"]
    assert [one["language"] for one in later_one["translations"]] == ["es"]


def test_texts_times_targets_are_bounded_also_where_no_text_has_a_character(client):
    """500 empty texts to two languages are 1 000 translations, 501 are too many."""
    query = {"from": "en", "to": "es,de"}
    answer = version_3(client, [{"Text": ""}] * 500, **query)
    assert sum(len(text["translations"]) for text in answer.json()) == 1_000
    assert error_of(version_3(client, [{"Text": ""}] * 501, **query)) == (400, 400072)
    targets = [{"language": "es"}, {"language": "de"}]
    inputs = [{"text": "", "language": "en", "targets": targets}] * 501
    answer = client.post("/translate", params={"api-version": LATER}, json={"inputs": inputs})
    assert error_of(answer) == (400, 400072)


def test_more_than_100_targets_are_refused(client):
    codes = [language.code for language in all_languages()]
    assert len(codes) > 100
    answer = version_3(client, [{"Text": "Hi"}], **{"from": "en"}, to=",".join(codes))
    assert error_of(answer) == (400, 400072)
    assert error_of(later(client, targets=[{"language": code} for code in codes])) == (400, 400072)


@pytest.mark.parametrize("query", [{}, {"allowFallback": "true"}])
def test_the_general_system_stands_in_for_a_custom_one_unless_that_is_ruled_out(client, query):
    general = version_3(client, [{"Text": "Hello"}], to="es", **{"from": "en"})
    answer = version_3(
        client, [{"Text": "Hello"}], to="es", **{"from": "en", "category": "mine"}, **query
    )
    assert (answer.status_code, answer.json()) == (200, general.json())
    target = {"language": "es", "deploymentName": "gpt-4o"}
    target |= dict.fromkeys(query, True)
    assert later(client, targets=[target]).json() == later(client).json()


NO_FALLBACK = {"language": "es", "deploymentName": "gpt-4o", "allowFallback": False}
REFUSED = [
    ({"query": {"api-version": ""}}, (400, 400021)),
    ({"query": {"api-version": "2.0"}}, (400, 400021)),
    ({"query": {"to": "xx"}}, (400, 400036)),
    ({"query": {"to": ""}}, (400, 400036)),
    ({"query": {"from": "xx"}}, (400, 400035)),
    ({"query": {"from": "de"}}, (400, 400023)),
    ({"query": {"textType": "rtf"}}, (400, 400071)),
    ({"query": {"profanityAction": "Marked"}}, (400, 400000)),
    ({"query": {"toScript": "Latn"}}, (400, 400080)),
    ({"query": {"category": "mine", "allowFallback": "False"}}, (400, 400079)),
    ({"body": b"[{"}, (400, 400074)),
    ({"body": b"[]"}, (400, 400005)),
    ({"body": b'{"Text": "Hello"}'}, (400, 400005)),
    ({"body": b'[{"Text": 5}]'}, (400, 400005)),
    ({"body": b'[{"Text": "\\ud800"}]'}, (400, 400074)),
    ({"body": json.dumps([{"Text": "x"}] * 1001).encode()}, (400, 400072)),
    ({"body": json.dumps([{"Text": "x" * 50_001}]).encode()}, (400, 400050)),
    ({"body": b" " * 1_000_001}, (400, 400077)),
    ({"headers": {"Content-Type": "text/plain"}}, (415, 415000)),
    ({"headers": {"Ocp-Apim-Subscription-Key": "wrong"}}, (401, 401000)),
]  # fmt: skip


@pytest.mark.parametrize(("change", "error"), REFUSED)
def test_an_error_has_translators_code(client, change, error):
    answer = client.post(
        "/translate",
        params={"api-version": "3.0", "from": "en", "to": "es"} | change.get("query", {}),
        content=change.get("body", b'[{"Text": "Hello"}]'),
        headers={"Content-Type": "application/json"} | change.get("headers", {}),
    )
    assert error_of(answer) == error


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"targets": []}, (400, 400036)),
        ({"targets": [{"language": "xx"}]}, (400, 400036)),
        ({"targets": [NO_FALLBACK]}, (400, 400079)),
        ({"targets": [{**NO_FALLBACK, "allowFallback": "false"}]}, (400, 400079)),
        ({"targets": [{"language": "es", "script": "Latn"}]}, (400, 400080)),
        ({"language": "xx"}, (400, 400035)),
        ({"text": None}, (400, 400005)),
        ({"textType": "Rtf"}, (400, 400071)),
    ],
)
def test_later_versions_have_the_same_codes(client, given, error):
    assert error_of(later(client, **given)) == error


def test_no_key_is_refused_in_translators_shape(client):
    del client.headers["Ocp-Apim-Subscription-Key"]
    answer = version_3(client, [{"Text": "Hello"}], to="es")
    assert error_of(answer) == (401, 401000)
    assert answer.headers["www-authenticate"]


def test_one_pair_without_a_translator_refuses_all_before_any_work(client, translator):
    answer = version_3(client, [{"Text": "Hello"}], **{"from": "en"}, to=["es", "fr"])
    assert error_of(answer) == (400, 400023)
    assert "from English to French" in answer.json()["error"]["message"]
    assert translator.requests == []


def test_a_translator_that_is_gone_is_unavailable():
    gone = ScriptedTranslator(PAIRS, failure=TranslationUnavailable("Apertium does not answer."))
    answer = version_3(client_of(gone), [{"Text": "Hello"}], to="es")
    assert error_of(answer) == (503, 503000)


def test_scripts_are_not_converted(client):
    answer = version_3(client, [{"Text": "Hello"}], "/transliterate")
    assert error_of(answer) == (501, 501000)


def test_another_method_is_refused_in_translators_shape(client):
    assert error_of(client.get("/translate")) == (405, 405000)


ENTRY = '<mstrans:dictionary translation="Wortomat">wordomatic</mstrans:dictionary>'


@pytest.mark.parametrize("text_type", ["plain", "html"])
def test_a_dynamic_dictionary_gives_the_translation(client, translator, text_type):
    """Both versions; the translator does not see the element."""
    text = f"The word {ENTRY} is new."
    query = {"from": "en", "to": "de", "textType": text_type}
    [answer] = version_3(client, [{"Text": text}], **query).json()
    assert answer["translations"] == [{"text": "de: The word Wortomat de:  is new.", "to": "de"}]
    answer = later(client, text=text, textType=text_type).json()
    [translation] = answer["value"][0]["translations"]
    assert translation["text"] == "es: The word Wortomat es:  is new."
    assert translation["sourceCharacters"] == len(text)
    assert "mstrans" not in str(translator.requests)


def test_a_dictionary_counts_where_nothing_is_translated(client):
    [answer] = version_3(client, [{"Text": f"A {ENTRY}."}], **{"from": "de"}, to="de").json()
    assert answer["translations"][0]["text"] == "A Wortomat."


def test_lengths_of_sentences_are_those_of_the_text_as_it_was_sent(client):
    entry = '<mstrans:dictionary translation="St. X">a. b</mstrans:dictionary>'
    text = f"See {entry}. Go."
    query = {"from": "en", "to": "es", "includeSentenceLength": "true"}
    [answer] = version_3(client, [{"Text": text}], **query).json()
    assert answer["translations"][0]["sentLen"]["srcSentLen"] == [len(text) - 3, 3]


def test_punctuation_alone_is_left_as_it_is(client, translator):
    [answer] = version_3(client, [{"Text": "... !"}], **{"from": "en"}, to="es").json()
    assert answer["translations"][0]["text"] == "... !"
    assert translator.requests == []
