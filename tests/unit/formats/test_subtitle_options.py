"""Options of subtitles: usual values by language, and ranges."""

import pytest

from shared.formats.subtitle_options import SubtitleOptions


@pytest.mark.parametrize(
    ("locale", "line_columns", "columns_per_s"),
    [
        ("en-US", 42, 20),
        ("de-DE", 42, 20),
        ("ja-JP", 32, 14),
        ("zh-CN", 32, 18),
        ("yue-CN", 32, 18),
        ("ko-KR", 32, 24),
    ],
)
def test_each_language_has_its_usual_values(locale, line_columns, columns_per_s):
    options = SubtitleOptions()
    assert options.line_columns(locale) == line_columns
    assert options.columns_per_s(locale) == columns_per_s


def test_a_given_length_counts_full_width_characters_in_japanese():
    options = SubtitleOptions(max_line_characters=13, max_characters_per_s=4)
    assert (options.line_columns("ja-JP"), options.columns_per_s("ja-JP")) == (26, 8)
    assert (options.line_columns("en-GB"), options.columns_per_s("en-GB")) == (13, 4)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_line_characters", 9),
        ("max_line_characters", 101),
        ("max_lines", 0),
        ("max_lines", 4),
        ("max_characters_per_s", 1.9),
        ("max_characters_per_s", float("nan")),
        ("min_cue_s", 0.4),
        ("max_cue_s", 10.1),
    ],
)
def test_a_value_out_of_range_is_refused_by_its_name(field, value):
    with pytest.raises(ValueError, match=field):
        SubtitleOptions(**{field: value})
