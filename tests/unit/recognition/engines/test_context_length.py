"""How much encoder context a segment gets, in positions of 20 ms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.recognition.engines.context_length import EncoderContext, encoder_context, positions_of
from shared.settings import Settings

FULL = 1_500
GRAIN = 25
MARGINS_S = st.floats(1, 17)


@given(st.floats(0.01, 40), MARGINS_S)
def test_a_context_holds_the_segment_and_its_margin_and_little_more(duration_s, margin_s):
    found_s = EncoderContext(margin_s).n_positions(duration_s) / 50
    assert min(duration_s + margin_s, 30) - 1e-9 <= found_s
    assert found_s <= duration_s + margin_s + GRAIN / 50


def test_a_segment_is_read_again_with_twice_the_margin():
    assert EncoderContext(5.0).n_positions_again(4.0) == EncoderContext(10.0).n_positions(4.0)
    assert EncoderContext(5.0).n_positions_again(25.0) == FULL
    assert EncoderContext(None).n_positions_again(4.0) == FULL


@given(st.floats(0.01, 40))
def test_lengths_are_multiples_of_half_a_second(seconds):
    assert positions_of(seconds) % GRAIN == 0


@given(st.floats(0.01, 30), st.floats(0.01, 30), MARGINS_S)
def test_a_longer_segment_never_gets_less(first_s, second_s, margin_s):
    shorter_s, longer_s = sorted((first_s, second_s))
    context = EncoderContext(margin_s)
    assert context.n_positions(shorter_s) <= context.n_positions(longer_s)


@pytest.mark.parametrize(
    "settings",
    [Settings(context="full"), Settings(context="full", model="base"), Settings(model="small")],
    ids=["asked for", "although base is measured", "a model without a measurement"],
)
def test_the_full_context_is_that_of_training_however_short_the_segment(settings):
    assert encoder_context(settings).n_positions(0.5) == FULL


def test_base_has_its_measured_margin_unless_another_is_set():
    assert encoder_context(Settings()).n_positions(4.0) < FULL / 2
    assert encoder_context(Settings(context="10")).n_positions(4.0) == 700
