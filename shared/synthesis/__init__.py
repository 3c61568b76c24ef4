"""Speech synthesis: voices, SSML, engines."""
