"""Options of subtitles as JSON: the object `subtitles` of `sotto.json`, and of stored jobs."""

from shared.formats.subtitle_options import (
    LINE_CHARACTERS,
    LINES,
    MAX_CUES_S,
    MIN_CUES_S,
    READING_SPEEDS,
    SubtitleOptions,
)
from shared.json_fields import JsonFields
from shared.json_records import optional


def read_subtitles(given: JsonFields, rest: SubtitleOptions) -> SubtitleOptions:
    """Read the object; `rest` has the values that are not given, or null.

    Raises `FieldError` for a value out of range and for an unknown name.
    """
    length, lines, speed, least_s, most_s = (
        optional(given, "lineLength", lambda name: given.integer(name, *LINE_CHARACTERS)),
        optional(given, "lines", lambda name: given.integer(name, *LINES)),
        optional(given, "charactersPerSecond", lambda name: given.number(name, *READING_SPEEDS)),
        optional(given, "minSeconds", lambda name: given.number(name, *MIN_CUES_S)),
        optional(given, "maxSeconds", lambda name: given.number(name, *MAX_CUES_S)),
    )
    given.end()
    return SubtitleOptions(
        max_line_characters=rest.max_line_characters if length is None else length,
        max_lines=rest.max_lines if lines is None else lines,
        max_characters_per_s=rest.max_characters_per_s if speed is None else speed,
        min_cue_s=rest.min_cue_s if least_s is None else least_s,
        max_cue_s=rest.max_cue_s if most_s is None else most_s,
    )


def write_subtitles(options: SubtitleOptions) -> dict[str, int | float | None]:
    """Write the object that `read_subtitles` reads."""
    return {
        "lineLength": options.max_line_characters,
        "lines": options.max_lines,
        "charactersPerSecond": options.max_characters_per_s,
        "minSeconds": options.min_cue_s,
        "maxSeconds": options.max_cue_s,
    }
