"""Web hooks of batch transcription."""
