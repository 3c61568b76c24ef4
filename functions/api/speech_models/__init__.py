"""Models, locales and health, which clients of batch transcription query."""
