"""The version of Sotto, in one place.

Sotto is deployed as a folder, so no installed package has its version at run time.
pyproject.toml repeats it for tools that read that file; a test compares the two.
"""

VERSION = "0.1.0"

USER_AGENT = f"sotto/{VERSION}"
"""User agent of every HTTP request that Sotto sends."""
