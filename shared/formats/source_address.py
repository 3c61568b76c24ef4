"""Source of a result, without credentials."""

from urllib.parse import urlsplit


def source_text(source: str) -> str:
    """Return the address or name of an input without anything that grants access to it.

    An address loses its query, fragment and user: signatures of shared access are there, and
    result files outlive them. The name of a blob stays unchanged: `why?.wav` has no query.
    """
    if "://" not in source:
        return source
    try:
        parts = urlsplit(source)
    except ValueError:  # such as an unfinished IPv6 address
        return source.partition("?")[0].partition("#")[0]
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
