"""Greatest sizes of the lists and texts in requests, where several contracts share them.

A request beyond one of them is refused with 400; the message names the member and the limit.
docs/limits.md lists these and all others.
"""

MAX_URL_CHARACTERS = 8_000
"""Addresses. One of S3, presigned with a session token, has about 2 000."""

MAX_LOCALE_CHARACTERS = 35
"""Locales and languages. RFC 5646, section 4.4.1, tells to have room for as many."""

MAX_NAME_CHARACTERS = 100
"""Names of voices and of output formats. The longest of the cloud has 60."""

MAX_PHRASES = 500
"""Phrases of a phrase list, or OpenAI's `keywords`.

https://learn.microsoft.com/azure/ai-services/speech-service/improve-accuracy-phrase-list
"""

MAX_PHRASE_CHARACTERS = 256
"""Of one phrase. All of a hint to the model has 600."""

MAX_PROMPTS = 100
MAX_PROMPT_CHARACTERS = 20_000
"""Of a prompt, which is ignored: five times what the model of the cloud reads."""
