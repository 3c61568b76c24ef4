"""The header `Retry-After` of an HTTP answer (RFC 9110, section 10.2.3), in seconds."""

from collections.abc import Mapping


def retry_after_s(headers: Mapping[str, str], otherwise_s: float, longest_s: float) -> float:
    """Seconds to wait before the next try.

    Parameters
    ----------
    headers: of the response; the case of names is ignored if the mapping ignores it.
    otherwise_s: the result where there is no such header, or it holds a date.
    longest_s: upper bound of the result, whatever the header says.
    """
    value = headers.get("retry-after", "")
    # Not every `isdigit` is a number: "²" is none to `float`.
    return min(float(value), longest_s) if value.isascii() and value.isdigit() else otherwise_s
