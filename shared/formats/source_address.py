"""How a result names the input it was made from."""

from urllib.parse import urlsplit


def source_text(source: str) -> str:
    """Address or name of an input without anything that gives access to it.

    An address loses its query, fragment and user: signatures of shared access stand there, and
    result files outlive them. The name of a blob stays as it is: `why?.wav` has no query.
    """
    if "://" not in source:
        return source
    try:
        parts = urlsplit(source)
    except ValueError:  # such as an unfinished IPv6 address
        return source.partition("?")[0].partition("#")[0]
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
