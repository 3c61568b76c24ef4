"""Bounds that requests, drop folders and stored records have in common."""

MAX_CHANNELS = 64
"""Channels that may be named, 0 to 63."""

MAX_SPEAKERS = 35
"""Of diarization: the contract's limit."""

MAX_REQUESTED_LOCALES = 100
"""Candidates that one request or one drop folder may name."""

MAX_STORED_LOCALES = 1000
"""Locales that a record may hold."""

MAX_OUTPUTS = 32
"""Outputs of one file that a record may list: six of up to three names each."""
