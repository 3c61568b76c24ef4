"""Models, locales and health: what clients ask for beside batch transcription."""
