"""The options of a turn, from contexts and queries as clients send them."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.realtime.turn_request import (
    MalformedContext,
    Mode,
    TurnRequest,
    read_turn_request,
)
from shared.assessment import AssessmentOptions
from shared.text_forms.profanity import ProfanityMode


def read(context, mode=Mode.CONVERSATION, **query):
    named = {name.lower(): [value] for name, value in query.items()}
    return read_turn_request(json.dumps(context).encode(), mode, named)


def detection(**members):
    return {"phraseDetection": {"language": "en-US", **members}}


def test_the_least_context_is_a_language():
    assert read(detection(), Mode.INTERACTIVE) == TurnRequest(
        mode=Mode.INTERACTIVE, locales=("en-US",)
    )


@pytest.mark.parametrize(
    ("written", "mode"),
    [
        ("INTERACTIVE", Mode.INTERACTIVE),
        ("Conversation", Mode.CONVERSATION),
        ("DICTATION", Mode.DICTATION),
        ("Unheard", Mode.DICTATION),
    ],
)
def test_the_context_names_the_mode_in_any_letter_case_before_the_path(written, mode):
    assert read(detection(mode=written), Mode.DICTATION).mode is mode


def test_the_language_may_be_in_the_query_alone():
    assert read({}, language="de-DE").locales == ("de-DE",)
    assert read(detection(), language="en-us").locales == ("en-US",)


@pytest.mark.parametrize(
    ("mode", "per_phrase"),
    [("DetectAtAudioStart", False), ("DetectContinuous", True), ("DetectSegments", True)],
)
def test_candidate_languages_come_with_their_mode(mode, per_phrase):
    request = read({"languageId": {"languages": ["en-US", "de-DE"], "mode": mode}})
    assert request.locales == ("en-US", "de-DE")
    assert request.identifies_language
    assert request.language_per_phrase is per_phrase


def test_an_open_range_has_no_candidates():
    request = read({"languageId": {"languages": ["UND"]}})
    assert request.locales == ()
    assert request.identifies_language


def test_a_source_language_recogniser_wants_the_language_alone():
    request = read({"phraseDetection": {"mode": "None"}, "languageId": {"languages": ["de-DE"]}})
    assert request.only_language


def test_detailed_results_have_word_times_where_the_context_or_the_query_asks_for_them():
    output = {"format": "Detailed", "detailed": {"options": ["WordTimings", "SNR"]}}
    request = read(detection() | {"phraseOutput": output})
    assert (request.is_detailed, request.word_timestamps) == (True, True)
    request = read(detection(), format="detailed", wordLevelTimestamps="true")
    assert (request.is_detailed, request.word_timestamps) == (True, True)
    request = read(detection(), format="simple", wordLevelTimestamps="true")
    assert (request.is_detailed, request.word_timestamps) == (False, False)


def test_profanity_is_masked_unless_asked_otherwise():
    assert read(detection()).profanity is ProfanityMode.MASKED
    assert read(detection(enrichment={"profanity": "Raw"})).profanity is ProfanityMode.RAW
    assert read(detection(), profanity="removed").profanity is ProfanityMode.REMOVED


def test_segmentation_silence_is_named_by_the_mode_or_by_the_query():
    segmentation = {"mode": "Custom", "segmentationSilenceTimeoutMs": 700}
    assert read(detection(CONVERSATION={"segmentation": segmentation})).segmentation_silence_ms == (
        700
    )
    other = read(detection(DICTATION={"segmentation": segmentation}))
    assert other.segmentation_silence_ms is None
    assert read(detection(trailingSilenceTimeout="900")).segmentation_silence_ms == 900
    assert read(detection(), endSilenceTimeoutMs="400").segmentation_silence_ms == 400


def test_initial_silence_and_stability_are_read():
    interim = {"phraseOutput": {"interimResults": {"stableThreshold": "3"}}}
    request = read(detection(initialSilenceTimeout=2500) | interim)
    assert (request.initial_silence_ms, request.stability) == (2500, 3)
    request = read(detection(), initialSilenceTimeoutMs="1500", stableIntermediateThreshold="5")
    assert (request.initial_silence_ms, request.stability) == (1500, 5)


@pytest.mark.parametrize("value", ["soon", 50, 5001, 700.5, True])
def test_a_silence_out_of_bounds_is_refused_by_name(value):
    with pytest.raises(MalformedContext, match="segmentationSilenceTimeoutMs"):
        read(detection(trailingSilenceTimeout=value))


def test_a_phrase_list_is_read():
    groups = [{"Type": "Generic", "Items": [{"Text": "Contoso"}, {"Text": " Jessie "}, {}]}]
    assert read(detection() | {"dgi": {"Groups": groups}}).phrases == ("Contoso", "Jessie")
    many = [{"Items": [{"Text": f"name {number}"} for number in range(501)]}]
    with pytest.raises(MalformedContext, match="500 phrases"):
        read(detection() | {"dgi": {"Groups": many}})


def test_targets_and_voices_are_read():
    translation = {"targetLanguages": ["de", "zh-Hans"], "output": {}}
    synthesis = {"synthesizedLanguages": ["de"], "defaultVoices": {"de": "de-DE-KatjaNeural"}}
    request = read(detection() | {"translation": translation, "synthesis": synthesis})
    assert request.targets == ("de", "zh-Hans")
    assert request.voices == {"de": "de-DE-KatjaNeural"}
    assert read(detection() | {"translation": translation}).voices is None


def test_an_old_client_names_targets_in_the_query():
    request = read_turn_request(b"", Mode.CONVERSATION, {"from": ["en-US"], "to": ["de,fr", "es"]})
    assert (request.locales, request.targets) == (("en-US",), ("de", "fr", "es"))


def test_diarization_is_on_where_it_is_named():
    assert read(detection(speakerDiarization={"mode": "Anonymous"})).is_diarized
    assert not read(detection()).is_diarized


ASSESSED = {"pronunciationAssessment": {"referenceText": "Hello.", "enableMiscue": True}}


def test_pronunciation_is_assessed_where_the_context_asks_for_it():
    request = read(detection(enrichment=ASSESSED), Mode.INTERACTIVE)
    assert request.assessment == AssessmentOptions(reference_text="Hello.", miscue=True)
    assert read(detection()).assessment is None
    assert read(detection(enrichment={"pronunciationAssessment": None})).assessment is None


def test_an_assessment_without_parameters_has_the_defaults():
    request = read(detection(enrichment={"pronunciationAssessment": {}}), Mode.INTERACTIVE)
    assert request.assessment == AssessmentOptions()


@pytest.mark.parametrize("mode", [Mode.CONVERSATION, Mode.DICTATION])
def test_a_continuous_turn_has_no_miscues(mode):
    assert read(detection(enrichment=ASSESSED), mode).assessment == AssessmentOptions(
        reference_text="Hello.", is_continuous=True
    )


def test_the_mode_of_the_context_decides_whether_an_assessment_is_continuous():
    request = read(detection(mode="INTERACTIVE", enrichment=ASSESSED), Mode.CONVERSATION)
    assert not request.assessment.is_continuous


@pytest.mark.parametrize(
    "more",
    [{"translation": {"targetLanguages": ["de"]}}, {"phraseDetection": {"mode": "None"}}],
)
def test_translations_and_languages_alone_are_not_assessed(more):
    context = {**detection(), **more}
    context["phraseDetection"] = {**detection(enrichment=ASSESSED)["phraseDetection"], **context[
        "phraseDetection"]}  # fmt: skip
    assert read(context).assessment is None


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("Hello.", "pronunciationAssessment must be an object"),
        ({"gradingSystem": "TenPoint"}, "GradingSystem"),
        ({"nbestPhonemeCount": 101}, "0 to 100"),
    ],
)
def test_parameters_of_an_assessment_that_cannot_be_served_are_refused(parameters, message):
    with pytest.raises(MalformedContext, match=message):
        read(detection(enrichment={"pronunciationAssessment": parameters}))


@pytest.mark.parametrize("languages", [["de-DE", "en-US"], ["und"]])
def test_an_assessment_needs_one_language(languages):
    context = {"languageId": {"languages": languages}, **detection(enrichment=ASSESSED)}
    with pytest.raises(MalformedContext, match="needs one language"):
        read(context)


def test_a_context_that_is_no_object_is_refused():
    for body in (b"[]", b"{", b"\xff", b"[" * 100_000, b" " * 1_000_001):
        with pytest.raises(MalformedContext):
            read_turn_request(body, Mode.CONVERSATION, {})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
members = st.sampled_from(
    [
        "phraseDetection",
        "phraseOutput",
        "languageId",
        "translation",
        "synthesis",
        "dgi",
        "language",
        "mode",
        "languages",
        "targetLanguages",
        "Groups",
        "detailed",
        "enrichment",
        "pronunciationAssessment",
        "granularity",
    ]
)


@given(st.dictionaries(members, json_values | st.dictionaries(members, json_values)))
def test_any_object_is_read_or_refused_with_words(context):
    with contextlib.suppress(MalformedContext):
        request = read_turn_request(json.dumps(context).encode(), Mode.CONVERSATION, {})
        assert all(isinstance(one, str) for one in (*request.locales, *request.targets))
