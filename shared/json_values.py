"""Values of JSON that clients write in another type: numbers and truth values as strings.

Forms, environment variables and templates hold text, and clients pass it on: Open WebUI sends
`"maxSpeakers": "3"`. Each function returns what a text says, and any other value as it is, for the
reader to judge. A truth value is never a number, nor a number a truth value.
"""

import re

# As JSON writes numbers; `3.0` is whole, as in JSON Schema, and several languages write it so.
# Twenty digits are more than any contract needs, and Python converts them at once.
_WHOLE_NUMBER = re.compile(r"(-?[0-9]{1,20})(?:\.0{1,20})?")
_NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_TRUTH_VALUES = {"true": True, "false": False}


def read_whole_number(value: object) -> object:
    """Whole number for `3`, `3.0`, `"3"`, `" 3 "` and `"3.0"`; not for `3.5`, `""` or `true`."""
    if isinstance(value, str) and (written := _WHOLE_NUMBER.fullmatch(value.strip())):
        return int(written[1])
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def read_number(value: object) -> object:
    """Number for `1.5`, `"1.5"` and `" 2 "`; not for `""`, `"1e3"` or `true`."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    return value


def read_truth_value(value: object) -> object:
    """Truth value for `true`, `"true"` and `"False"`; not for `1`, `"1"` or `""`."""
    if isinstance(value, str):
        return _TRUTH_VALUES.get(value.strip().lower(), value)
    return value
