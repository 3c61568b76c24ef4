"""The object `subtitles` of `sotto.json` and of stored jobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.subtitle_options import SubtitleOptions
from shared.jobs.subtitle_fields import read_subtitles, write_subtitles
from shared.json_fields import FieldError, JsonFields


def test_fields_override_the_rest():
    rest = SubtitleOptions(max_lines=1, max_cue_s=6)
    given_fields = JsonFields({"lineLength": 37, "charactersPerSecond": 15, "lines": None})
    assert read_subtitles(given_fields, rest) == SubtitleOptions(
        max_line_characters=37, max_lines=1, max_characters_per_s=15, max_cue_s=6
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"lineLength": 5}, "subtitles.lineLength must be 10 to 100"),
        ({"lines": 2.5}, "subtitles.lines must be a whole number"),
        ({"minSeconds": "1"}, "subtitles.minSeconds must be a number"),
        ({"maxSeconds": 60}, "subtitles.maxSeconds must be 3.0 to 10.0"),
        ({"lineLenght": 42}, "there must be no unknown fields"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(fields, message):
    with pytest.raises(FieldError) as failure:
        read_subtitles(JsonFields(fields, "subtitles"), SubtitleOptions())
    assert str(failure.value) == message


@given(
    st.builds(
        SubtitleOptions,
        max_line_characters=st.none() | st.integers(10, 100),
        max_lines=st.integers(1, 3),
        max_characters_per_s=st.none() | st.floats(2, 40),
        min_cue_s=st.floats(0.5, 2),
        max_cue_s=st.floats(3, 10),
    )
)
def test_options_are_read_as_they_are_written(options):
    written = JsonFields(write_subtitles(options))
    assert read_subtitles(written, SubtitleOptions()) == options
